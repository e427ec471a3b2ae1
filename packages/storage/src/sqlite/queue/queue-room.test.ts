import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleItem } from '@wherry/testkit/samples';
import { openStore } from '../open-store.ts';

test('a queue that has filled its room takes no more, lets what it has end beside those who are refused, and takes again', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-room-'));
  t.after(() => rm(home, { recursive: true }));
  const store = await openStore({ home, now: Date.now, queueRoom: 2 * 2 ** 20 });
  t.after(() => store.close());
  const { queue } = store;
  const { lane, due } = sampleItem(0);
  const body = Buffer.alloc(100_000, 1);
  let count = 0;
  const enqueue = (): Promise<string> =>
    queue.enqueue([sampleItem((count += 1), { body })]).then(
      () => 'kept',
      (error: { code: string }) => error.code,
    );
  while ((await enqueue()) === 'kept') assert.ok(count < 40);
  const leased = await queue.lease([{ lane, most: 100 }], 'g', due, due + 1000, 1e9);
  assert.equal(leased.length, count - 1, 'what was refused is not there');
  const result = { status: 200, headers: [], body: new Uint8Array(0) };
  // In one group: those that come are refused, those that go are let go.
  const both = await Promise.all([
    enqueue(),
    queue.settle(leased.map(({ id, epoch }) => ({ id, epoch, to: 'done', at: due, result, keptUntil: due }))),
    enqueue(),
  ]);
  assert.deepEqual([both[0], both[2]], ['storage_full', 'storage_full']);
  assert.ok(both[1].every((mine) => mine));
  assert.equal(await enqueue(), 'kept');
});
