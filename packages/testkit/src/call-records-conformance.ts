// Long because: the promises of one port are one list.
import assert from 'node:assert/strict';
import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery, CallRecords } from '@wherry/core/ports/call-records';
import { hostileStrings } from './hostile-strings.ts';
import { sampleCall } from './samples.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const of = (name: string, namespace = 'openfaas-fn') => ({
  target: name,
  deployment: { namespace, name, version: 1 },
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** What every CallRecords promises, from the doc comments of the port. */
export function callRecordsConformance(name: string, open: OpenStore<CallRecords>): void {
  const promise = promisesOf(name, open);
  const startTimes = (records: readonly CallRecord[]) => records.map((record) => record.startedAt);

  promise('a record comes back as it was given, every field of it', async (store) => {
    const { deployment: _, instance: __, ...refused } = sampleCall(2, { target: 'no such', status: 404 });
    const records: CallRecord[] = [
      sampleCall(1, {
        target: 'hello.openfaas-fn',
        alias: 'mine',
        trigger: 'schedule',
        cold: true,
        wakeMs: 31.7,
        waitMs: 1 / 3,
      }),
      { ...refused, error: 'function_unknown', fault: 'caller' },
      sampleCall(3, { bytesIn: 2 ** 40, bytesOut: 3, totalMs: 0, runMs: 0, path: '' }),
    ];
    await store.append(records);
    assert.deepEqual(await store.find({ limit: 10 }), records.toReversed());
  });

  promise('newest first, at most as many as asked for', async (store) => {
    await store.append(range(0, 30).map((n) => sampleCall(n)));
    await store.append(range(30, 50).map((n) => sampleCall(n)));
    const found = await store.find({ limit: 25 });
    assert.deepEqual(
      found,
      range(25, 50)
        .map((n) => sampleCall(n))
        .reverse(),
    );
    assert.deepEqual(await store.find({ limit: 0 }), []);
    assert.equal((await store.find({ limit: 1000 })).length, 50);
  });

  promise('by function: only its calls, of every version, none of its namesake', async (store) => {
    const calls = range(0, 20).map((n) => sampleCall(n, of(n % 2 === 0 ? 'hello' : 'other')));
    await store.append([...calls, sampleCall(20, of('hello', 'elsewhere'))]);
    await store.append([sampleCall(21, { deployment: { ...hello, version: 2 } })]);
    const found = await store.find({ target: hello, limit: 100 });
    assert.equal(found.length, 11);
    assert.equal(found[0]?.deployment?.version, 2);
    assert.ok(
      found.every(
        (record) => record.deployment?.name === 'hello' && record.deployment.namespace === 'openfaas-fn',
      ),
    );
    assert.deepEqual(await store.find({ target: { ...hello, name: 'unknown' }, limit: 100 }), []);
  });

  promise('page by page: all that fits, each once, and nothing that came in between', async (store) => {
    const calls = range(0, 9_000).map((n) => sampleCall(n, of(n % 3 === 0 ? 'hello' : 'other')));
    await store.append(calls);
    let later = 9_000;
    for (const query of [{}, { target: hello }, { since: sampleCall(4_000).startedAt, until: 1e15 }]) {
      const all = await store.find({ ...query, limit: 100_000 });
      const found: CallRecord[] = [];
      let pages = 0;
      for (let next: number | undefined; pages === 0 || next !== undefined; pages += 1) {
        const page = await store.page({ ...query, limit: 700 }, next);
        assert.ok(page.records.length <= 700);
        found.push(...page.records);
        next = page.next;
        await store.append([sampleCall(later++, of('hello'))]);
      }
      assert.deepEqual(found, all);
      assert.ok(pages > 3);
    }
    assert.deepEqual(await store.page({ target: { ...hello, name: 'unknown' }, limit: 10 }), { records: [] });
  });

  promise('what was recorded before a call, whenever it had begun', async (store) => {
    // Every hundredth had begun long before, and one call was tried twice.
    const long = (n: number) => (n % 100 === 50 ? { startedAt: sampleCall(n - 50).startedAt } : {});
    const calls = range(0, 9_000).map((n) => sampleCall(n, long(n)));
    calls[4_000] = { ...sampleCall(4_000), id: sampleCall(3_000).id };
    await store.append(calls);
    const newest = calls.toReversed();
    const found: CallRecord[] = [];
    for (let before: CallQuery['before']; ; before = found.at(-1)) {
      const page = await store.find({ limit: 450, ...(before === undefined ? {} : { before }) });
      found.push(...page);
      if (page.length < 450) break;
    }
    assert.deepEqual(found, newest);
    const before = (of: CallRecord, more: Partial<CallQuery> = {}) =>
      store.find({ before: of, limit: 2, ...more });
    assert.deepEqual(await before(calls[4_000]!), [calls[3_999], calls[3_998]]);
    assert.deepEqual(await before(calls[3_000]!), [calls[2_999], calls[2_998]]);
    assert.deepEqual(await before(calls[5_050]!, { since: calls[5_049]!.startedAt }), [calls[5_049]]);
    assert.deepEqual((await store.page({ before: calls[2]!, limit: 9 })).records, [calls[1], calls[0]]);
    // Of one that is not there any more, what had begun until then.
    const gone = { id: sampleCall(9_999).id, startedAt: calls[1]!.startedAt };
    assert.deepEqual(
      await before(sampleCall(1, gone)),
      await store.find({ until: gone.startedAt, limit: 2 }),
    );
  });

  promise('by id, and by the caller’s alias', async (store) => {
    await store.append(range(0, 100).map((n) => sampleCall(n, n === 40 ? { alias: 'mine' } : {})));
    assert.deepEqual(await store.find({ id: sampleCall(7).id, limit: 10 }), [sampleCall(7)]);
    assert.deepEqual(await store.find({ id: 'mine', limit: 10 }), [sampleCall(40, { alias: 'mine' })]);
    assert.deepEqual(await store.find({ id: sampleCall(100).id, limit: 10 }), []);
    assert.deepEqual(await store.find({ id: sampleCall(7).id.toUpperCase(), limit: 10 }), []);
    assert.deepEqual(
      await store.find({ id: sampleCall(7).id, target: { ...hello, name: 'other' }, limit: 10 }),
      [],
    );
  });

  promise(
    'an id is found although its record was written much later, or by a clock that was wrong',
    async (store) => {
      const wrong = sampleCall(1, { id: sampleCall(900_000).id });
      await store.append([sampleCall(5), wrong, sampleCall(6)]);
      assert.deepEqual(await store.find({ id: wrong.id, limit: 1 }), [wrong]);
    },
  );

  promise('by id: all attempts of a call, however much later they were made', async (store) => {
    const queued = sampleCall(0, { trigger: 'async' });
    const attempts = [0, 6_000, 12_000].map((n) => ({
      ...queued,
      startedAt: sampleCall(n * 10).startedAt,
      status: 503,
    }));
    for (const [n, attempt] of attempts.entries())
      await store.append([
        attempt,
        ...range(n * 5_000 + 1, n * 5_000 + 4_999).map((of) => sampleCall(of * 10)),
      ]);
    assert.deepEqual(await store.find({ id: queued.id, limit: 10 }), attempts.toReversed());
    assert.deepEqual(await store.find({ id: queued.id, limit: 1 }), [attempts[2]]);
  });

  promise('by time: both ends included', async (store) => {
    await store.append(range(0, 50).map((n) => sampleCall(n)));
    const [since, until] = [sampleCall(10).startedAt, sampleCall(14).startedAt];
    const found = await store.find({ since, until, limit: 100 });
    assert.deepEqual(
      startTimes(found),
      range(10, 15)
        .map((n) => sampleCall(n).startedAt)
        .reverse(),
    );
    assert.equal((await store.find({ since, limit: 100 })).length, 40);
    assert.equal((await store.find({ until, limit: 100 })).length, 15);
  });

  promise('a great many are all found again, each where it belongs', async (store) => {
    for (const batch of range(0, 5)) {
      await store.append(
        range(batch * 2000, batch * 2000 + 2000).map((n) => sampleCall(n, of(n === 1234 ? 'rare' : 'hello'))),
      );
    }
    assert.deepEqual(startTimes(await store.find({ target: { ...hello, name: 'rare' }, limit: 10 })), [
      sampleCall(1234).startedAt,
    ]);
    assert.equal((await store.find({ id: sampleCall(4095).id, limit: 10 })).length, 1);
    assert.equal(
      (
        await store.find({
          since: sampleCall(4000).startedAt,
          until: sampleCall(4199).startedAt,
          limit: 1000,
        })
      ).length,
      200,
    );
    assert.deepEqual(startTimes(await store.find({ limit: 2 })), [
      sampleCall(9999).startedAt,
      sampleCall(9998).startedAt,
    ]);
  });

  promise('counts every call of a function, and goes on counting when records are dropped', async (store) => {
    const { deployment: _, ...refused } = sampleCall(3);
    await store.append([sampleCall(1), sampleCall(2), refused, sampleCall(4, of('hello', 'elsewhere'))]);
    assert.deepEqual(
      await store.counts(),
      new Map([
        ['hello.openfaas-fn', 2],
        ['hello.elsewhere', 1],
      ]),
    );
    await store.prune(Infinity, 0);
    await store.append([sampleCall(5)]);
    assert.equal((await store.counts()).get('hello.openfaas-fn'), 3);
  });

  promise('pruning by age drops what is older, exactly', async (store) => {
    await store.append(range(0, 9000).map((n) => sampleCall(n)));
    assert.equal(await store.prune(sampleCall(4500).startedAt, Infinity), 4500);
    assert.equal(await store.prune(sampleCall(4500).startedAt, Infinity), 0);
    assert.equal((await store.find({ until: sampleCall(4500).startedAt, limit: 10 })).length, 1);
    assert.equal((await store.find({ limit: 10_000 })).length, 4500);
  });

  promise('pruning by size keeps the newest, and appending goes on after it', async (store) => {
    await store.append(range(0, 9000).map((n) => sampleCall(n)));
    const dropped = await store.prune(0, 100_000);
    const left = await store.find({ limit: 10_000 });
    assert.equal(left.length + dropped, 9000);
    assert.ok(left.length > 100 && left.length < 5000, `${left.length} are left`);
    assert.deepEqual(
      startTimes(left),
      range(dropped, 9000)
        .map((n) => sampleCall(n).startedAt)
        .reverse(),
    );
    await store.prune(0, 0);
    assert.deepEqual(await store.find({ limit: 10 }), []);
    await store.append([sampleCall(9001)]);
    assert.deepEqual(await store.find({ limit: 10 }), [sampleCall(9001)]);
  });

  promise('text comes back unchanged whatever is in it', async (store) => {
    const records = hostileStrings.map((text, n) =>
      sampleCall(n, {
        target: text,
        path: text,
        alias: text,
        instance: text,
        method: text,
        id: `${n}${text}`,
      }),
    );
    await store.append(records);
    assert.deepEqual(await store.find({ limit: 100 }), records.toReversed());
    for (const record of records) assert.equal((await store.find({ id: record.id, limit: 2 })).length, 1);
  });

  promise('by the trace that it belongs to', async (store) => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const mine = (n: number) =>
      sampleCall(n, { ...of('hello'), ...(n % 1500 === 7 ? { traceId: trace } : {}) });
    const other = sampleCall(5_000, { traceId: trace.replace('0', '1') });
    await store.append([...range(0, 5_000).map(mine), other]);
    const found = await store.find({ trace, limit: 10 });
    assert.deepEqual(found, [4507, 3007, 1507, 7].map(mine));
    assert.deepEqual(startTimes(await store.find({ trace, limit: 1 })), [mine(4507).startedAt]);
    assert.deepEqual(await store.find({ trace, limit: 9, target: { ...hello, name: 'other' } }), []);
    assert.deepEqual(await store.find({ trace: 'f'.repeat(32), limit: 10 }), []);
  });

  promise('by the instance that ran it', async (store) => {
    await store.append(range(0, 20).map((n) => sampleCall(n, { instance: `i${n % 4}` })));
    const found = await store.find({ instance: 'i3', limit: 3 });
    assert.deepEqual(
      startTimes(found),
      [19, 15, 11].map((n) => sampleCall(n).startedAt),
    );
  });

  promise('what a call has to do with others is kept with it, and goes with it', async (store) => {
    const traced = sampleCall(1, { traceId: '0af7651916cd43dd8448eb211c80319c' });
    const replayed = sampleCall(2, { replayOf: sampleCall(1).id });
    const both = sampleCall(3, { traceId: 'not a trace', replayOf: 'not an id' });
    await store.append([sampleCall(0), traced, replayed, both]);
    assert.deepEqual(await store.find({ limit: 10 }), [both, replayed, traced, sampleCall(0)]);
    await store.prune(Infinity, 0);
    await store.append([sampleCall(4)]);
    assert.deepEqual(await store.find({ limit: 10 }), [sampleCall(4)], 'and not with the next of its number');
  });

  promise('records and counts are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.append(range(0, 5000).map((n) => sampleCall(n)));
    const again = await on.reopen();
    await again.append([sampleCall(5000)]);
    assert.equal((await again.find({ limit: 10_000 })).length, 5001);
    assert.equal((await again.find({ id: sampleCall(4999).id, limit: 1 })).length, 1);
    assert.equal((await again.counts()).get('hello.openfaas-fn'), 5001);
  });
}
