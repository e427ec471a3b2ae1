// What `npm test` says and what it takes for a failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from '../../scripts/test-tally.mjs';

const ended = { code: 0, milliseconds: 1234, output: '' };
const passed = { name: 'works', outcome: 'passed' };
const skipped = { name: 'needs bwrap', outcome: 'skipped', reason: 'no bubblewrap here' };

function tallyOf(allowed?: { file?: string; test: string; why?: string }[]) {
  const lines: string[] = [];
  const tally = new Tally(allowed, (line: string) => lines.push(...line.split('\n')));
  return { tally, lines, last: () => lines.at(-1) };
}

test('the last line holds the totals, and names skips only if there are some', () => {
  const one = tallyOf();
  one.tally.add('a.test.ts', [passed, passed], ended);
  assert.equal(one.tally.finish(), true);
  assert.equal(one.last(), '2 passed, 0 failed');

  const other = tallyOf();
  other.tally.add('a.test.ts', [passed, skipped], ended);
  assert.equal(other.tally.finish(), true);
  assert.equal(other.last(), '1 passed, 0 failed, 1 skipped');
  assert.ok(other.lines.some((line) => line.includes('needs bwrap (no bubblewrap here)')));
});

test('a skip that is not on the list fails, and is named', () => {
  const { tally, lines, last } = tallyOf([{ file: 'b.test.ts', test: 'needs bwrap', why: 'a reason' }]);
  tally.add('a.test.ts', [passed, skipped], ended);
  assert.equal(tally.finish(), false);
  assert.equal(last(), '1 passed, 1 failed');
  assert.ok(lines.some((line) => line.includes('a.test.ts: needs bwrap')));
});

test('a skip that is on the list is let through, but only with a reason', () => {
  const allowed = tallyOf([{ file: 'a.test.ts', test: 'bwrap', why: 'a reason' }]);
  allowed.tally.add('a.test.ts', [passed, skipped], ended);
  assert.equal(allowed.tally.finish(), true);

  const unexplained = tallyOf([{ file: 'a.test.ts', test: 'bwrap' }]);
  unexplained.tally.add('a.test.ts', [passed, skipped], ended);
  assert.equal(unexplained.tally.finish(), false);
});

test('no test at all is a failure', () => {
  const { tally, last } = tallyOf();
  assert.equal(tally.finish(), false);
  assert.equal(last(), '0 passed, 1 failed');
});

test('a file without tests, one that crashed and one that was ended are failures', () => {
  const { tally, lines, last } = tallyOf();
  tally.add('empty.test.ts', [], ended);
  tally.add('crash.test.ts', [passed], { ...ended, code: 1, output: 'Error: boom' });
  tally.add('stuck.test.ts', [passed], { ...ended, code: 'SIGKILL', problem: 'did not end' });
  assert.equal(tally.finish(), false);
  assert.equal(last(), '2 passed, 3 failed');
  assert.ok(lines.some((line) => line.includes('Error: boom')));
});
