import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBeyond, reachOf } from './log-reach.ts';

test('what an instance hands over late is new, and what another had handed over is not', () => {
  const known = [
    { instance: 'a', at: 1 },
    { instance: 'b', at: 2 },
    { instance: 'a', at: 40 },
  ];
  const come = [
    { instance: 'a', at: 40 },
    { instance: 'b', at: 2 },
    { instance: 'b', at: 3 },
    { instance: 'b', at: 45 },
    { instance: 'c', at: 0 },
  ];
  const reach = reachOf(known);
  assert.deepEqual(
    come.filter((line) => isBeyond(reach, line)),
    come.slice(2),
  );
});
