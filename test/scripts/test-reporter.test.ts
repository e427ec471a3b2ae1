// What the reporter makes of a real test file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const reporter = new URL('../../scripts/test-reporter.mjs', import.meta.url);
const EXAMPLE = `
import { describe, test } from 'node:test';
test('plain', () => {});
test('left out', { skip: 'no reason to run' }, () => {});
test('not yet', { todo: true }, () => { throw new Error('unfinished'); });
describe('group', () => {
  test('inner', () => { throw new Error('boom'); });
});
`;

interface Result {
  readonly name: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly error?: string;
}

test('each test is reported once, with its whole name and the reason of a skip', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wherry-reporter-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'example.mjs');
  fs.writeFileSync(file, EXAMPLE);
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const run = spawnSync(process.execPath, [`--test-reporter=${reporter}`, file], { env, encoding: 'utf8' });
  const results = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  assert.deepEqual(
    results.map(({ name, outcome, reason }) => [name, outcome, reason]),
    [
      ['plain', 'passed', undefined],
      ['left out', 'skipped', 'no reason to run'],
      ['not yet', 'skipped', 'to do: no reason given'],
      ['group > inner', 'failed', undefined],
    ],
  );
  assert.match(results[3]?.error ?? '', /boom/);
  assert.equal(run.status, 1);
});
