import assert from 'node:assert/strict';
import test from 'node:test';
import type { MetricSample, MetricSeries } from '@wherry/core/metric';
import type { VectorResult } from '@wherry/core/ports/queries';
import { queries } from '@wherry/query/queries';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { durationStep, durationSteps } from '../record/duration-steps.ts';
import { durationHistory, durationSeries } from './duration-history.ts';
import { stepSamples } from './families.ts';

const start = Date.parse('2026-11-20T12:00:00Z');
const roundMs = 10_000;
const matchers = [{ label: '__name__', is: '=', value: durationSeries }] as const;

/** Functions whose calls are noted every ten seconds, as the recorder does it. */
class Recorded {
  readonly #stored = new MemoryMetricHistory();
  readonly history = durationHistory(this.#stored);
  readonly #counts = new Map<string, Float64Array>();
  now = start;

  called(name: string, seconds: number, times = 1): void {
    let counts = this.#counts.get(name);
    if (counts === undefined) this.#counts.set(name, (counts = new Float64Array(durationSteps.length + 1)));
    (counts[durationStep(seconds)] as number) += times;
  }

  async round(): Promise<void> {
    this.now += roundMs;
    const samples = [...this.#counts].flatMap(([name, buckets]): MetricSample[] =>
      stepSamples(durationSeries, { function_name: name }, { bounds: durationSteps, buckets }),
    );
    assert.equal(await this.history.append(this.now, samples), 0);
  }

  restart(): void {
    this.#counts.clear();
  }

  async ask(text: string): Promise<number> {
    const { result } = (await queries.instant(this.history, { text, at: this.now })) as VectorResult;
    assert.equal(result.length, 1, text);
    return Number(result[0]?.value[1]);
  }

  read(from = start): Promise<readonly MetricSeries[]> {
    return this.history.read({ matchers, from, to: this.now });
  }
}

test('a first slow call does not look like all the calls before it', async () => {
  const recorded = new Recorded();
  recorded.called('a.x', 0.004, 10_000);
  for (let i = 0; i < 60; i++) await recorded.round();
  recorded.called('a.x', 0.004, 200);
  recorded.called('a.x', 3);
  await recorded.round();
  const p95 = 'histogram_quantile(0.95, sum by (le) (rate(wherry_function_seconds_bucket[1m])))';
  assert.ok((await recorded.ask(p95)) < 0.005);
  assert.ok(
    Math.abs((await recorded.ask('sum(increase(wherry_function_seconds_bucket{le="+Inf"}[50s]))')) - 201) <
      60,
  );
});

test('functions whose calls took different times add up', async () => {
  const recorded = new Recorded();
  recorded.called('quick.x', 0.001, 0);
  recorded.called('slow.x', 2, 0);
  await recorded.round();
  for (let i = 0; i < 30; i++) {
    recorded.called('quick.x', 0.001, 97);
    recorded.called('slow.x', 2, 3);
    await recorded.round();
  }
  const quantile = (share: number): Promise<number> =>
    recorded.ask(`histogram_quantile(${share}, sum by (le) (rate(wherry_function_seconds_bucket[2m])))`);
  assert.ok((await quantile(0.96)) < 0.002);
  assert.ok((await quantile(0.98)) > 1.5);
});

test('every bucket is what has been counted up to it, of every function', async () => {
  const recorded = new Recorded();
  const happened: { readonly name: string; readonly seconds: number; readonly at: number }[] = [];
  let seed = 7;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 120; round++) {
    for (let i = Math.floor(random() * 5); i > 0; i--) {
      const call = {
        ...{ name: `f${Math.floor(random() * 4)}.x`, seconds: 0.0004 * 2 ** (random() * 22) },
        at: recorded.now + roundMs,
      };
      happened.push(call);
      recorded.called(call.name, call.seconds);
    }
    await recorded.round();
  }
  const series = await recorded.read();
  const bounds = new Set(series.map(({ labels }) => labels['le']));
  assert.ok(bounds.size > 20 && bounds.has('+Inf'));
  assert.equal(series.length, 4 * bounds.size, 'each function has every bound');
  for (const { labels, times, values } of series) {
    const le = Number(String(labels['le']).replace('Inf', 'Infinity'));
    const mine = happened.filter(({ name }) => name === labels['function_name']);
    for (let at = 0; at < times.length; at++) {
      if (Number.isNaN(values[at])) continue;
      const counted = mine.filter((call) => call.at <= (times[at] as number) && call.seconds <= le).length;
      assert.equal(values[at], counted, `${labels['function_name']} ${le} at round ${at}`);
    }
  }
});

test('a gateway that began again goes on counting, and what has no calls since keeps what it had', async () => {
  const recorded = new Recorded();
  recorded.called('a.x', 0.001, 50);
  recorded.called('a.x', 1, 30);
  await recorded.round();
  recorded.restart();
  await recorded.round();
  recorded.called('a.x', 1, 7);
  await recorded.round();
  const { values } = (await recorded.read()).find(({ labels }) => labels['le'] === '+Inf') as MetricSeries;
  assert.deepEqual([...values], [0, 80, NaN, 87]);
});

test('a question about one bucket needs those below it, and names all that there are', async () => {
  const recorded = new Recorded();
  recorded.called('a.x', 0.001, 5);
  recorded.called('a.x', 1, 2);
  await recorded.round();
  assert.equal(await recorded.ask('wherry_function_seconds_bucket{le="1"}'), 7);
  assert.equal(await recorded.ask('wherry_function_seconds_bucket{le=~"[+]Inf"}'), 7);
  const query = { matches: [durationSeries], from: start, to: recorded.now };
  assert.ok((await queries.labelValues(recorded.history, 'le', query)).includes('+Inf'));
});

test('of very many functions there are fewer steps, and all of them', async () => {
  const recorded = new Recorded();
  for (let i = 0; i < 2_000; i++) recorded.called(`f${i}.x`, 0.0005 * 2 ** (i % 20));
  await recorded.round();
  const series = await recorded.read();
  assert.ok(series.length <= 40_000 && series.length >= 20_000, `${series.length}`);
  assert.equal(await recorded.ask('sum(wherry_function_seconds_bucket{le="+Inf"})'), 2_000);
});
