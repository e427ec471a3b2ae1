import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { allCommands } from '../../apps/cli/src/testing/commands.ts';
import { Gateway } from './gateway.ts';

// --dry-run on whatever changes something: it says what would be, fails where that could not be, and changes nothing.

const gateway = await Gateway.start({ after });
await gateway.system('POST', '/system/namespace/', { name: 'full' });
await gateway.system('POST', '/system/namespace/', { name: 'empty' });
await gateway.system('POST', '/system/secrets', { name: 'key', value: 'x' });
await gateway.system('POST', '/system/secrets', { name: 'key', value: 'x', namespace: 'full' });
await gateway.system('POST', '/system/tokens', { name: 'ci', scopes: ['read'], functions: '*' });
await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = () => "hello";' } });
mkdirSync(join(gateway.home, 'secrets'));
for (const name of ['key', 'fresh']) writeFileSync(join(gateway.home, 'secrets', name), 'value');
await gateway.system('PUT', '/system/boards/kept', { charts: [] });
writeFileSync(join(gateway.home, 'board.json'), '{"charts":[]}');
writeFileSync(join(gateway.home, 'handler.js'), 'module.exports = () => "other";');
writeFileSync(
  join(gateway.home, 'stack.yaml'),
  'version: 1.0\nprovider:\n  name: openfaas\nfunctions:\n  hello:\n    lang: node\n    handler: ./handler.js\n',
);

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function wherry(...args: readonly string[]): Promise<Ran> {
  const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');
  const child = spawn(process.execPath, [launcher, ...args, '-g', gateway.url], {
    cwd: gateway.home,
    env: { ...process.env, WHERRY_HOME: gateway.home },
  });
  // Those that ask for nothing may be over before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end('secret value');
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes) => (out += bytes));
  child.stderr.on('data', (bytes) => (err += bytes));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** Everything that there is, as the API tells it. */
async function everything(): Promise<string> {
  const paths = [
    'functions',
    'function/hello/state',
    'secrets',
    'secrets?namespace=full',
    'namespaces',
    'namespace/full',
    'tokens',
    'boards',
  ];
  const told = await Promise.all(
    paths.map(async (path) => (await gateway.system('GET', `/system/${path}`)).text()),
  );
  return told.join('\n').replaceAll(/"(?:cpuMs|memoryBytes|processes)":[\d.]+,?/g, '');
}

const could: readonly (readonly [line: string, would: RegExp])[] = [
  ['deploy hello --from handler.js', /hello/],
  ['deploy -f stack.yaml', /hello/],
  ['remove hello', /Would remove hello/],
  ['remove -f stack.yaml', /Would remove hello/],
  ['scale hello 3', /Would ask for 3 instances of hello, which has 1/],
  ['secret create new', /Would create secret new/],
  ['secret create key --replace', /Would update secret key/],
  ['secret update key', /Would update secret key/],
  ['secret remove key', /Would remove secret key/],
  ['secret apply --from secrets', /Would create fresh, update key/],
  ['secret rotate-key', /Would encrypt every secret/],
  ['namespace create new', /Would create namespace new/],
  ['namespace update full --label a=b', /Would update namespace full/],
  ['namespace remove empty', /Would remove namespace empty/],
  ['token create new --scope read', /Would make token new: read for \*/],
  ['token revoke ci', /Would revoke token ci/],
  ['token rotate ci', /Would rotate token ci/],
  ['token rotate admin', /Would rotate token admin/],
  ['export link usage --name weekly', /Would make an address of the table usage, weekly/],
  ['boards import board.json --name new', /Would keep board new/],
  ['boards remove kept', /Would remove board kept/],
];
const couldNot: readonly (readonly [line: string, why: RegExp, code: number])[] = [
  ['scale nobody 3', /nobody/, 3],
  ['secret create key', /already[\s\S]*--replace/, 1],
  ['secret update nobody', /no secret nobody/, 3],
  ['secret remove nobody', /no secret nobody/, 3],
  ['namespace create full', /already/, 1],
  ['namespace update nobody', /nobody/, 3],
  ['namespace remove full', /full holds 0 functions and 1 secret$/m, 1],
  ['token create ci --scope read', /already/, 1],
  ['export link usage --name ci', /already/, 1],
  ['token revoke nobody', /no token nobody/, 3],
  ['queue edit nobody -d x', /nobody.* is no call/, 3],
  ['token rotate nobody', /no token nobody/, 3],
  ['boards remove nobody', /no board nobody/, 3],
  ['boards import stack.yaml', /stack.yaml is no board/, 2],
  ['scale hello 3 --token wrong', /token/, 4],
];

test('says what would be, and leaves everything as it is', { timeout: 120_000 }, async () => {
  const before = await everything();
  for (const [line, would] of could) {
    const ran = await wherry(...line.split(' '), '--dry-run');
    assert.equal(ran.code, 0, `${line}: ${ran.err}`);
    assert.match(ran.out, would, line);
    assert.equal(await everything(), before, line);
  }
});

test('fails where the command itself would', { timeout: 120_000 }, async () => {
  const before = await everything();
  for (const [line, why, code] of couldNot) {
    const ran = await wherry(...line.split(' '), '--dry-run');
    assert.equal(ran.code, code, `${line}: ${ran.out}${ran.err}`);
    assert.match(ran.err, why, line);
  }
  assert.equal(await everything(), before);
});

test('every command that changes something at the gateway has it; the control: without it, they do', async () => {
  // A report that is made is what the numbers say already.
  const reading =
    /^(?:audit (?:export|verify)|backup(?: verify)?|boards export|alerts (?:rules|silences|channels|history)|calls|completion.*|config|dashboard|describe|doctor|export|instances|invoke|list|login|logout|logs|namespaces|plan|query|queue payload|ready|reports (?:make|subscriptions)|scaling|server|usage|versions?|.* (?:list|get|show|status|key|describe)|new|template .*|topic publish|secret (?:generate|keygen|seal|unseal))$/;
  // A session that deploys as long as it lasts: there is nothing to try.
  const sessions = ['dev'];
  const commands = (await allCommands()).filter(({ name }) => !sessions.includes(name));
  const wrong = commands.filter(({ name, flags }) => flags.includes('--dry-run') === reading.test(name));
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
  assert.equal((await wherry('token', 'revoke', 'ci')).code, 0);
  assert.doesNotMatch(await everything(), /"ci"/);
});
