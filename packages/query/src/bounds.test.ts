import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError, type ErrorCode } from '@wherry/core/errors';
import type { MetricSeries } from '@wherry/core/metric';
import { bounds } from './bounds.ts';
import { compilePattern } from './history/patterns.ts';
import { MemoryHistory, seriesOf } from './memory-history.fixtures.ts';
import { instantQuery, rangeQuery } from './query.ts';

// Queries of death: each is refused by name, soon, and others get their turn meanwhile.

const start = Date.UTC(2026, 0, 31, 12);
const is =
  (code: ErrorCode, message: RegExp) =>
  (error: unknown): boolean =>
    error instanceof WherryError && error.code === code && message.test(error.message);

const ones = (count: number): number[] => new Array<number>(count).fill(1);
const many = (count: number, length = 1): MetricSeries[] => {
  const [first] = [seriesOf('m', {}, start, 10_000, ones(length))];
  return Array.from(
    { length: count },
    (_, index) => ({ ...first, labels: { i: String(index) } }) as MetricSeries,
  );
};
/** Gives the same for every question, at no cost. */
const giving = (series: readonly MetricSeries[]) => ({
  read: async () => series,
  series: async () => series,
});

test('more than 11,000 points are refused, 11,000 steps are not', async () => {
  const ask = (end: number) => rangeQuery(giving([]), { text: 'm', start, end: start + end, stepMs: 1 });
  await ask(bounds.points);
  await assert.rejects(ask(bounds.points + 1), is('query_refused', /11,002 points/));
});

test('more than 50,000 series are refused, as they are read and as they are made', async () => {
  await instantQuery(giving(many(bounds.series)), { text: 'm', at: start });
  const above = giving(many(bounds.series + 1));
  await assert.rejects(instantQuery(above, { text: 'm', at: start }), is('query_too_large', /50,000 series/));
  const pairs = giving(many(30_000));
  await assert.rejects(
    instantQuery(pairs, { text: 'm or label_replace(m, "x", "y", "i", ".*")', at: start }),
    is('query_too_large', /50,000 series/),
  );
});

test('more than 20 million samples are refused, as they are read and as ranges look at them', async () => {
  const wide = giving(many(50, 8_640));
  const range = { start: start + 4 * 3_600_000, end: start + 24 * 3_600_000, stepMs: 60_000 };
  await assert.rejects(
    rangeQuery(wide, { text: 'sum_over_time(m[4h])', ...range }),
    is('query_too_large', /20,000,000 samples/),
  );
  const step = { start, end: start + 10_000_000, stepMs: 1_000 };
  await assert.rejects(
    rangeQuery(giving(many(5_000, 2)), { text: 'm', ...step }),
    is('query_too_large', /20,000,000 samples/),
  );
  await assert.rejects(
    instantQuery(wide, { text: 'sum_over_time(m[1y:1ms])', at: start }),
    is('query_too_large', /100,000 moments/),
  );
});

test('an answer has no more than a million points, whether they come from steps, samples or labels', async () => {
  const [step, at] = [{ start, end: start + 10_990_000, stepMs: 1_000 }, start + 80_000_000];
  const tooMuch = is('query_too_large', /1,000,000 points/);
  await rangeQuery(giving(many(25, 1_100)), { text: 'm', ...step });
  await assert.rejects(rangeQuery(giving(many(100, 1_100)), { text: 'm', ...step }), tooMuch);
  await assert.rejects(
    instantQuery(giving(many(120, 8_640)), { text: 'm[1d]', at: at + 6_400_000 }),
    tooMuch,
  );
  await instantQuery(giving(many(120, 8_640)), { text: 'count_over_time(m[1d])', at: at + 6_400_000 });
  const long = `label_replace(m, "x", "${'y'.repeat(4_000)}", "", "")`;
  await instantQuery(giving(many(5_000)), { text: long, at: start });
  await assert.rejects(instantQuery(giving(many(10_000)), { text: long, at: start }), tooMuch);
});

test('labels do not grow beyond 4,096 characters', async () => {
  let text = 'm';
  for (let times = 0; times < 30; times += 1) text = `label_replace(${text}, "i", "$1$1", "i", "(.*)")`;
  await assert.rejects(
    instantQuery(giving(many(1)), { text, at: start }),
    is('query_too_large', /4,096 characters/),
  );
});

test('a query ends at its deadline, and when nobody waits for it any more', async () => {
  const history = giving(many(20_000, 3));
  const query = { text: 'count_values("x", sum by (i) (m * m + m))', at: start + 20_000 };
  await assert.rejects(instantQuery(history, query, { deadlineMs: 30 }), is('query_out_of_time', /deadline/));
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await assert.rejects(
    instantQuery(history, query, { signal: controller.signal }),
    is('query_abandoned', /gone/),
  );
  await assert.rejects(
    instantQuery(history, query, { signal: AbortSignal.abort() }),
    is('query_abandoned', /gone/),
  );
});

test('others get their turn while a query works', async () => {
  const history = giving(many(20_000, 3));
  let turns = 0;
  let working = true;
  const turn = (): void => {
    turns += 1;
    if (working) setImmediate(turn);
  };
  setImmediate(turn);
  await instantQuery(history, { text: 'sum by (i) (m * m + m)', at: start + 20_000 });
  working = false;
  // Every 5 ms of its work; there are one or two where none are given.
  assert.ok(turns >= 8, `${turns} turns`);
});

test('patterns that make other engines hang are matched in no time', () => {
  for (const pattern of ['(a*)*b', '(a|aa)+$', '(.*)(.*)(.*)(.*)x', '(a+a+)+y', '([a-z]+)*=']) {
    const compiled = compilePattern(pattern, (problem) => new Error(problem));
    const began = performance.now();
    assert.equal(compiled.matches(`${'a'.repeat(4_000)}!`), false);
    assert.equal(compiled.fill(`${'a'.repeat(4_000)}!`, '$1'), undefined);
    const took = performance.now() - began;
    assert.ok(took < 1_000, `${pattern} took ${took} ms`);
  }
});

test('times and steps that are none are refused', async () => {
  const history = new MemoryHistory([]);
  await assert.rejects(instantQuery(history, { text: 'm', at: Number.NaN }), is('query_refused', /time/));
  for (const wrong of [
    { stepMs: 0 },
    { stepMs: 0.5 },
    { stepMs: Infinity },
    { end: start - 1 },
    { start: -1e300 },
    { end: 9e15 },
  ])
    await assert.rejects(
      rangeQuery(history, { text: 'm', start, end: start, stepMs: 1, ...wrong }),
      is('query_refused', /step|end|start/),
    );
});
