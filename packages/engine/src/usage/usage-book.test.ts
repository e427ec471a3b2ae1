import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricSample } from '@wherry/core/metric';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import { UsageBook, type UsageRow, type UsageWish } from './usage-book.ts';

const hour = 3_600_000;
const start = Date.parse('2026-10-24T00:00:00Z');

/** Two functions that are called steadily, for four days over the end of summer time; the gateway restarts every ten hours, and rests for six on the third day. */
async function recorded(): Promise<{ history: MemoryMetricHistory; calls: readonly number[] }> {
  const history = new MemoryMetricHistory();
  const calls: number[] = [];
  let [count, since] = [0, 0];
  for (let at = start + 60_000; at <= start + 96 * hour; at += 60_000) {
    const hours = (at - start) / hour;
    if (hours > 48 && hours < 54) continue;
    if (hours - since >= 10) [count, since] = [0, hours];
    count += 2;
    calls.push(at, at);
    await history.append(at, [...samples('hello.openfaas-fn', count), ...samples('other.team-a', count / 2)]);
  }
  return { history, calls };
}

function samples(function_name: string, count: number): MetricSample[] {
  const counter = (name: string, value: number, more: object = {}): MetricSample => ({
    ...{ name, value, kind: 'counter' as const, labels: { function_name, ...more } },
  });
  return [
    counter('gateway_function_invocation_total', count, { code: '200' }),
    counter('gateway_function_invocation_total', count / 2, { code: '502' }),
    counter('wherry_function_gb_seconds_total', count * 0.25),
    counter('pod_cpu_usage_seconds_total', count * 0.125),
  ];
}

async function usage(history: MemoryMetricHistory, wish: Partial<UsageWish>): Promise<UsageRow[]> {
  const book = new UsageBook(history, cronCalendar);
  const all = { from: start, to: start + 96 * hour, zone: 'UTC', by: 'function' as const, may: () => true };
  return (await Array.fromAsync(book.rows({ ...all, ...wish }))).flat();
}

test('what was used in days of 24 and of 25 hours, over restarts and a gap', async () => {
  const { history, calls } = await recorded();
  const zone = 'Europe/Berlin';
  const rows = (await usage(history, { every: 'day', zone })).filter(({ name }) => name === 'hello');
  for (const { from, to, calls: counted, errors, gbSeconds, cpuSeconds } of rows) {
    const ok = calls.filter((at) => at > from && at <= to).length;
    assert.deepEqual(
      [counted, errors, gbSeconds, cpuSeconds],
      [ok * 1.5, ok / 2, ok * 0.25, ok * 0.125],
      new Date(from).toISOString(),
    );
  }
  assert.deepEqual(
    rows.map(({ from, to }) => (to - from) / hour),
    [22, 25, 24, 24, 1],
  );
});

test('hours, and all of it, come to the same; namespaces are the sums of their functions', async () => {
  const { history, calls } = await recorded();
  const total = (rows: readonly UsageRow[]): number => rows.reduce((sum, one) => sum + one.calls, 0);
  const hours = await usage(history, { every: 'hour' });
  const whole = await usage(history, { by: 'namespace' });
  assert.deepEqual(
    whole.map(({ namespace, name, calls: counted }) => [namespace, name, counted]),
    [
      ['openfaas-fn', '', calls.length * 1.5],
      ['team-a', '', calls.length * 0.75],
    ],
  );
  assert.equal(total(hours), total(whole));
  assert.equal(new Set(hours.map(({ from }) => from)).size, 91);
});

test('a time that begins at no full hour, within a gap or after it, loses nothing and counts nothing twice', async () => {
  const { history, calls } = await recorded();
  for (const from of [20 * hour + 1_830_000, 50 * hour, 54 * hour, 53 * hour + 59 * 60_000]) {
    const [row] = await usage(history, { from: start + from });
    assert.equal(row?.calls, calls.filter((at) => at > start + from).length * 1.5, String(from));
  }
});

test('one function, and only what may be seen', async () => {
  const { history } = await recorded();
  const names = async (wish: Partial<UsageWish>) => (await usage(history, wish)).map(({ name }) => name);
  assert.deepEqual(await names({ function: { namespace: 'team-a', name: 'other' } }), ['other']);
  assert.deepEqual(await names({ may: ({ name }) => name === 'hello' }), ['hello']);
  assert.deepEqual(await names({ from: start - hour, to: start }), []);
});
