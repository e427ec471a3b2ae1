import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dealer, rendezvous } from './split.ts';

function dealt(weights: readonly number[], calls: number, every = 1): number[] {
  const dealer = new Dealer(weights);
  const counts = weights.map(() => 0);
  for (let call = 0; call < calls; call++) {
    const at = dealer.next();
    if (call % every === 0) counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

test('shares are right within a few calls, however many are dealt out', () => {
  for (const calls of [100, 1000, 10_000, 100_000]) {
    const [tenth] = dealt([10, 90], calls) as [number];
    assert.ok(Math.abs(tenth - calls / 10) <= 3, `${tenth} of ${calls}`);
  }
  const thirds = dealt([1, 1, 1], 9_999);
  assert.ok(
    thirds.every((count) => Math.abs(count - 3_333) <= 3),
    String(thirds),
  );
});

test('a caller whose every tenth call is a special one does not always meet the same version', () => {
  for (const every of [2, 3, 5, 7, 10, 11, 100]) {
    const [tenth, rest] = dealt([10, 90], 100_000, every) as [number, number];
    const share = tenth / (tenth + rest);
    assert.ok(Math.abs(share - 0.1) < 0.01, `every ${every}: ${share}`);
  }
});

test('a weight of 0 is dealt nothing, by turns or by key', () => {
  assert.deepEqual(dealt([0, 7], 1000), [0, 1000]);
  for (let key = 0; key < 1000; key++) assert.equal(rendezvous(`k${key}`, ['a', 'b'], [0, 1]), 1);
});

test('keys fall by weight, stay where they are, and only those move that must', () => {
  const names = ['f@2', 'f@1'];
  const keys = Array.from({ length: 20_000 }, (_, n) => `192.0.2.${n % 256}:${n}`);
  const tenth = keys.filter((key) => rendezvous(key, names, [10, 90]) === 0);
  assert.ok(Math.abs(tenth.length / keys.length - 0.1) < 0.01, String(tenth.length));
  // A larger share keeps all whom it had.
  assert.ok(tenth.every((key) => rendezvous(key, names, [25, 75]) === 0));
  // A third version takes from both, and nobody moves between those two.
  const before = keys.map((key) => rendezvous(key, names, [50, 50]));
  const after = keys.map((key) => rendezvous(key, [...names, 'f@3'], [50, 50, 50]));
  assert.ok(after.every((at, n) => at === 2 || at === before[n]));
});

test('the answer for a key is the same for ever: it is what a restart or another gateway would say', () => {
  const answers = ['ann', 'bob', 'eve', 'mallory', 'trent', 'ä'].map((key) =>
    rendezvous(key, ['hello.openfaas-fn@2', 'hello.openfaas-fn@1'], [50, 50]),
  );
  assert.deepEqual(answers, [1, 0, 1, 1, 1, 0]);
});
