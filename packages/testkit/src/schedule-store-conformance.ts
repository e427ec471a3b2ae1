import assert from 'node:assert/strict';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { ScheduleState } from '@wherry/core/schedule';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const state = (name: string, more: Partial<ScheduleState> = {}): ScheduleState => ({
  namespace: 'openfaas-fn',
  name,
  createdAt: 1_700_000_000_000.25,
  paused: false,
  rules: [{ rule: 'UTC */5 * * * *', since: 1_700_000_000_000, seen: 1_700_000_100_000.5, done: [] }],
  ...more,
});

/** What every ScheduleStore promises, from the doc comments of the port. */
export function scheduleStoreConformance(name: string, open: OpenStore<ScheduleStore>): void {
  const promise = promisesOf(name, open);

  promise('states come back as they were put, ordered by namespace and name', async (store) => {
    const full = state('b', {
      paused: true,
      rules: [
        { rule: '@every 1s', since: 1, seen: -5, done: [] },
        {
          rule: `Europe/Berlin 0 9 * * *`,
          since: 2,
          seen: 9.5,
          done: [
            [-3, -1],
            [4, 9.5],
          ],
        },
      ],
      last: { call: '0190f0c2-0000-7abc-8def-000000000001', slot: 9 },
    });
    await store.put([full, state('a', { namespace: 'team-b' }), state('a')]);
    assert.deepEqual(await store.list(), [state('a'), full, state('a', { namespace: 'team-b' })]);
  });

  promise('a state replaces the one of its function, and no other', async (store) => {
    await store.put([state('a'), state('b')]);
    await store.put([state('b', { paused: true }), state('c')]);
    assert.deepEqual(await store.list(), [state('a'), state('b', { paused: true }), state('c')]);
  });

  promise('removing says whether there was one', async (store) => {
    await store.put([state('a'), state('b')]);
    assert.equal(await store.remove(state('a')), true);
    assert.equal(await store.remove(state('a')), false);
    assert.equal(await store.remove({ namespace: 'team-b', name: 'b' }), false);
    assert.deepEqual(await store.list(), [state('b')]);
  });

  promise('names are told apart whatever is in them', async (store) => {
    await store.put(hostileStrings.map((text) => state(text)));
    assert.deepEqual(new Set((await store.list()).map((one) => one.name)), new Set(hostileStrings));
    for (const text of hostileStrings) assert.equal(await store.remove(state(text)), true);
  });

  promise('states are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put([state('a'), state('b'), state('c')]);
    await store.put([state('b', { paused: true })]);
    await store.remove(state('a'));
    assert.deepEqual(await (await on.reopen()).list(), [state('b', { paused: true }), state('c')]);
  });
}
