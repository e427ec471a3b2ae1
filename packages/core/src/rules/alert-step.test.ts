import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertState } from '../alert.ts';
import { holds, type Limits, stepAlert } from './alert-step.ts';

const labels = { function_name: 'checkout.openfaas-fn' };
const seen = (value: number) => ({ labels, value });
const limits = (more: Partial<Limits> = {}): Limits => ({
  ...{ name: 'p95', is: '>', threshold: 2, forMs: 0, keepMs: 0, ...more },
});

/** Steps once a second through values; undefined is a series that is missing. */
function states(values: readonly (number | undefined)[], of: Limits, unknown = false): readonly string[] {
  let state: AlertState | undefined;
  return values.map((value, at) => {
    state = stepAlert(state, value === undefined ? undefined : seen(value), of, at * 1000, unknown);
    return state?.state ?? 'inactive';
  });
}

test('it fires once the condition held for as long as it has to, and not when it did not', () => {
  assert.deepEqual(states([1, 3, 3, 3, 1], limits({ forMs: 2000 })), [
    ...['inactive', 'pending', 'pending', 'firing', 'resolved'],
  ]);
  assert.deepEqual(states([3, 3, 1, 3, 3], limits({ forMs: 2000 })), [
    ...['pending', 'pending', 'inactive', 'pending', 'pending'],
  ]);
  assert.deepEqual(states([3], limits()), ['firing']);
});

test('between the two thresholds it stays as it is', () => {
  const values = [1.8, 2.1, 1.8, 1.7, 1.5, 1.8];
  assert.deepEqual(states(values, limits({ clear: 1.6 })), [
    ...['inactive', 'firing', 'firing', 'firing', 'resolved', 'inactive'],
  ]);
  // The control: without one of its own it clears where it fires.
  assert.deepEqual(states(values.slice(0, 3), limits()), ['inactive', 'firing', 'resolved']);
});

test('it goes on firing for as long as it is to after the condition held last', () => {
  assert.deepEqual(states([3, 1, 1, 1], limits({ keepMs: 3000 })), [
    ...['firing', 'firing', 'firing', 'resolved'],
  ]);
  assert.deepEqual(
    states([3, 1, 3, 1, 1], limits({ keepMs: 2000 })),
    Array(4).fill('firing').concat('resolved').slice(0, 4).concat('resolved'),
  );
});

test('a series that is missing ends it, unless nothing is known yet', () => {
  assert.deepEqual(states([3, undefined], limits()), ['firing', 'resolved']);
  const firing = stepAlert(undefined, seen(3), limits(), 0, false);
  assert.equal(stepAlert(firing, undefined, limits(), 1000, true), firing);
  // A value that is there says something whenever it comes.
  assert.equal(stepAlert(firing, seen(1), limits(), 1000, true)?.state, 'resolved');
});

test('who was told hears of the end, also when it was about to fire again', () => {
  const told = { ...(stepAlert(undefined, seen(3), limits(), 0, false) as AlertState), told: true };
  const over = stepAlert(told, seen(1), limits(), 1000, false);
  assert.deepEqual([over?.state, over?.told, over?.resolvedAt], ['resolved', true, 1000]);
  const again = stepAlert(over, seen(3), limits({ forMs: 5000 }), 2000, false);
  assert.deepEqual([again?.state, again?.told], ['pending', true]);
  assert.equal(stepAlert(again, seen(1), limits({ forMs: 5000 }), 3000, false)?.state, 'resolved');
  // Nobody was told: nothing is left of it.
  assert.equal(
    stepAlert({ ...told, told: false, state: 'resolved' }, seen(1), limits(), 2000, false),
    undefined,
  );
});

test('a clock that is set back makes nobody wait for ever', () => {
  const pending = stepAlert(undefined, seen(3), limits({ forMs: 2000 }), 1e9, false);
  const back = stepAlert(pending, seen(3), limits({ forMs: 2000 }), 5000, false);
  assert.equal(back?.since, 5000);
  assert.equal(stepAlert(back, seen(3), limits({ forMs: 2000 }), 7000, false)?.state, 'firing');
});

test('NaN is beyond nothing', () => {
  for (const is of ['>', '>=', '<', '<=', '==', '!='] as const)
    assert.equal(holds(is, Number.NaN, 1), false, is);
  assert.equal(holds('!=', 2, 1), true);
});
