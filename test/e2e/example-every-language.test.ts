// The chain of functions in all languages. Each is deployed where its language is on this machine, and the chain leads around the others.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

/** In the order of the chain, with the programs that have to be there and what brings them. */
const languages: readonly (readonly [name: string, programs: readonly string[], bring: string])[] = [
  ['node', [], ''],
  ['typescript', [], ''],
  ['python', ['python3'], 'apt-get install python3'],
  ['go', ['go'], 'apt-get install golang-go'],
  ['java', ['java', 'javac'], 'apt-get install openjdk-17-jdk-headless'],
  ['php', ['php'], 'apt-get install php-cli'],
  ['ruby', ['ruby'], 'apt-get install ruby'],
  ['bash', ['sh', 'curl'], 'apt-get install curl'],
];

const noGrants =
  process.getuid?.() === 0
    ? spawnSync('bwrap', ['--version']).error !== undefined && 'bubblewrap is not installed'
    : 'grants of level full need root';

function missing(programs: readonly string[], bring: string): string | false {
  const absent = programs.find((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return absent !== undefined && `${absent} is not on this machine (${bring})`;
}

const here = languages.filter(([, programs, bring]) => missing(programs, bring) === false);
const gateway = await Gateway.start({ after });
const project = Project.at({ after }, gateway);
cpSync(join(import.meta.dirname, '../../examples/every-language'), project.folder, { recursive: true });

for (const [name, programs, bring] of languages) {
  const skip = noGrants || missing(programs, bring);
  test(`${name} is built and deployed, and answers`, { skip, timeout: 280_000 }, async () => {
    // By itself first: the variable is empty for whoever is the last.
    await project.did('up', `caller-${name}`, '-e', 'next=');
    const said = await project.wherry(['invoke', `caller-${name}`], 'a "body" ä\n$HOME');
    assert.deepEqual([said.code, said.out], [0, `a "body" ä\n$HOME ${name}`], said.all);
  });
}

test('the chain through all of them answers with their names in order', {
  skip: noGrants,
  timeout: 280_000,
}, async () => {
  for (const [at, [name]] of here.entries()) {
    const [following] = here[at + 1] ?? [];
    const next = following === undefined ? '' : `http://gateway.openfaas:8080/function/caller-${following}`;
    await project.did('up', `caller-${name}`, '-e', `next=${next}`);
  }
  const names = here.map(([name]) => name);
  // Again and again, because the second time they have connections to go on with.
  for (const body of ['hi', 'hi', '@/etc/passwd', 'x'.repeat(100_000)])
    assert.equal(await gateway.said('caller-node', body), `${body} ${names.join(' ')}`);
  const calls = JSON.parse((await project.did('calls', '-o', 'json')).out) as unknown;
  assert.ok(JSON.stringify(calls).includes('caller-bash'));
});

test('as it stands it is the chain of all languages', {
  skip: noGrants || (here.length < languages.length && 'some languages are missing'),
  timeout: 280_000,
}, async () => {
  await project.did('up');
  assert.equal(await gateway.said('caller-node', 'hi'), `hi ${languages.map(([name]) => name).join(' ')}`);
});
