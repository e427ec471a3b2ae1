import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '@wherry/wire/calls';
import { appended, joined, type Known } from './known-calls.ts';

const most = 3;
/** Calls by number, the newest first. */
const calls = (...numbers: readonly number[]): readonly Call[] =>
  numbers.map((number) => ({ id: `call-${number}`, startedAt: `at-${number}` }) as Call);
const known = (of: readonly Call[], ended = false): Known => ({ whose: 'all', calls: of, ended });
const behind = (of: Known): Call => of.calls.at(-1) as Call;

test('new calls come on top, and older ones behind the last', () => {
  const first = known(calls(5, 4, 3));
  const more = joined(first, calls(6, 5, 4), most);
  assert.deepEqual(more, known(calls(6, 5, 4, 3)));
  assert.equal(joined(more, calls(6, 5, 4), most), more, 'nothing new is no change');
  assert.deepEqual(appended(more, calls(2, 1), behind(first), most), known(calls(6, 5, 4, 3, 2, 1), true));
});

test('older calls are not put behind others than those they were asked for behind', () => {
  const asked = known(calls(5, 4, 3));
  const now = joined(asked, calls(20, 19, 18), most);
  assert.deepEqual(now, known(calls(20, 19, 18)));
  assert.equal(appended(now, calls(2, 1), behind(asked), most), now, 'else nobody asks for 17 to 3');
  assert.deepEqual(appended(now, calls(17, 16, 15), behind(now), most), known(calls(20, 19, 18, 17, 16, 15)));
});

test('a list whose known calls were dropped has not ended', () => {
  const whole = known(calls(3, 2, 1), true);
  assert.deepEqual(joined(whole, calls(4, 3, 2), most), known(calls(4, 3, 2, 1), true));
  assert.equal(joined(whole, calls(20, 19, 18), most).ended, false);
});
