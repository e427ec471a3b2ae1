import assert from 'node:assert/strict';
import type { ScalingRecords } from '@wherry/core/ports/scaling-records';
import { scalingKinds, type ScalingRecord } from '@wherry/core/scaling-record';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

const decision = (count: number, more: Partial<ScalingRecord> = {}): ScalingRecord => ({
  deployment: { ...hello, version: 1 },
  at: 1_700_000_000_000.25 + count,
  kind: 'up',
  from: 1,
  wanted: count,
  actual: 2,
  reason: `${count} in flight, 1 per instance`,
  ...more,
});

/** What every ScalingRecords promises, from the doc comments of the port. */
export function scalingRecordsConformance(name: string, open: OpenStore<ScalingRecords>): void {
  const promise = promisesOf(name, open);
  const all = { target: hello, limit: 100_000 };

  promise('a decision comes back as it was given, newest first, whatever is in its words', async (store) => {
    const given = [
      ...scalingKinds.map((kind, n) => decision(n, { kind })),
      ...hostileStrings.map((reason, n) => decision(100 + n, { reason })),
    ];
    await store.append(given.slice(0, 3));
    await store.append(given.slice(3));
    await store.append([]);
    assert.deepEqual(await store.find(all), given.toReversed());
  });

  promise(
    'of one function, every version, none of its namesake; at most as many as asked for',
    async (store) => {
      await store.append([
        decision(1),
        decision(2, { deployment: { ...hello, namespace: 'elsewhere', version: 1 } }),
        decision(3, { deployment: { ...hello, name: 'other', version: 1 } }),
        decision(4, { deployment: { ...hello, version: 2 } }),
      ]);
      assert.deepEqual(
        (await store.find(all)).map(({ wanted }) => wanted),
        [4, 1],
      );
      assert.equal((await store.find({ target: hello, limit: 1 })).length, 1);
      assert.deepEqual(await store.find({ target: hello, limit: 0 }), []);
      assert.deepEqual(await store.find({ target: { ...hello, name: 'unknown' }, limit: 5 }), []);
    },
  );

  promise('page by page: each once, and nothing that came in between', async (store) => {
    const other = { deployment: { ...hello, name: 'other', version: 1 } };
    await store.append(range(0, 500).map((n) => decision(n, n % 7 === 0 ? {} : other)));
    const expected = await store.find(all);
    const found: ScalingRecord[] = [];
    let later = 500;
    for (let next: number | undefined, first = true; first || next !== undefined; first = false) {
      const page = await store.page({ target: hello, limit: 10 }, next);
      assert.ok(page.records.length <= 10);
      found.push(...page.records);
      next = page.next;
      await store.append([decision(later++)]);
    }
    assert.equal(found.length, 72);
    assert.deepEqual(found, expected);
    assert.deepEqual(await store.page({ target: { ...hello, name: 'unknown' }, limit: 5 }), { records: [] });
  });

  promise('since a moment, which is included', async (store) => {
    await store.append(range(0, 10).map((n) => decision(n)));
    const found = await store.find({ ...all, since: decision(7).at });
    assert.deepEqual(found, [decision(9), decision(8), decision(7)]);
  });

  promise('pruning drops what is older, and of the rest the oldest beyond the number', async (store) => {
    const other = { deployment: { ...hello, name: 'other', version: 1 } };
    await store.append(range(0, 100).map((n) => decision(n, n % 2 === 0 ? {} : other)));
    assert.equal(await store.prune(decision(10).at, 1000), 10);
    assert.equal(await store.prune(decision(10).at, 1000), 0);
    assert.equal(await store.prune(0, 20), 70);
    assert.deepEqual(
      (await store.find(all)).map(({ wanted }) => wanted),
      [98, 96, 94, 92, 90, 88, 86, 84, 82, 80],
    );
    assert.equal(await store.prune(0, 0), 20);
    await store.append([decision(200)]);
    assert.deepEqual(await store.find(all), [decision(200)]);
  });

  promise('decisions are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.append(range(0, 1000).map((n) => decision(n)));
    const again = await on.reopen();
    await again.append([decision(1000)]);
    assert.equal((await again.find(all)).length, 1001);
  });
}
