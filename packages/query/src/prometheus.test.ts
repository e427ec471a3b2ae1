import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { WherryError } from '@wherry/core/errors';
import type { QueryResult, VectorResult } from '@wherry/core/ports/queries';
import type { MatrixSeries } from './answer/result.ts';
import { sameInBoth } from './comparison-queries.fixtures.ts';
import { MemoryHistory } from './memory-history.fixtures.ts';
import { labelNamesOf, labelValuesOf, seriesOf } from './metadata.ts';
import { type Answer, ask, emptyPrometheus, noPrometheus } from './prometheus.fixtures.ts';
import { instantQuery, rangeQuery } from './query.ts';
import { writeRemotely } from './remote-write.fixtures.ts';
import { everyMs, rounds, seededSeries } from './seeded-series.fixtures.ts';

// The same questions on the same samples, to a real Prometheus and to ours: values alike to twelve digits, labels exactly, an error where it has one.

const begin = Date.UTC(2026, 0, 31, 22, 30);
const end = begin + rounds * everyMs;
// Seven seconds past: no step of a subquery stands at the beginning of its range, where Prometheus 2 and 3 differ.
const moments = [begin + 1_807_000, begin + 4_027_000, end - 173_000, end + 187_000];
const spans = [
  { start: begin - 53_000, end: end + 427_000, stepMs: 240_000 },
  { start: begin + 3_007_000, end: begin + 4_327_000, stepMs: 60_000 },
];

for (const [number, from] of [7, 2026, 748768007, seed].entries()) {
  const series = seededSeries(begin, seeded(from));
  const history = new MemoryHistory(series);
  let prometheus: Awaited<ReturnType<typeof emptyPrometheus>>;

  const named = `series ${number + 1}, seed ${from}`;
  const suite = { skip: noPrometheus, timeout: 300_000 };
  before(async () => {
    if (noPrometheus !== false) return;
    prometheus = await emptyPrometheus();
    await writeRemotely(prometheus.url, series);
  });
  after(() => prometheus?.stop());

  test(`instant queries answer as Prometheus does (${named})`, suite, async () => {
    const wrong: string[] = [];
    for (const text of sameInBoth)
      for (const at of moments) {
        const theirs = await ask(prometheus.url, 'query', { query: text, time: String(at / 1000) });
        const ours = await answerOf(() => instantQuery(history, { text, at }));
        const difference = differenceOf(theirs, ours, /^(?:sort|sort_desc|topk|bottomk)\(/.test(text));
        if (difference !== undefined) wrong.push(`${text} at ${at}: ${difference}`);
      }
    assert.deepEqual(wrong, []);
  });

  test(`range queries answer as Prometheus does (${named})`, suite, async () => {
    const wrong: string[] = [];
    for (const text of sameInBoth)
      for (const span of spans) {
        const theirs = await ask(prometheus.url, 'query_range', {
          query: text,
          start: String(span.start / 1000),
          end: String(span.end / 1000),
          step: String(span.stepMs / 1000),
        });
        const difference = differenceOf(
          theirs,
          await answerOf(() => rangeQuery(history, { text, ...span })),
          false,
        );
        if (difference !== undefined) wrong.push(`${text} from ${span.start}: ${difference}`);
      }
    assert.deepEqual(wrong, []);
  });

  test(`names and labels are listed as Prometheus does (${named})`, suite, async () => {
    const times = { start: String(begin / 1000), end: String(end / 1000) };
    const asked = { from: begin, to: end };
    for (const match of ['temperature', '{__name__=~"lim.*|build_info"}', '{job!~"a.*",job!=""}']) {
      const query = { ...asked, matches: [match] };
      const theirs = await ask(prometheus.url, 'series', { ...times, 'match[]': match });
      assert.deepEqual(
        new Set((await seriesOf(history, query)).map(textOf)),
        new Set((theirs.data as unknown as Metric[]).map(textOf)),
      );
      const names = await ask(prometheus.url, 'labels', { ...times, 'match[]': match });
      assert.deepEqual(await labelNamesOf(history, query), names.data);
    }
    const values = await fetch(
      `${prometheus.url}/api/v1/label/job/values?${String(new URLSearchParams(times))}`,
    );
    const { data } = (await values.json()) as { data: unknown };
    assert.deepEqual(await labelValuesOf(history, 'job', { ...asked, matches: [] }), data);
  });
}

type Metric = Readonly<Record<string, string>>;
type Ours = QueryResult | WherryError;

async function answerOf(work: () => Promise<QueryResult>): Promise<Ours> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WherryError) return error;
    throw error;
  }
}

const textOf = (metric: Metric): string =>
  JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));

function differenceOf(theirs: Answer, ours: Ours, inOrder: boolean): string | undefined {
  if (theirs.status === 'error' || ours instanceof WherryError) {
    const both = theirs.status === 'error' && ours instanceof WherryError;
    const their = theirs.status === 'error' ? `${theirs.errorType}: ${theirs.error}` : 'an answer';
    return both
      ? undefined
      : `${their} against ${ours instanceof WherryError ? `${ours.code}: ${ours.message}` : 'an answer'}`;
  }
  if (theirs.data?.resultType !== ours.resultType)
    return `${theirs.data?.resultType} against ${ours.resultType}`;
  if (ours.resultType === 'scalar' || ours.resultType === 'string')
    return differenceOfPoints([theirs.data.result as [number, string]], [ours.result]);
  const [expected, found] = [
    flat(theirs.data.result as Flat[], inOrder),
    flat(ours.result as readonly Flat[], inOrder),
  ];
  if (expected.length !== found.length) return `${expected.length} series against ${found.length}`;
  for (const [index, one] of expected.entries()) {
    const other = found[index];
    if (one.labels !== other?.labels) return `${one.labels} against ${other?.labels}`;
    const difference = differenceOfPoints(one.points, other.points);
    if (difference !== undefined) return `${one.labels}: ${difference}`;
  }
  return undefined;
}

type Flat = VectorResult['result'][number] | MatrixSeries;
interface Line {
  readonly labels: string;
  readonly points: readonly (readonly [number, string])[];
}

function flat(result: readonly Flat[], inOrder: boolean): Line[] {
  const lines = result.map((one) => ({
    labels: textOf(one.metric),
    points: 'value' in one ? [one.value] : one.values,
  }));
  const byLabels = (a: Line, b: Line): number => (a.labels < b.labels ? -1 : 1);
  if (!inOrder) return lines.sort(byLabels);
  // How those of one value stand among themselves is left open there, too.
  const value = ({ points }: Line): string | undefined => points[0]?.[1];
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && value(run[0]) === value(line)) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => run.sort(byLabels));
}

function differenceOfPoints(
  expected: readonly (readonly [number, string])[],
  found: readonly (readonly [number, string])[],
): string | undefined {
  if (expected.length !== found.length) return `${expected.length} points against ${found.length}`;
  const index = expected.findIndex(([time, value], at) => {
    const [otherTime, other = ''] = found[at] ?? [];
    return time !== otherTime || !alike(value, other);
  });
  return index < 0 ? undefined : `${JSON.stringify(expected[index])} against ${JSON.stringify(found[index])}`;
}

/** What is left of a sum that cancels itself out, which rounds differently there. */
const nearNothing = 1e-15;

/** The same text, or numbers that differ by rounding. */
function alike(one: string, other: string): boolean {
  const [a, b] = [Number(one), Number(other)];
  const largest = Math.max(Math.abs(a), Math.abs(b));
  return one === other || Math.abs(a - b) <= Math.max(1e-12 * largest, nearNothing);
}
