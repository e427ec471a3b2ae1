import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallQueue, Leased } from '@wherry/core/ports/call-queue';
import type { CallResult, Note } from '@wherry/core/queued-call';
import { sampleItem } from './samples.ts';
import { seed, seeded } from './seeded.ts';
import type { OpenStore } from './store-under-test.ts';

const start = Date.UTC(2026, 0, 1);
const later = start + 3_600_000;
const lane = 'hello.openfaas-fn';
const note: Note = { at: start, status: 503, error: 'function_busy', cause: 'too many' };
const result: CallResult = { status: 200, headers: [], body: new Uint8Array([1]) };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const lease = (queue: CallQueue, most: number, now: number): Promise<readonly Leased[]> =>
  queue.lease([{ lane, most }], 'gateway', now, now + 30_000, 2 ** 30);
const done = (one: Leased) =>
  ({ id: one.id, epoch: one.epoch, to: 'done', at: start, result, keptUntil: later }) as const;

/** Histories at random: enqueued, leased, settled, forgotten by a restart, in an order that a seed decides. */
export function callQueueHistories(name: string, open: OpenStore<CallQueue>): void {
  test(`${name}: whatever happens in whatever order, nothing is lost and nothing is done by two`, async (t) => {
    t.diagnostic(`seed ${seed} (WHERRY_FUZZ_SEED)`);
    const next = seeded(seed);
    const below = (most: number): number => Math.floor(next() * most);
    const on = await open();
    let queue = on.store;
    let now = start;
    let count = 0;
    const held = new Map<string, Leased>();
    const old: Leased[] = [];
    const finished = new Map<string, number>();
    try {
      for (let step = 0; step < 400; step += 1) {
        now += below(4) === 0 ? below(60_000) : below(50);
        const what = below(10);
        if (what < 3) {
          const items = range(0, 1 + below(4)).map(() =>
            sampleItem((count += 1), { due: now + below(3) * 1000, enqueuedAt: now, expires: now * 2 }),
          );
          await queue.enqueue(items);
        } else if (what < 6) {
          for (const one of await lease(queue, 1 + below(5), now)) {
            assert.ok(!finished.has(one.id), `${one.id} was done and came again, seed ${seed}`);
            const before = held.get(one.id);
            if (before !== undefined) old.push(before);
            held.set(one.id, one);
          }
        } else if (what < 9) {
          const stale = below(4) === 0 && old.length > 0;
          const one = stale ? (old[below(old.length)] as Leased) : [...held.values()][below(held.size)];
          if (one === undefined) continue;
          const [mine] = await queue.settle([
            below(3) === 0
              ? {
                  ...{ id: one.id, epoch: one.epoch, to: 'waiting', due: now, note },
                  counts: true,
                  crashed: false,
                }
              : { ...done(one), keptUntil: now * 2 },
          ]);
          const current = held.get(one.id);
          if (stale && current?.epoch !== one.epoch)
            assert.equal(mine, false, `a stale lease was believed, seed ${seed}`);
          if (mine !== true || current?.epoch !== one.epoch) continue;
          held.delete(one.id);
          if ((await queue.find({ id: one.id, limit: 1 }))[0]?.state === 'done')
            finished.set(one.id, one.epoch);
        } else if (on.reopen !== undefined && below(6) === 0) {
          queue = await on.reopen();
          await queue.release('gateway', now, now + later);
          old.push(...held.values());
          held.clear();
        }
      }
      const all = await queue.find({ limit: 10_000 });
      assert.equal(all.length, count, `accepted ${count}, there are ${all.length}, seed ${seed}`);
      assert.equal(all.filter(({ state }) => state === 'done').length, finished.size, `seed ${seed}`);
    } finally {
      await on.dispose();
    }
  });
}
