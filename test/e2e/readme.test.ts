// The README's first minute, word for word: every line works, and answers what it says.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';

const clone = join(import.meta.dirname, '../..');

/** The lines between fences of one section. */
function linesOf(section: string): readonly string[] {
  const text = readFileSync(join(clone, 'README.md'), 'utf8');
  const from = text.indexOf(`\n## ${section}\n`);
  assert.ok(from >= 0, `README.md has no section ${section}`);
  const whole = text.slice(from + 1, text.indexOf('\n## ', from + 1));
  return [...whole.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line !== ''),
  );
}

/** Neither a browser nor OpenFaaS's client is here. */
const elsewhere = /--open|^faas-cli/;

test('its first minute works as it is written', { timeout: 150_000 }, async (t) => {
  const person = mkdtempSync(join(tmpdir(), 'wherry-person-'));
  t.after(() => rmSync(person, { recursive: true, force: true }));
  const gateway = await Gateway.start(t, { args: ['--samples'] });
  const lines = linesOf('The first minute').filter((line) => !elsewhere.test(line));
  const script = lines.map(
    (line, at) => `printf '\\n@@%d\\n' ${at}\n${line.replaceAll('http://127.0.0.1:8080', gateway.url)}`,
  );
  const shell = spawn('bash', ['-e'], {
    cwd: clone,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: person,
      WHERRY_HOME: gateway.home,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  shell.stdin.end(`${script.join('\n')}\n`);
  let said = '';
  let errors = '';
  shell.stdout.on('data', (bytes) => (said += bytes));
  shell.stderr.on('data', (bytes) => (errors += bytes));
  const [code] = await once(shell, 'close');
  assert.equal(code, 0, `${said}${errors}`);

  const answers = said.split(/\n@@\d+\n/).slice(1);
  const answerTo = (begin: string): string =>
    answers[lines.findIndex((line) => line.startsWith(begin))] ?? '';
  assert.match(answerTo('wherry invoke hello-node'), /^Hello, Ada!/);
  assert.match(answerTo('wherry invoke shout'), /^\{"shouted":"HELLO"\}/);
  assert.match(answerTo('curl '), /^\{"shouted":"HELLO"\}/);
  assert.match(answerTo('wherry list'), /^figlet .*\n(?:.*\n)*greet .*\n(?:.*\n)*shout /m);
  assert.match(answerTo('wherry calls'), /shout .* 200 /);
  assert.match(answerTo('wherry logs shout'), /started/);
  for (const name of ['stack.yaml', 'greet', 'shout.js'])
    assert.equal(existsSync(join(clone, name)), false, `the clone has ${name} now`);
});
