import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricSeries } from '@wherry/core/metric';
import type { VectorResult } from '@wherry/core/ports/queries';
import type { MatrixSeries } from './answer/result.ts';
import { MemoryHistory, seriesOf } from './memory-history.fixtures.ts';
import { instantQuery, rangeQuery } from './query.ts';

const start = Date.UTC(2026, 0, 31, 12);
const minutes = 60_000;
const hours = 60 * minutes;
const numbers = (count: number, value: (index: number) => number = (index) => index): number[] =>
  Array.from({ length: count }, (_, index) => value(index));

async function valuesOf(series: readonly MetricSeries[], text: string, at: number): Promise<string[]> {
  const { result } = await instantQuery(new MemoryHistory(series), { text, at });
  return (result as VectorResult['result']).map(({ value }) => value[1]);
}

test('a sample at the very beginning of a range or of the lookback is outside, one at the end inside', async () => {
  const series = [seriesOf('a', {}, start, 10_000, numbers(31))];
  assert.deepEqual(await valuesOf(series, 'count_over_time(a[1m])', start + 60_000), ['6']);
  assert.deepEqual(await valuesOf(series, 'min_over_time(a[1m])', start + 60_000), ['1']);
  const one = [seriesOf('a', {}, start, 10_000, [7])];
  assert.deepEqual(await valuesOf(one, 'a', start + 5 * minutes - 1), ['7']);
  assert.deepEqual(await valuesOf(one, 'a', start + 5 * minutes), []);
  assert.deepEqual(await valuesOf(one, 'count_over_time(a[2m:1m])', start + 1 * minutes), ['2']);
});

test('a series that has ended is gone at once, and its end is no sample', async () => {
  const series = [seriesOf('a', {}, start, 10_000, [1, 2, Number.NaN])];
  assert.deepEqual(await valuesOf(series, 'a', start + 19_999), ['2']);
  assert.deepEqual(await valuesOf(series, 'a', start + 20_000), []);
  assert.deepEqual(await valuesOf(series, 'sum_over_time(a[1m])', start + 20_000), ['3']);
});

test('the variance of what is endless is no number, as in Prometheus 3', async () => {
  const series = [seriesOf('a', {}, start, 10_000, [Infinity])];
  assert.deepEqual(await valuesOf(series, 'stddev(a)', start), ['NaN']);
});

test('coarse history is looked at for longer, growth is that of the time asked', async () => {
  const series = [
    seriesOf(
      'a',
      {},
      start,
      hours,
      numbers(25, (index) => index * 3600),
    ),
  ];
  const at = start + 24 * hours + 30 * minutes;
  assert.deepEqual(await valuesOf(series, 'a', at), ['86400']);
  assert.deepEqual(await valuesOf(series, 'rate(a[5m])', at), ['1']);
  assert.deepEqual(await valuesOf(series, 'increase(a[5m])', at), ['300']);
  assert.deepEqual(await valuesOf(series, 'delta(a[10m])', at), ['600']);
  assert.deepEqual(await valuesOf(series, 'count_over_time(a[5m])', at), ['4']);
  assert.deepEqual(await valuesOf(series, 'a', start + 26 * hours), [], 'twice the distance is too far');
});

test('reads go as far back as coarse history needs, and ask for what the steps and ranges need', async () => {
  const history = new MemoryHistory([seriesOf('a', {}, start, hours, numbers(25))]);
  const at = start + 24 * hours;
  await instantQuery(history, { text: 'max_over_time(a[5m] offset 1h)', at });
  assert.deepEqual(
    history.asked.map(({ from, to, stat, coarsestMs }) => [at - from, at - to, stat, coarsestMs]),
    [
      [65 * minutes, hours, 'max', 5_000],
      [5 * hours, hours, 'max', 5_000],
    ],
  );
  history.asked.length = 0;
  await rangeQuery(history, { text: 'a + min_over_time(a[10h])', start, end: at, stepMs: 5 * minutes });
  assert.deepEqual(
    new Set(history.asked.map(({ coarsestMs, stat }) => `${coarsestMs} ${stat}`)),
    new Set(['300000 undefined', '300000 min']),
  );
  history.asked.length = 0;
  await instantQuery(history, { text: 'a', at });
  assert.equal(history.asked[0]?.coarsestMs, undefined);
});

test('no pattern of a stranger reaches a store', async () => {
  const history = new MemoryHistory(
    ['a.b', 'a|b', 'c', ''].map((x) => seriesOf('m', { x, __proto__x: '1' }, start, 10_000, [1])),
  );
  const { result } = await instantQuery(history, { text: 'count(m{x=~"(a+)+.b|(c*)*", x!~"c"})', at: start });
  assert.deepEqual((result as VectorResult['result'])[0]?.value[1], '3');
  assert.deepEqual(history.asked[0]?.matchers, [
    { label: '__name__', is: '=', value: 'm' },
    { label: 'x', is: '=~', value: 'a\\.b|a\\|b|' },
  ]);
});

test('a dot stands for the end of a line too, as in Prometheus 3', async () => {
  const series = [seriesOf('m', { x: 'a\nb' }, start, 10_000, [1])];
  assert.deepEqual(await valuesOf(series, 'm{x=~"a.b"}', start), ['1']);
});

test('labels with names of the language itself are labels like others', async () => {
  const labels = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>;
  const history = new MemoryHistory([seriesOf('m', labels, start, 10_000, [1])]);
  const { result } = await instantQuery(history, {
    text: 'sum by (__proto__, toString) (m{constructor="y"})',
    at: start,
  });
  assert.equal(JSON.stringify(result), `[{"metric":{"__proto__":"x"},"value":[${start / 1000},"1"]}]`);
});

test('numbers are written as Prometheus writes them', async () => {
  const write = async (text: string): Promise<unknown> =>
    (await instantQuery(new MemoryHistory([]), { text, at: start })).result[1];
  const written = ['1e21', '1e20', '1e-7', '0.000001', '-0', '1/0', '-1/0', 'NaN', '0.1+0.2', '123456789.5'];
  assert.deepEqual(await Promise.all(written.map(write)), [
    ...[
      '1e+21',
      '100000000000000000000',
      '1e-07',
      '0.000001',
      '-0',
      '+Inf',
      '-Inf',
      'NaN',
      '0.30000000000000004',
      '123456789.5',
    ],
  ]);
});

test('a matrix goes by its labels, and a scalar is one', async () => {
  const history = new MemoryHistory([]);
  const { resultType, result } = await rangeQuery(history, {
    text: 'time()',
    start: 1_000,
    end: 3_500,
    stepMs: 1_000,
  });
  assert.deepEqual(
    [resultType, result],
    [
      'matrix',
      [
        {
          metric: {},
          values: [
            [1, '1'],
            [2, '2'],
            [3, '3'],
          ],
        },
      ],
    ],
  );
  const two = new MemoryHistory(['b', 'a'].map((x) => seriesOf('m', { x }, start, 10_000, [1])));
  const { result: lines } = await rangeQuery(two, { text: 'sort_desc(m)', start, end: start, stepMs: 1 });
  assert.deepEqual(
    (lines as readonly MatrixSeries[]).map(({ metric }) => metric['x']),
    ['a', 'b'],
  );
});

test('over a time, a text is told from what a function can be put around', async () => {
  const refusal = (text: string) =>
    rangeQuery(new MemoryHistory([]), { text, start, end: start + minutes, stepMs: 15_000 });
  await assert.rejects(refusal('"a"'), { next: /A text has no course over time/ });
  await assert.rejects(refusal('a[5m]'), { next: /Put a function around it/ });
});
