import assert from 'node:assert/strict';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { Report, ReportSubscription, ReportTotals } from '@wherry/core/report';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const totals: ReportTotals = {
  calls: 3,
  errors: 1,
  cold: 0,
  wakeSeconds: 0.5,
  gbSeconds: 1 / 3,
  cpuSeconds: 2,
};

export const sampleSubscription = (
  name: string,
  more: Partial<ReportSubscription> = {},
): ReportSubscription => ({
  ...{
    name,
    every: 'day',
    zone: 'Europe/Berlin',
    at: 420,
    channels: ['function:mail'],
    since: 1_700_000_000_000,
  },
  ...more,
});

export const sampleReport = (id: string, more: Partial<Report> = {}): Report => ({
  ...{ id, subscription: 'ops', every: 'day', zone: 'Europe/Berlin' },
  ...{ from: 1_699_900_000_000, to: 1_699_986_400_000, madeAt: 1_700_000_000_000.5 },
  figures: {
    ...{ totals, before: totals, functions: [], functionCount: 0, failures: [], deploys: [], deployCount: 0 },
    gaps: hostileStrings.map((text) => text.toWellFormed()),
  },
  deliveries: [{ channel: 'function:mail', state: 'due', attempts: 0 }],
  ...more,
});

/** What every ReportStore promises, from the doc comments of the port. */
export function reportStoreConformance(name: string, open: OpenStore<ReportStore>): void {
  const promise = promisesOf(name, open);

  promise('subscriptions come back as they were put, each in the place of its namesake', async (store) => {
    const [a, b] = [sampleSubscription('a', { namespace: 'team-a' }), sampleSubscription('b')];
    await store.putSubscription(b);
    await store.putSubscription(sampleSubscription('a'));
    await store.putSubscription(a);
    assert.deepEqual(await store.subscriptions(), [a, b]);
    assert.equal(await store.removeSubscription('b'), true);
    assert.equal(await store.removeSubscription('b'), false);
    assert.deepEqual(await store.subscriptions(), [a]);
  });

  promise('a report is one of its id, and lists are newest first without figures', async (store) => {
    const [first, second] = [sampleReport('ops-1'), sampleReport('ops-2', { madeAt: 1_800_000_000_000 })];
    await store.put(first);
    await store.put(second);
    const sent = { ...first, deliveries: [{ channel: 'x', state: 'sent' as const, attempts: 2, at: 5 }] };
    await store.put(sent);
    assert.deepEqual(await store.get('ops-1'), sent);
    assert.equal(await store.get('ops-3'), undefined);
    const heads = [second, sent].map((report) => {
      const { figures: _, ...head } = report;
      return head;
    });
    assert.deepEqual(await store.list(), heads);
  });

  promise('of many, the newest are kept', async (store) => {
    for (let n = 0; n < 8; n += 1) await store.put(sampleReport(`ops-${n}`, { madeAt: n }));
    assert.equal(await store.keep(3), 5);
    assert.deepEqual(
      (await store.list()).map(({ id }) => id),
      ['ops-7', 'ops-6', 'ops-5'],
    );
    assert.equal(await store.keep(3), 0);
  });

  promise('all of it is there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.putSubscription(sampleSubscription('a'));
    await store.put(sampleReport('ops-1'));
    await store.put(sampleReport('ops-2'));
    const again = await on.reopen();
    assert.deepEqual(await again.subscriptions(), [sampleSubscription('a')]);
    assert.deepEqual(await again.get('ops-2'), sampleReport('ops-2'));
    assert.equal((await again.list()).length, 2);
  });
}
