import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moved, placeOf } from './chosen-row.ts';

const keyOf = (row: string): string => row;

test('the choice stays with its row, whatever comes above it', () => {
  const choice = moved(moved(undefined, ['a', 'b'], keyOf, 1), ['a', 'b'], keyOf, 1);
  assert.deepEqual(choice, { key: 'b', at: 1 });
  assert.equal(placeOf(choice, ['c', 'a', 'b'], keyOf), 2);
  assert.deepEqual(moved(choice, ['c', 'a', 'b', 'd'], keyOf, 1), { key: 'd', at: 3 });
});

test('where the chosen row is gone nothing is chosen, and keys go on from its place', () => {
  const choice = { key: 'b', at: 1 };
  assert.equal(placeOf(choice, ['a', 'c'], keyOf), -1);
  assert.deepEqual(moved(choice, ['a', 'c'], keyOf, 1), { key: 'c', at: 1 });
  assert.deepEqual(moved(choice, ['a', 'c'], keyOf, -1), { key: 'a', at: 0 });
  assert.deepEqual(moved(choice, ['a'], keyOf, 1), { key: 'a', at: 0 });
  assert.equal(moved(choice, [], keyOf, 1), undefined);
});
