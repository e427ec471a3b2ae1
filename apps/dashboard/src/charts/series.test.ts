import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largestOf, pastOf, rowName, type Series, stacked, stats, topSeries, valuesOn } from './series.ts';

const grid = { times: [10_000, 20_000, 30_000, 40_000], stepMs: 10_000, open: false };

test('what is missing is a gap, and so is what is no number', () => {
  const row = {
    metric: {},
    values: [
      [10, '1.5'],
      [30, 'NaN'],
      [40, '+Inf'],
      [990, '7'],
    ] as const,
  };
  assert.deepEqual(valuesOn(grid, row), [1.5, null, null, null]);
});

test('a line is called by its labels, or as its legend says', () => {
  const row = { metric: { __name__: 'calls', code: '200' }, values: [] };
  assert.equal(rowName(row), 'calls{code="200"}');
  assert.equal(rowName(row, 'status {{ code }}{{gone}}'), 'status 200');
  assert.equal(rowName({ metric: { __name__: 'up' }, values: [] }), 'up');
  assert.equal(rowName({ metric: {}, values: [] }), '{}');
});

test('five lines at most, and the rest in one only where that says something', () => {
  const all = Array.from({ length: 12 }, (_, i): Series => ({ name: `f${i}`, values: [i, null] }));
  const names = (shown: readonly Series[]): readonly string[] => shown.map(({ name }) => name);
  const sums = topSeries(all, true);
  assert.deepEqual(names(sums.drawn), ['f8', 'f9', 'f10', 'f11', '8 others, their sum']);
  assert.deepEqual([sums.drawn.at(-1)?.values, sums.left], [[28, null], 8]);
  const before = pastOf(sums.drawn, all.slice(6), sums.sum);
  assert.deepEqual(names(before), names(sums.drawn), 'the period before, by the same names');
  assert.deepEqual(before.at(-1)?.values, [13, null]);
  const apart = topSeries(all, false);
  assert.deepEqual(names(apart.drawn), ['f7', 'f8', 'f9', 'f10', 'f11']);
  assert.equal(apart.left, 7);
  assert.deepEqual(topSeries(all.slice(0, 5), true), { drawn: all.slice(0, 5), left: 0 });
  assert.equal(largestOf(all, 30), all);
});

test('numbers of a line leave gaps out, and now is the last that is known', () => {
  assert.deepEqual(stats({ values: [1, null, 3, null] }), { now: 3, mean: 2, max: 3 });
  assert.deepEqual(stats({ values: [null, null] }), { now: null, mean: null, max: null });
});

test('a stack has a gap only where all of it has one', () => {
  const stack = stacked([
    { name: 'a', values: [1, null, null] },
    { name: 'b', values: [2, 5, null] },
  ]);
  assert.deepEqual(stack, [
    [1, 0, null],
    [3, 5, null],
  ]);
});
