// Long because: everything that a queue of calls promises is in one suite; a second adapter only has to be plugged in.
import assert from 'node:assert/strict';
import type { CallQueue, Leased, NewItem } from '@wherry/core/ports/call-queue';
import type { CallResult, Note, QueueItem } from '@wherry/core/queued-call';
import { callQueueHistories } from './call-queue-histories.ts';
import { callQueueLanes } from './call-queue-lanes.ts';
import { callQueuePages } from './call-queue-pages.ts';
import { hostileStrings } from './hostile-strings.ts';
import { sampleId, sampleItem } from './samples.ts';
import { type OpenStore, promisesOf } from './store-under-test.ts';

const start = Date.UTC(2026, 0, 1);
const soon = start + 60_000;
const later = start + 3_600_000;
const much = 2 ** 30;
const lane = 'hello.openfaas-fn';
const note: Note = { at: start, status: 503, error: 'function_busy', cause: 'too many' };
const answer = (text: string): CallResult => ({
  status: 200,
  headers: ['Content-Type', 'text/plain'],
  body: new TextEncoder().encode(text),
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

/** What every CallQueue promises, from the doc comments of the port. */
export function callQueueConformance(name: string, open: OpenStore<CallQueue>): void {
  const promise = promisesOf(name, open);
  const lease = (queue: CallQueue, most = 100, now = start, of = lane): Promise<readonly Leased[]> =>
    queue.lease([{ lane: of, most }], 'gateway', now, now + 30_000, much);
  const done = (lease: Leased, text = 'hi') =>
    ({
      id: lease.id,
      epoch: lease.epoch,
      to: 'done',
      at: start,
      result: answer(text),
      keptUntil: later,
    }) as const;
  const first = async (queue: CallQueue, now = start): Promise<Leased> => {
    const [leased] = await lease(queue, 1, now);
    assert.ok(leased, 'nothing to lease');
    return leased;
  };

  promise(
    'an item comes out as it went in, every field of it, and nothing is handed out twice',
    async (queue) => {
      const item = sampleItem(1, {
        alias: 'mine',
        body: new Uint8Array([0, 255, 10, 13]),
        head: {
          ...sampleItem(1).head,
          ...{ trigger: 'schedule', target: 'hello@next', method: 'PUT', path: '/a%2Fb?x=1', depth: 3 },
          headers: ['A', '1', 'a', '2', 'Ünï', '\u0000'],
          from: { address: '::1', client: '192.0.2.7', host: 'h', prefix: '/p', scheme: 'https' },
          caller: { name: 'ci', scopes: ['invoke'], functions: '*' },
          callback: 'https://example.com/',
          answer: { call: 'c', headers: ['B', '2'] },
        },
      });
      assert.deepEqual(await queue.enqueue([item]), [{ id: item.id, as: 'new' }]);
      const leased = await lease(queue);
      assert.deepEqual(leased, [{ id: item.id, epoch: 1, attempts: 1, crashes: 0, item }]);
      assert.deepEqual(await lease(queue), []);
    },
  );

  promise('in a lane the ones that are due first come first, and none before it is due', async (queue) => {
    await queue.enqueue([
      sampleItem(1, { due: start + 500 }),
      sampleItem(2, { due: start + 100 }),
      sampleItem(3, { due: start + 100 }),
      sampleItem(4),
    ]);
    assert.deepEqual(ids(await lease(queue)), [sampleId(4)]);
    assert.deepEqual(ids(await lease(queue, 1, start + 100)), [sampleId(2)]);
    assert.deepEqual(ids(await lease(queue, 9, start + 499)), [sampleId(3)]);
    assert.deepEqual(ids(await lease(queue, 9, start + 500)), [sampleId(1)]);
  });

  promise('of each lane as many as asked for, in the order asked', async (queue) => {
    await queue.enqueue(range(0, 20).map((n) => sampleItem(n, { lane: n < 15 ? 'loud' : 'quiet' })));
    const wishes = [
      { lane: 'quiet', most: 2 },
      { lane: 'none', most: 5 },
      { lane: 'loud', most: 3 },
    ];
    const leased = await queue.lease(wishes, 'gateway', start, soon, much);
    assert.deepEqual(ids(leased), [15, 16, 0, 1, 2].map(sampleId));
  });

  promise('bodies above the bound stay for the next lease, but one always comes', async (queue) => {
    await queue.enqueue(range(0, 4).map((n) => sampleItem(n, { body: new Uint8Array(1000).fill(n) })));
    const bounded = (most: number) => queue.lease([{ lane, most: 10 }], 'gateway', start, soon, most);
    assert.deepEqual(ids(await bounded(2500)), [0, 1].map(sampleId));
    assert.deepEqual(ids(await bounded(1)), [sampleId(2)]);
    assert.deepEqual(ids(await bounded(much)), [sampleId(3)]);
  });

  promise('what is done is kept with its answer until its time is over', async (queue) => {
    await queue.enqueue([sampleItem(1, { alias: 'mine' })]);
    assert.deepEqual(await queue.settle([done(await first(queue))]), [true]);
    for (const id of [sampleId(1), 'mine']) {
      const [found] = await queue.find({ id, limit: 5 });
      assert.equal(found?.state, 'done');
      assert.deepEqual(found.result, answer('hi'));
      assert.deepEqual([found.attempts, found.finishedAt, found.keptUntil], [1, start, later]);
    }
    assert.equal((await queue.find({ limit: 5 }))[0]?.result, undefined, 'a list holds no answers');
    assert.equal(await queue.prune(later - 1, much), 0);
    assert.equal(await queue.prune(later, much), 1);
    assert.deepEqual(await queue.find({ id: 'mine', limit: 5 }), []);
  });

  promise('the oldest answers go when they take too much room', async (queue) => {
    await queue.enqueue(range(0, 10).map((n) => sampleItem(n)));
    for (const leased of await lease(queue)) await queue.settle([done(leased, 'x'.repeat(100_000))]);
    assert.ok((await queue.prune(start, 500_000)) >= 5);
    const left = await queue.find({ state: 'done', limit: 10 });
    assert.ok(left.length >= 3 && left.length <= 5, `${left.length} are left`);
    assert.equal(left[0]?.item.id, sampleId(9));
  });

  promise('an attempt that failed is made again when it said, and counted', async (queue) => {
    await queue.enqueue([sampleItem(1)]);
    const leased = await first(queue);
    const again = { id: leased.id, epoch: leased.epoch, to: 'waiting', due: soon, note } as const;
    assert.deepEqual(await queue.settle([{ ...again, counts: true, crashed: false }]), [true]);
    assert.deepEqual(await lease(queue, 9, soon - 1), []);
    const second = await first(queue, soon);
    assert.deepEqual([second.attempts, second.crashes, second.epoch], [2, 0, 2]);
    assert.deepEqual((await queue.find({ limit: 1 }))[0]?.note, note);
    const back = { ...again, epoch: second.epoch } as const;
    await queue.settle([{ ...back, counts: false, crashed: true }]);
    const third = await first(queue, soon);
    assert.deepEqual(
      [third.attempts, third.crashes],
      [2, 1],
      'what never reached the function is no attempt',
    );
  });

  promise(
    'a lease that is over goes to the next, and whoever held it can say nothing any more',
    async (queue) => {
      await queue.enqueue([sampleItem(1)]);
      const slow = await first(queue);
      assert.deepEqual(await lease(queue, 9, start + 29_999), []);
      const quick = await first(queue, start + 30_000);
      assert.deepEqual([quick.epoch, quick.attempts, quick.crashes], [2, 2, 0]);
      assert.deepEqual(await queue.settle([done(slow, 'late')]), [false]);
      assert.deepEqual(await queue.extend([slow], later), [false]);
      assert.deepEqual(await queue.settle([done(quick, 'in time')]), [true]);
      assert.deepEqual(await queue.settle([done(quick, 'twice')]), [false]);
      const [found] = await queue.find({ id: sampleId(1), limit: 1 });
      assert.deepEqual(found?.result, answer('in time'));
    },
  );

  promise('a lease that is held on to does not end', async (queue) => {
    await queue.enqueue([sampleItem(1)]);
    const leased = await first(queue);
    assert.deepEqual(await queue.extend([leased, { id: sampleId(9), epoch: 1 }], later), [true, false]);
    assert.deepEqual(await lease(queue, 9, later - 1), []);
    assert.deepEqual(await queue.settle([done(leased)]), [true]);
  });

  promise('what a gateway held that is gone is free at once; what others hold is not', async (queue) => {
    await queue.enqueue([sampleItem(1), sampleItem(2), sampleItem(3, { due: later * 2 })]);
    const gone = await first(queue);
    await queue.lease([{ lane, most: 1 }], 'another', start, soon, much);
    assert.equal(await queue.release('gateway', start, later), 1);
    const freed = await lease(queue);
    assert.deepEqual(ids(freed), [sampleId(1), sampleId(3)], 'and what a wrong clock put off for ever');
    assert.deepEqual([freed[0]?.attempts, freed[0]?.crashes], [2, 0]);
    assert.deepEqual(await queue.settle([done(gone)]), [false]);
  });

  promise('a dead letter says why, waits again when told to, or goes', async (queue) => {
    await queue.enqueue([
      sampleItem(1),
      sampleItem(2),
      sampleItem(3, { of: { namespace: 'b', name: 'other' } }),
    ]);
    for (const { id, epoch } of await lease(queue))
      await queue.settle([{ id, epoch, to: 'dead', at: start, reason: 'attempts', note, keptUntil: later }]);
    const dead = await queue.find({ state: 'dead', limit: 10 });
    assert.deepEqual(
      dead.map(({ item, reason, note: said, finishedAt, keptUntil }) => [
        item.id,
        reason,
        said,
        finishedAt,
        keptUntil,
      ]),
      [3, 2, 1].map((n) => [sampleId(n), 'attempts', note, start, later]),
    );
    assert.deepEqual(await queue.change({ ids: [sampleId(1), 'unknown'] }, 'redrive', soon, later * 2), [
      sampleId(1),
    ]);
    const again = await first(queue, soon);
    assert.deepEqual([again.id, again.attempts, again.crashes], [sampleId(1), 1, 0]);
    assert.equal(again.item.expires, later * 2);
    const other = { namespace: 'b', name: 'other' };
    assert.deepEqual(await queue.change({ of: other }, 'discard', soon, later), [sampleId(3)]);
    assert.deepEqual(await queue.find({ of: other, limit: 5 }), []);
    assert.equal(await queue.prune(later, much), 1, 'and in the end it is forgotten');
  });

  promise(
    'a dead letter whose place another takes stays as it was, and says so; nobody takes it twice',
    async (queue) => {
      const body = new Uint8Array([0, 255, 10]);
      const dying = {
        to: 'dead',
        at: start,
        reason: 'attempts',
        note: { ...note, cause: 'said "editedAs":1' },
      } as const;
      await queue.enqueue([sampleItem(1, { body }), sampleItem(2)]);
      const leased = await lease(queue);
      assert.deepEqual(await queue.enqueue([{ ...sampleItem(9), instead: sampleId(1) }]), [
        { id: sampleId(9), as: 'gone' },
      ]);
      await queue.settle(leased.map(({ id, epoch }) => ({ id, epoch, ...dying, keptUntil: later })));
      const [failed] = await queue.find({ id: sampleId(1), body: true, limit: 1 });
      assert.deepEqual([failed?.state, failed?.body], ['dead', body]);
      assert.deepEqual(await queue.enqueue([{ ...sampleItem(3), instead: sampleId(1) }]), [
        { id: sampleId(3), as: 'new' },
      ]);
      assert.deepEqual(await queue.enqueue([{ ...sampleItem(4), instead: sampleId(1) }]), [
        { id: sampleId(4), as: 'gone' },
      ]);
      const [kept] = await queue.find({ id: sampleId(1), body: true, limit: 1 });
      assert.deepEqual(kept, { ...failed, editedAs: sampleId(3) });
      assert.deepEqual(ids(await lease(queue)), [sampleId(3)]);
      assert.deepEqual(
        await queue.change({}, 'redrive', soon, later),
        [sampleId(2)],
        'only what nobody took',
      );
      assert.deepEqual(await queue.change({ ids: [sampleId(1)] }, 'redrive', soon, later), [sampleId(1)]);
      assert.equal((await queue.find({ id: sampleId(1), limit: 1 }))[0]?.editedAs, undefined);
    },
  );

  promise('what is cancelled is not done, and whoever is at it is not believed', async (queue) => {
    await queue.enqueue([sampleItem(1), sampleItem(2)]);
    const leased = await first(queue);
    const cancelled = await queue.change({ ids: [sampleId(1), sampleId(2)] }, 'cancel', soon, later);
    assert.deepEqual([...cancelled].sort(), [sampleId(1), sampleId(2)]);
    assert.deepEqual(await lease(queue, 9, later), []);
    assert.deepEqual(await queue.settle([done(leased)]), [false]);
    const states = (await queue.find({ limit: 5 })).map(({ state, finishedAt }) => [state, finishedAt]);
    assert.deepEqual(states, [
      ['cancelled', soon],
      ['cancelled', soon],
    ]);
    assert.deepEqual(await queue.change({ ids: [sampleId(1)] }, 'cancel', soon, later), [], 'once is enough');
  });

  promise('an outcome and what follows from it are one step', async (queue) => {
    await queue.enqueue([sampleItem(1)]);
    const leased = await first(queue);
    const next = sampleItem(2, { lane: 'https://example.com' });
    assert.deepEqual(await queue.settle([{ ...done(leased), next }]), [true]);
    assert.deepEqual(await queue.settle([{ ...done(leased), next: sampleItem(3) }]), [false]);
    assert.deepEqual(ids(await lease(queue, 9, start, 'https://example.com')), [sampleId(2)]);
    assert.deepEqual(await lease(queue), []);
  });

  promise('the same key is the same call for as long as it is remembered', async (queue, on) => {
    const keyed = (n: number, more: Partial<QueueItem> = {}): NewItem => ({
      ...sampleItem(n, { body: new Uint8Array([7]), ...more }),
      key: { text: 'order 17', until: soon },
    });
    assert.equal((await queue.enqueue([keyed(1)]))[0]?.as, 'new');
    assert.deepEqual(await queue.enqueue([keyed(2), keyed(3, { lane: 'another' })]), [
      { id: sampleId(1), as: 'known' },
      { id: sampleId(3), as: 'new' },
    ]);
    const other = { body: new Uint8Array([1, 2, 3]) };
    assert.deepEqual(await queue.enqueue([keyed(4, other)]), [{ id: sampleId(1), as: 'conflict' }]);
    const same = (await on.reopen?.()) ?? queue;
    await same.settle([done(await first(same))]);
    assert.equal((await same.enqueue([keyed(5)]))[0]?.as, 'known', 'also when it is over');
    assert.equal((await same.enqueue([keyed(6, { enqueuedAt: soon })]))[0]?.as, 'new');
  });

  promise('an id is that of its own call, although others send it as theirs', async (queue) => {
    await queue.enqueue([
      sampleItem(1),
      sampleItem(2, { alias: sampleId(1) }),
      sampleItem(3, { alias: 'twice' }),
    ]);
    await queue.enqueue([sampleItem(4, { alias: 'twice' })]);
    assert.equal((await queue.find({ id: sampleId(1), limit: 1 }))[0]?.item.id, sampleId(1));
    assert.equal((await queue.find({ id: 'twice', limit: 1 }))[0]?.item.id, sampleId(4), 'the newest');
    assert.deepEqual(
      await queue.change({ ids: [sampleId(1), 'twice'] }, 'cancel', soon, later),
      [1, 4].map(sampleId),
    );
    await queue.settle([done(await first(queue))]);
    assert.equal(
      (await queue.find({ id: sampleId(1), limit: 1 }))[0]?.item.id,
      sampleId(1),
      'also when it is over',
    );
  });

  promise('finds by function and state, page by page', async (queue) => {
    const other = { namespace: 'b', name: 'other' };
    await queue.enqueue(range(0, 10).map((n) => sampleItem(n, n % 2 === 0 ? {} : { of: other })));
    const page = await queue.find({ of: other, limit: 2 });
    assert.deepEqual(ids(page.map(({ item }) => item)), [9, 7].map(sampleId));
    const next = await queue.find({ of: other, limit: 2, before: sampleId(7) });
    assert.deepEqual(ids(next.map(({ item }) => item)), [5, 3].map(sampleId));
    const leased = await lease(queue, 3);
    const runs = await queue.find({ state: 'running', limit: 9 });
    assert.deepEqual(ids(runs.map(({ item }) => item)), ids(leased).reverse());
    assert.equal((await queue.find({ state: 'waiting', limit: 99 })).length, 7);
    assert.deepEqual(await queue.find({ of: { namespace: 'no', name: 'no' }, limit: 9 }), []);
  });

  promise('what an item is about need not be the name of a function', async (queue) => {
    const of = { namespace: '(gateway)', name: 'alerts' };
    await queue.enqueue([sampleItem(1, { of })]);
    assert.deepEqual((await lease(queue, 1))[0]?.item.of, of);
    assert.deepEqual((await queue.find({ of, limit: 9 }))[0]?.item.of, of);
  });

  promise('all that was accepted is there after a restart, as it stood', async (queue, on) => {
    if (on.reopen === undefined) return;
    await queue.enqueue(range(0, 50).map((n) => sampleItem(n)));
    const leased = await lease(queue, 10);
    await queue.settle(leased.slice(0, 5).map((one) => done(one)));
    const again = await on.reopen();
    assert.equal(await again.release('gateway', start, later), 5);
    assert.equal((await lease(again, 99)).length, 45);
    assert.equal((await again.find({ state: 'done', limit: 99 })).length, 5);
    assert.deepEqual(await again.settle([done(leased[7] as Leased)]), [false]);
  });

  promise('texts of any kind come back as they were', async (queue) => {
    const texts = hostileStrings.filter((text) => text.length > 0);
    await queue.enqueue(
      texts.map((text, n) =>
        sampleItem(n, {
          lane: `lane ${n}`,
          head: { ...sampleItem(n).head, path: text, headers: ['H', text] },
        }),
      ),
    );
    for (const [n, text] of texts.entries()) {
      const [leased] = await lease(queue, 1, start, `lane ${n}`);
      assert.equal(leased?.id, sampleId(n));
      assert.deepEqual(leased.item.head.headers, ['H', text]);
    }
  });

  callQueueLanes(name, open);
  callQueuePages(name, open);
  callQueueHistories(name, open);
}
