import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { sampleItem } from '@wherry/testkit/samples';
import { openStore } from '../open-store.ts';

test('as many receivers as callers think of leave nothing behind', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-lanes-'));
  t.after(() => rm(home, { recursive: true }));
  const store = await openStore({ home, now: Date.now });
  const now = Date.UTC(2026, 0, 1);
  const lanes = Array.from({ length: 1500 }, (_, n) => `to https://${n}.example`);
  await store.queue.enqueue(lanes.map((lane, n) => sampleItem(n, { lane })));
  await store.queue.enqueue([sampleItem(2000, { lane: 'stays' })]);
  const leased = await store.queue.lease(
    lanes.map((lane) => ({ lane, most: 1 })),
    'gateway',
    now,
    now + 1000,
    1e9,
  );
  const result = { status: 200, headers: [], body: new Uint8Array(0) };
  await store.queue.settle(
    leased.map(({ id, epoch }) => ({ id, epoch, to: 'done', at: now, result, keptUntil: now })),
  );
  await store.queue.prune(now + 1, 1e9);
  assert.deepEqual(
    (await store.queue.lanes()).map(({ lane }) => lane),
    ['stays'],
  );
  await store.queue.enqueue([sampleItem(2001, { lane: lanes[7] as string })]);
  assert.equal(
    (await store.queue.lease([{ lane: lanes[7] as string, most: 1 }], 'g', now, now + 1000, 1e9)).length,
    1,
  );
  await store.close();
  const database = new DatabaseSync(join(home, 'wherry.db'));
  assert.equal(database.prepare('SELECT count(*) AS n FROM queue_lanes').get()?.['n'], 2);
  database.close();
});
