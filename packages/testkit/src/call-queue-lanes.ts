import assert from 'node:assert/strict';
import type { CallQueue, Leased } from '@wherry/core/ports/call-queue';
import type { Note } from '@wherry/core/queued-call';
import { sampleId, sampleItem } from './samples.ts';
import { type OpenStore, promisesOf } from './store-under-test.ts';

const start = Date.UTC(2026, 0, 1);
const soon = start + 60_000;
const later = start + 3_600_000;
const lane = 'hello.openfaas-fn';
const note: Note = { at: start, status: 503, error: 'function_busy', cause: 'too many' };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** What a queue says of its lanes. */
export function callQueueLanes(name: string, open: OpenStore<CallQueue>): void {
  const promise = promisesOf(name, open);
  const lease = (queue: CallQueue, most = 100, now = start): Promise<readonly Leased[]> =>
    queue.lease([{ lane, most }], 'gateway', now, now + 30_000, 2 ** 30);
  const first = async (queue: CallQueue, now = start): Promise<Leased> => {
    const [leased] = await lease(queue, 1, now);
    assert.ok(leased, 'nothing to lease');
    return leased;
  };

  promise('says of each lane what waits and runs', async (queue) => {
    await queue.enqueue([
      ...range(0, 5).map((n) => sampleItem(n)),
      sampleItem(7, { lane: 'b', due: soon, enqueuedAt: start + 7 }),
    ]);
    await lease(queue, 2);
    const sorted = [...(await queue.lanes())].sort((a, b) => (a.lane < b.lane ? -1 : 1));
    assert.deepEqual(sorted, [
      { lane: 'b', waiting: 1, running: 0, dead: 0, nextDue: soon, oldest: start + 7 },
      { lane, waiting: 3, running: 2, dead: 0, nextDue: start, oldest: start },
    ]);
  });

  promise('the oldest of a lane is what came first, however late it is tried again', async (queue, on) => {
    const at = (n: number) => ({ due: start + n, enqueuedAt: start + n });
    await queue.enqueue([0, 1, 2].map((n) => sampleItem(n, at(n))));
    const oldest = async (of = queue) => (await of.lanes())[0]?.oldest;
    assert.equal(await oldest(), start);
    const [one] = await lease(queue, 1);
    assert.ok(one);
    assert.equal(await oldest(), start, 'while it is tried');
    const { id, epoch } = one;
    await queue.settle([{ id, epoch, to: 'waiting', due: later, note, counts: true, crashed: false }]);
    assert.equal(await oldest(), start, 'while others are due before it');
    const same = (await on.reopen?.()) ?? queue;
    assert.equal(await oldest(same), start);
    const again = await first(same, later);
    const [next, last] = [await first(same, later), await first(same, later)];
    assert.deepEqual(
      [again, next, last].map(({ id: of }) => of),
      [1, 2, 0].map(sampleId),
      'that order is by when they are due',
    );
    const end = { to: 'dead', at: later, reason: 'attempts', note, keptUntil: later } as const;
    await same.settle([{ id: last.id, epoch: last.epoch, ...end }]);
    assert.equal(await oldest(same), start + 1, 'a dead letter waits for nothing');
    await same.change({ ids: [last.id] }, 'redrive', later, later);
    assert.equal(await oldest(same), start, 'until it is tried again');
  });

  promise('says how much could begin, where that is asked', async (queue) => {
    await queue.enqueue([
      ...range(0, 5).map((n) => sampleItem(n)),
      ...range(5, 9).map((n) => sampleItem(n, { due: soon })),
    ]);
    assert.deepEqual(
      (await queue.lanes(start)).map(({ waiting, ready }) => [waiting, ready]),
      [[9, 5]],
    );
    assert.deepEqual(
      (await queue.lanes(soon)).map(({ waiting, ready }) => [waiting, ready]),
      [[9, 9]],
    );
    assert.equal((await queue.lanes())[0]?.ready, undefined);
  });

  promise('a lane in which something only runs says when its lease ends', async (queue) => {
    await queue.enqueue([sampleItem(1)]);
    await lease(queue);
    assert.deepEqual(await queue.lanes(), [
      { lane, waiting: 0, running: 1, dead: 0, nextDue: start + 30_000, oldest: start },
    ]);
  });
}
