import assert from 'node:assert/strict';
import type { CallQueue, QueueQuery, Settlement } from '@wherry/core/ports/call-queue';
import { sampleId, sampleItem } from './samples.ts';
import { type OpenStore, promisesOf } from './store-under-test.ts';

const start = Date.UTC(2026, 0, 1);
const later = start + 3_600_000;
const lane = 'hello.openfaas-fn';
const count = 6_000;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const newestFirst = (numbers: readonly number[]) => numbers.toSorted((a, b) => b - a).map(sampleId);

/** What a queue finds of much, page by page. */
export function callQueuePages(name: string, open: OpenStore<CallQueue>): void {
  const promise = promisesOf(name, open);

  promise(
    'pages hold everything once, newest first, whatever order it came in and ended in',
    async (queue) => {
      // Of two that come at once the later one may be written first.
      const order = range(0, count).map((n) => n ^ 1);
      await queue.enqueue(order.map((n) => sampleItem(n, n % 3 === 0 ? { lane: 'other' } : {})));
      const leased = [
        ...(await queue.lease([{ lane, most: count }], 'gateway', start, later, 2 ** 30)),
        ...(await queue.lease([{ lane: 'other', most: count }], 'gateway', start, later, 2 ** 30)),
      ];
      assert.equal(leased.length, count);
      const result = { status: 200, headers: [], body: new Uint8Array(0) };
      const note = { at: start, cause: 'no' };
      // Old and new ones end next to each other, and every seventh does not end at all.
      const mixed = range(0, count).map((n) => (n * 2_741) % count);
      const numberOf = new Map(range(0, count).map((n) => [sampleId(n), n]));
      const outcomes = mixed.flatMap((n): readonly Settlement[] => {
        const { id, epoch } = leased[n] as (typeof leased)[number];
        const number = numberOf.get(id) as number;
        if (number % 7 === 0) return [];
        if (number % 5 === 0)
          return [{ id, epoch, to: 'dead', at: start, reason: 'attempts', note, keptUntil: later }];
        return [{ id, epoch, to: 'done', at: start, result, keptUntil: later }];
      });
      await queue.settle(outcomes);
      const all = range(0, count);
      const done = all.filter((n) => n % 7 !== 0 && n % 5 !== 0);
      const dead = all.filter((n) => n % 7 !== 0 && n % 5 === 0);
      const inOther = (n: number): boolean => n % 3 === 0;
      for (const [query, numbers] of [
        [{}, all],
        [{ state: 'done' }, done],
        [{ state: 'dead' }, dead],
        [{ state: 'running' }, all.filter((n) => n % 7 === 0)],
        [{ lane: 'other' }, all.filter(inOther)],
        [{ lane: 'other', state: 'done' }, done.filter(inOther)],
        [{ lane: 'other', state: 'dead' }, dead.filter(inOther)],
        [{ lane: 'nowhere' }, []],
      ] as const)
        for (const limit of [700, 4_500])
          assert.deepEqual(await paged(queue, query, limit), newestFirst(numbers), JSON.stringify(query));
    },
  );

  promise('what ends while it is looked for is found once', async (queue) => {
    const result = { status: 200, headers: [], body: new Uint8Array(0) };
    for (const n of range(0, 100)) {
      await queue.enqueue([sampleItem(n)]);
      const [leased] = await queue.lease([{ lane, most: 1 }], 'gateway', start, later, 2 ** 30);
      assert.ok(leased);
      const { id, epoch } = leased;
      const [found] = await Promise.all([
        queue.find({ limit: 1_000 }),
        queue.settle([{ id, epoch, to: 'done', at: start, result, keptUntil: later }]),
      ]);
      assert.deepEqual(
        found.map(({ item }) => item.id),
        newestFirst(range(0, n + 1)),
      );
    }
  });

  promise('a change of a lane is one of all that is in it, and of nothing else', async (queue) => {
    const mine = { lane: 'channel ops', of: { namespace: '(gateway)', name: 'alerts' } };
    await queue.enqueue([...range(0, 6).map((n) => sampleItem(n, mine)), sampleItem(9), sampleItem(10)]);
    const leased = await queue.lease([{ lane: mine.lane, most: 4 }], 'gateway', start, later, 2 ** 30);
    const note = { at: start, cause: 'no' };
    await queue.settle(
      leased.slice(0, 2).map(({ id, epoch }) => ({
        ...{ id, epoch, to: 'dead', at: start, reason: 'attempts', note, keptUntil: later },
      })),
    );
    const change = (of: string, what: 'cancel' | 'redrive' | 'discard') =>
      queue.change({ lane: of }, what, start, later);
    assert.deepEqual(await change('channel other', 'cancel'), []);
    assert.deepEqual((await change(mine.lane, 'cancel')).toSorted(), range(2, 6).map(sampleId));
    assert.deepEqual(
      await queue.settle([
        { id: sampleId(2), epoch: 1, to: 'waiting', due: start, note, counts: true, crashed: false },
      ]),
      [false],
      'what ran is over',
    );
    assert.deepEqual((await change(mine.lane, 'redrive')).toSorted(), [0, 1].map(sampleId));
    assert.deepEqual(await change(mine.lane, 'discard'), []);
    const [again] = await queue.lease([{ lane: mine.lane, most: 1 }], 'gateway', start, later, 2 ** 30);
    assert.ok(again);
    const { id, epoch } = again;
    await queue.settle([{ id, epoch, to: 'dead', at: start, reason: 'attempts', note, keptUntil: later }]);
    assert.deepEqual(await change(mine.lane, 'discard'), [id]);
    const left = new Map((await queue.lanes()).map((one) => [one.lane, one.waiting]));
    assert.deepEqual(
      left,
      new Map([
        [mine.lane, 1],
        [lane, 2],
      ]),
    );
  });
}

async function paged(
  queue: CallQueue,
  query: Omit<QueueQuery, 'limit'>,
  limit = 1_500,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let before: string | undefined; ; before = found.at(-1)) {
    const page = await queue.find({ ...query, limit, ...(before === undefined ? {} : { before }) });
    found.push(...page.map(({ item }) => item.id));
    if (page.length < limit) return found;
  }
}
