import assert from 'node:assert/strict';
import test from 'node:test';
import { median, percentile, type Sample, settle, settleRatio } from './statistics.ts';

const quiet = (...values: number[]): Sample[] => values.map((value) => ({ value, foreign: 0.1 }));
const busy = (...values: number[]): Sample[] => values.map((value) => ({ value, foreign: 1 }));

test('the median of an even number lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
  assert.ok(Number.isNaN(median([])));
});

test('percentiles are taken between ranks and never leave the values', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  assert.equal(percentile(values, 0.99), 99);
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([1, 2], 1), 2);
});

test('disturbed samples are left out when three clean ones remain', () => {
  const settled = settle([...quiet(10, 11, 12), ...busy(99, 98)]);
  assert.deepEqual(settled, { value: 11, least: 10, most: 12, count: 3, clean: true });
});

test('with fewer clean samples all are used, and it says so', () => {
  const settled = settle([...quiet(10, 11), ...busy(40)]);
  assert.deepEqual(settled, { value: 11, least: 10, most: 40, count: 3, clean: false });
});

test('a ratio is taken round by round, so that a drift of the machine falls out', () => {
  // The machine gets slower by the round; the true ratio is 2 in each.
  const ratio = settleRatio(quiet(20, 40, 80), quiet(10, 20, 40));
  assert.equal(ratio.value, 2);
  assert.equal(ratio.least, ratio.most);
});

test('a round counts as disturbed when either side was', () => {
  const ratio = settleRatio([...quiet(2, 2), ...busy(9)], quiet(1, 1, 1));
  assert.equal(ratio.clean, false);
});

test('a round that one side lacks does not count', () => {
  assert.equal(settleRatio(quiet(2, 2, 2, 2), quiet(1, 1, 1)).count, 3);
});

test('few rounds on a quiet machine are clean, too', () => {
  assert.equal(settle(quiet(10, 11)).clean, true);
});
