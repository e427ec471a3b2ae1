import assert from 'node:assert/strict';
import test from 'node:test';
import { disturbance, spell, takeTurns, turned } from './rounds.ts';

test('everybody is measured in every round, and who comes first changes', async () => {
  const order: string[] = [];
  const said: string[] = [];
  const job = (key: string) => ({ key, run: async () => order.push(key) });
  const found = await takeTurns([[job('a'), job('b')], [job('c')]], {
    rounds: 2,
    secondsEach: 2,
    watch: () => () => 0.5,
    say: (line) => said.push(line),
  });
  assert.deepEqual(order, ['a', 'b', 'c', 'b', 'a', 'c']);
  assert.deepEqual(found.get('b'), [
    { result: 2, foreign: 0.5 },
    { result: 4, foreign: 0.5 },
  ]);
  assert.deepEqual(said, ['3 cells, 2 rounds: about 12 s', 'round 1 of 2', 'round 2 of 2']);
});

test('an order turns round and loses nobody', () => {
  assert.deepEqual(turned(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
  assert.deepEqual(turned([], 3), []);
});

test('times and disturbance in words', () => {
  assert.equal(spell(99), '99 s');
  assert.equal(spell(600), '10 min');
  assert.equal(disturbance([0.1, 0.2]), 'nobody else used the machine');
  assert.match(disturbance([0.1, 0.9]), /^in 1 of 2 measurements others used more than 0.25 cores$/);
});
