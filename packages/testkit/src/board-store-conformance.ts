import assert from 'node:assert/strict';
import type { Board } from '@wherry/core/board';
import type { BoardStore } from '@wherry/core/ports/board-store';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const board = (name: string, revision = 1, more: Partial<Board> = {}): Board => ({
  name,
  title: `Board ${name}`,
  charts: [{ title: 'Calls', kind: 'line', unit: 'number', queries: [{ text: 'up', legend: '{{code}}' }] }],
  revision,
  updatedAt: 1_700_000_000_000.5,
  ...more,
});

/** What every BoardStore promises, from the doc comments of the port. */
export function boardStoreConformance(name: string, open: OpenStore<BoardStore>): void {
  const promise = promisesOf(name, open);

  promise('boards come back as they were put, ordered by name', async (store) => {
    const charts = hostileStrings.map((text) => ({
      title: text,
      kind: text,
      unit: text,
      queries: [{ text }],
    }));
    await store.put(board('b', 1, { charts, title: '' }));
    await store.put(board('a', 1, { charts: [] }));
    assert.deepEqual(await store.list(), [
      board('a', 1, { charts: [] }),
      board('b', 1, { charts, title: '' }),
    ]);
  });

  promise(
    'a put must follow on the stored revision, and changes nothing where it does not',
    async (store) => {
      await assert.rejects(store.put(board('a', 2)), { code: 'conflict' });
      await store.put(board('a'));
      await assert.rejects(store.put(board('a', 1, { title: 'other' })), { code: 'conflict' });
      await assert.rejects(store.put(board('a', 3)), { code: 'conflict' });
      await store.put(board('a', 2, { title: 'next' }));
      assert.deepEqual(await store.list(), [board('a', 2, { title: 'next' })]);
    },
  );

  promise('what was put is a copy: changing it afterwards changes nothing', async (store) => {
    const charts = [...board('a').charts];
    await store.put(board('a', 1, { charts }));
    charts.length = 0;
    assert.deepEqual(await store.list(), [board('a')]);
  });

  promise('removing says whether there was one, and the name begins anew', async (store) => {
    await store.put(board('a'));
    await store.put(board('a', 2));
    assert.equal(await store.remove('a'), true);
    assert.equal(await store.remove('a'), false);
    await store.put(board('a'));
    assert.deepEqual(await store.list(), [board('a')]);
  });

  promise('boards are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put(board('a'));
    await store.put(board('b'));
    await store.put(board('b', 2, { title: 'next' }));
    await store.remove('a');
    assert.deepEqual(await (await on.reopen()).list(), [board('b', 2, { title: 'next' })]);
  });
}
