import assert from 'node:assert/strict';
import type { AlertState } from '@wherry/core/alert';
import type { AlertDocument, AlertStore } from '@wherry/core/ports/alert-store';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const state = (id: string, more: Partial<AlertState> = {}): AlertDocument => ({
  kind: 'state',
  id,
  body: {
    ...{ rule: 'p95', labels: { function_name: id }, state: 'firing', since: 1.5, firingSince: 2, heldAt: 3 },
    ...{ value: 0.1, told: false, ...more },
  },
});
const group = (id: string, seq: number): AlertDocument => ({
  kind: 'group',
  id,
  body: { rule: 'p95', namespace: id, seq, toldAt: 5 },
});

/** What every AlertStore promises, from the doc comments of the port. */
export function alertStoreConformance(name: string, open: OpenStore<AlertStore>): void {
  const promise = promisesOf(name, open);

  promise('documents come back as they were put, ordered by kind and id', async (store) => {
    await store.write(
      [state('b'), group('b', 1), state('a', { line: '\u0000 \ud83d\ude00', told: true })],
      [],
    );
    assert.deepEqual(await store.list(), [
      group('b', 1),
      state('a', { line: '\u0000 \ud83d\ude00', told: true }),
      state('b'),
    ]);
  });

  promise('a document replaces the one of its kind and id, and no other', async (store) => {
    await store.write([state('a'), group('a', 1)], []);
    await store.write([group('a', 2), state('b')], []);
    assert.deepEqual(await store.list(), [group('a', 2), state('a'), state('b')]);
  });

  promise(
    'what is removed is gone, also in the write that puts others; what is not there is no error',
    async (store) => {
      await store.write([state('a'), group('a', 1)], []);
      await store.write(
        [state('b')],
        [
          { kind: 'state', id: 'a' },
          { kind: 'event', id: 'a' },
        ],
      );
      assert.deepEqual(await store.list(), [group('a', 1), state('b')]);
    },
  );

  promise('ids are told apart whatever is in them', async (store) => {
    await store.write(
      hostileStrings.map((text) => state(text)),
      [],
    );
    assert.deepEqual(new Set((await store.list()).map(({ id }) => id)), new Set(hostileStrings));
    await store.write(
      [],
      hostileStrings.map((id) => ({ kind: 'state', id })),
    );
    assert.deepEqual(await store.list(), []);
  });

  promise('documents are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.write([state('a'), state('b')], []);
    await store.write([state('b', { told: true })], [{ kind: 'state', id: 'a' }]);
    assert.deepEqual(await (await on.reopen()).list(), [state('b', { told: true })]);
  });
}
