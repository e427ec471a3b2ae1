// The rules that come along, over numbers as functions leave them: they fire when they should, and otherwise not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Labels, MetricKind, MetricSample } from '@wherry/core/metric';
import { alertPresets } from '@wherry/core/rules/alert-presets';
import { holds } from '@wherry/core/rules/alert-step';
import { queries } from '@wherry/query/queries';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { durationHistory, durationSeries } from '../metrics/duration-history.ts';
import { minute } from './alert-rig.fixtures.ts';
import { evaluateQuery } from './evaluation.ts';

const end = Date.UTC(2026, 0, 20, 12);
const day = 24 * 60 * minute;

type Value = (at: number) => number | undefined;
interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly kind: MetricKind;
  readonly value: Value;
}
const gauge = (name: string, labels: Labels, value: Value): Series => ({
  name,
  labels,
  kind: 'gauge',
  value,
});
const counter = (name: string, labels: Labels, value: Value): Series => ({
  name,
  labels,
  kind: 'counter',
  value,
});
const of = (name: string, more: Labels = {}): Labels => ({ function_name: `${name}.openfaas-fn`, ...more });
/** So many a minute, in the last `minutes`. */
const steady =
  (perMinute: number, from = end - 30 * minute) =>
  (at: number): number =>
    at < from ? 0 : Math.floor(((at - from) / minute) * perMinute);
const calls = (name: string, code: string, value: Value): Series =>
  counter('gateway_function_invocation_total', of(name, { code }), value);

/** For which functions, hosts or channels the condition of a preset holds now. */
async function firing(...of: Parameters<typeof seen>) {
  return (await seen(...of)).map(({ labels }) =>
    (labels['function_name'] ?? labels['host'] ?? labels['channel'] ?? 'the machine').replace(
      '.openfaas-fn',
      '',
    ),
  );
}

/** What the condition of a preset holds for, with the values that people are told. */
async function seen(rule: string, series: readonly Series[], from = end - 40 * minute, stepMs = 10_000) {
  const history = durationHistory(new MemoryMetricHistory());
  for (let at = from; at <= end; at += stepMs) {
    const samples: MetricSample[] = series.flatMap(({ value, ...one }) => {
      const now = value(at);
      return now === undefined ? [] : [{ ...one, value: now }];
    });
    await history.append(at, samples);
  }
  const preset = alertPresets.find(({ name }) => name === rule);
  assert.ok(preset?.source.kind === 'query', rule);
  const parts = {
    history,
    queries,
    clock: { now: () => end, monotonic: () => end, after: () => () => {}, every: () => () => {} },
    functions: { get: () => ({}) as never, list: () => [] },
  };
  return (await evaluateQuery(parts, preset.source.text)).filter(({ value }) =>
    holds(preset.is, value, preset.threshold),
  );
}

test('error-share: of enough calls, and of the gateway’s own failures too', async () => {
  const series = [
    ...[calls('bad', '200', steady(20)), calls('bad', '502', steady(2))],
    ...[
      calls('fine', '200', steady(100)),
      calls('fine', '500', steady(2)),
      calls('wrong', '404', steady(50)),
    ],
    ...[calls('rare', '500', steady(0.5)), calls('all', '503', steady(10))],
    ...[calls('before', '500', (at) => Math.min(steady(20)(at), 400)), calls('before', '200', steady(20))],
  ];
  assert.deepEqual(new Set(await firing('error-share', series)), new Set(['bad', 'all']));
});

test('p95: one in twenty, of enough calls', async () => {
  const histogram = (name: string, slowShare: number, perMinute: number): readonly Series[] => [
    ...(
      [
        ['1', 1 - slowShare],
        ['5', slowShare],
      ] as const
    ).map(([le, share]) =>
      counter(durationSeries, of(name, { le }), (at) => Math.floor(steady(perMinute)(at) * share)),
    ),
    calls(name, '200', steady(perMinute)),
  ];
  const series = [
    ...histogram('slow', 0.2, 60),
    ...histogram('quick', 0.01, 60),
    ...histogram('rare', 1, 0.5),
  ];
  assert.deepEqual(await firing('p95', series), ['slow']);
});

test('queue-age, dead-letters and crash-loop', async () => {
  const queue = (name: string, value: number) =>
    gauge('wherry_queue_oldest_seconds', of(name, { queue_name: 'queue' }), () => value);
  assert.deepEqual(await firing('queue-age', [queue('late', 301), queue('soon', 10)]), ['late']);
  assert.deepEqual(await firing('dead-letters', [gauge('wherry_queue_dead_letters', of('dead'), () => 1)]), [
    'dead',
  ]);
  const exits = (name: string, kind: string, perMinute: number) =>
    counter('wherry_function_exits_total', of(name, { kind }), steady(perMinute));
  const series = [
    exits('loops', 'exited', 1),
    exits('sleeps', 'stopped', 5),
    exits('once', 'signalled', 0.05),
  ];
  assert.deepEqual(await firing('crash-loop', series), ['loops']);
});

test('what is counted is told in whole numbers', async () => {
  // Seven in ten minutes, at times that fit no round.
  const seven = steady(0.7, end - 30.3 * minute);
  const exits = counter('wherry_function_exits_total', of('loops', { kind: 'exited' }), seven);
  const lost = (kind: string) =>
    counter(`wherry_${kind}_dropped_total`, {}, steady(0.31, end - 29.7 * minute));
  const told = [
    ...(await seen('crash-loop', [exits])),
    ...(await seen('history-lost', ['call_records', 'log_lines', 'metric_samples'].map(lost))),
  ].map(({ value }) => value);
  assert.equal(told.length, 2);
  for (const value of told) assert.ok(Number.isInteger(value), String(value));
});

test('never-ready: wanted for a while and never there; not who sleeps, starts now and then, or is new and gets there', async () => {
  const both = (name: string, wanted: Value, ready: Value): readonly Series[] => [
    gauge('gateway_service_count', of(name), wanted),
    gauge('gateway_service_ready_count', of(name), ready),
  ];
  const flickers: Value = (at) => ((at / 10_000) % 3 === 0 ? 1 : 0);
  const series = [
    ...both(
      'stuck',
      () => 2,
      () => 0,
    ),
    ...both('tries', flickers, () => 0),
    ...both(
      'asleep',
      () => 0,
      () => 0,
    ),
    ...both(
      'well',
      () => 2,
      () => 2,
    ),
    ...both(
      'woke',
      () => 1,
      (at) => (at > end - minute ? 1 : 0),
    ),
  ];
  assert.deepEqual(new Set(await firing('never-ready', series)), new Set(['stuck', 'tries']));
});

test('no-traffic: where there used to be, at this time of the day and of the week', async () => {
  const until =
    (stop: number, perMinute = 1): Value =>
    (at) =>
      steady(perMinute, 0)(Math.min(at, stop));
  /** Only in the hour before noon on some days. */
  const atNoon =
    (...daysAgo: readonly number[]): Value =>
    (at) =>
      daysAgo.reduce((sum, ago) => {
        const noon = end - ago * day;
        return sum + Math.floor(Math.max(0, Math.min(at, noon) - (noon - 60 * minute)) / minute);
      }, 0);
  const series = [
    ...[
      calls('gone', '200', until(end - 90 * minute)),
      calls('busy', '200', until(end)),
      calls('never', '200', () => 0),
    ],
    ...[
      calls('daily', '200', atNoon(9, 8, 7, 1)),
      calls('weekdays', '200', atNoon(6, 5, 4, 1)),
      calls('today', '200', atNoon(7, 1, 0)),
    ],
    calls('rare', '200', until(end - 90 * minute, 0.1)),
  ];
  assert.deepEqual(
    new Set(await firing('no-traffic', series, end - 10 * day, minute)),
    new Set(['gone', 'daily']),
  );
});

test('memory, processors, the disk, certificates, history, and alerting itself', async () => {
  const instance = (name: string, bytes: number): readonly Series[] => [
    gauge('wherry_instance_memory_bytes', of(name, { instance: 'i1' }), () => bytes),
    gauge('wherry_instance_memory_bytes', of(name, { instance: 'i2' }), () => 1),
    gauge('wherry_function_memory_limit_bytes', of(name), () => 100),
  ];
  assert.deepEqual(await firing('function-memory', [...instance('full', 96), ...instance('half', 50)]), [
    'full',
  ]);
  const cpu = (perSecond: number) => [
    counter('wherry_machine_cpu_busy_seconds_total', {}, (at) => ((at - end + day) / 1000) * perSecond),
    gauge('wherry_machine_cpus', {}, () => 2),
  ];
  assert.deepEqual(await firing('machine-cpu', cpu(1.9)), ['the machine']);
  assert.deepEqual(await firing('machine-cpu', cpu(1)), []);
  const room = (rule: string, all: string, left: string, free: number) =>
    firing(rule, [gauge(all, {}, () => 100), gauge(left, {}, () => free)]);
  for (const [rule, all, left] of [
    ['machine-memory', 'wherry_machine_memory_bytes', 'wherry_machine_memory_available_bytes'],
    ['disk', 'wherry_disk_size_bytes', 'wherry_disk_free_bytes'],
  ] as const) {
    assert.deepEqual(await room(rule, all, left, 5), ['the machine'], rule);
    assert.deepEqual(await room(rule, all, left, 30), [], rule);
  }
  const ends = (host: string, days: number) =>
    gauge('wherry_certificate_end_timestamp_seconds', { host }, () => (end + days * day) / 1000);
  assert.deepEqual(await firing('certificate', [ends('soon.example', 13), ends('later.example', 15)]), [
    'soon.example',
  ]);
  const lost = (perMinute: number) =>
    ['call_records', 'log_lines', 'metric_samples'].map((what) =>
      counter(`wherry_${what}_dropped_total`, {}, what === 'log_lines' ? steady(perMinute) : () => 0),
    );
  assert.deepEqual(await firing('history-lost', lost(2)), ['the machine']);
  assert.deepEqual(await firing('history-lost', lost(0)), []);
  assert.deepEqual(
    await firing('alert-delivery', [gauge('wherry_alerts_undelivered', { channel: 'ops' }, () => 1)]),
    ['ops'],
  );
  assert.deepEqual(await firing('alert-rules', [gauge('wherry_alerts_rules_failing', {}, () => 1)]), [
    'the machine',
  ]);
});
