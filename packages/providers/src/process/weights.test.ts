import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Group } from './cgroups.ts';
import { Weights } from './weights.ts';

const of = (name: string) => ({ namespace: 'openfaas-fn', name });

function group(): Group & { weight: number; writes: number } {
  const one = {
    weight: 1,
    writes: 0,
    weigh(part: number) {
      one.weight = part;
      one.writes += 1;
    },
    enter: async () => undefined,
    limit: () => undefined,
    usage: () => ({ outOfMemory: false }),
    remove: async () => undefined,
  };
  return one;
}

test('the instances of a function together weigh no more than the one of another, and about as much', () => {
  const weights = new Weights();
  const [quiet, ...noisy] = Array.from({ length: 21 }, group);
  weights.join(of('quiet'), quiet as Group);
  for (const [i, one] of noisy.entries()) {
    weights.join(of('noisy'), one);
    const sum = noisy.slice(0, i + 1).reduce((all, { weight }) => all + weight, 0);
    assert.ok(sum <= 1 && sum > 0.5, `${i + 1} weigh ${sum}`);
  }
  assert.equal(quiet?.weight, 1);
  const writes = noisy.reduce((all, one) => all + one.writes, 0);
  assert.ok(writes < 2 * 32, `${writes} writes`);
  for (const one of noisy.slice(1)) weights.leave(of('noisy'), one);
  assert.equal(noisy[0]?.weight, 1, 'who is left alone weighs as much as ever');
  weights.leave(of('noisy'), noisy[1] as Group);
  weights.leave(of('unknown'), quiet as Group);
});
