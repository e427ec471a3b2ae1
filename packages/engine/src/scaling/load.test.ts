import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../rig.fixtures.ts';
import { type Load, needOf } from './load.ts';
import { Window } from './window.ts';

const quiet: Load = { inFlight: 0, waiting: 0, rps: 0, millicores: 0, queued: 0, capacity: 1 };
const capacity = { type: 'capacity', downWindowMs: 0 } as const;

test('calls in flight and in line, over what an instance takes', () => {
  const least = (calls: number, takes: number, more: object = {}) =>
    needOf({ ...capacity, ...more }, { ...quiet, inFlight: calls, capacity: takes })?.least;
  assert.deepEqual(
    [0, 1, 2, 18].map((calls) => least(calls, 1)),
    [0, 1, 2, 18],
  );
  assert.deepEqual(
    [1, 90, 91, 180, 181].map((calls) => least(calls, 100)),
    [1, 1, 2, 2, 3],
    'a tenth is left free',
  );
  assert.equal(least(18, 100, { target: 5 }), 4, 'ceil(18 / 5)');
  assert.equal(least(18, 100, { target: 5, proportion: 0.5 }), 8, 'ceil(18 / 2.5)');
  const need = needOf(capacity, { ...quiet, inFlight: 18, waiting: 4 });
  assert.deepEqual(
    [need?.least, need?.most, need?.words],
    [22, 22, '18 in flight and 4 waiting, 1 per instance'],
  );
});

test('what is measured may tremble: more start a tenth above the share, fewer go below it', () => {
  const rps = { type: 'rps', target: 50, downWindowMs: 0 } as const;
  const of = (value: number) => needOf(rps, { ...quiet, rps: value });
  assert.deepEqual([of(44)?.least, of(44)?.most], [1, 1]);
  assert.deepEqual([of(47)?.least, of(47)?.most], [1, 2], 'two stay two, one stays one');
  assert.deepEqual([of(50)?.least, of(50)?.most], [2, 2]);
  assert.equal(of(120.04)?.words, '120 calls a second, 45 per instance');
  const cpu = { type: 'cpu', target: 500, proportion: 1, downWindowMs: 0 } as const;
  const burnt = needOf(cpu, { ...quiet, millicores: 1700 });
  assert.deepEqual([burnt?.least, burnt?.most, burnt?.words], [4, 4, '1700 millicores, 500 per instance']);
  assert.equal(needOf(cpu, { ...quiet, millicores: undefined }), undefined, 'nobody counts');
  const queue = needOf({ type: 'queue', target: 10, downWindowMs: 0 }, { ...quiet, queued: 25 });
  assert.deepEqual([queue?.least, queue?.words], [3, '25 waiting in the queue, 9 per instance']);
});

test('the window says the largest of a while, and nothing before it has watched for as long (200 seeds)', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const window = new Window(100);
    const latest = new Window(0);
    const put: { at: number; value: number }[] = [];
    let now = 0;
    for (let step = 0; step < 100; step++) {
      now += 1 + next(50);
      const value = next(10);
      window.put(now, value);
      latest.put(now, value);
      put.push({ at: now, value });
      // A number holds until the next: the one before the while still counts.
      const from = now - 100;
      const before = put.findLast(({ at }) => at <= from);
      const within = put.filter(({ at }) => at > from);
      const expected =
        before === undefined ? undefined : Math.max(before.value, ...within.map((one) => one.value));
      assert.equal(window.largest(now), expected, `seed ${seed}, step ${step}`);
      assert.equal(latest.largest(now), value);
      if (next(40) === 0) {
        window.clear();
        put.length = 0;
        assert.equal(window.largest(now), undefined);
      }
    }
  }
});
