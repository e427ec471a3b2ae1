import { type Column, emptyColumn, put, unite } from '../evaluation/column.ts';
import { keyOf, type LabelSet, withoutLabels, withoutName } from '../evaluation/label-set.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import { parseNumber } from '../language/numbers.ts';

interface Bucket {
  readonly upTo: number;
  count: number;
}

interface Histogram {
  readonly labels: LabelSet;
  readonly buckets: { readonly upTo: number; readonly column: Column }[];
}

const limit = new Set(['le']);

/** The φ-quantile of what classic buckets count, one series for each histogram. */
export async function histogramQuantile(
  quantiles: Float64Array,
  columns: readonly Column[],
  pace: Pace,
): Promise<Column[]> {
  const histograms = new Map<string, Histogram>();
  for (const column of columns) {
    const upTo = parseNumber(column.labels.get('le') ?? '');
    if (pace.toil(seriesToil)) await pace.rest();
    // What has no limit that can be read is no bucket.
    if (upTo === undefined) continue;
    const labels = withoutLabels(column.labels, limit);
    const key = keyOf(labels);
    const histogram = histograms.get(key) ?? { labels, buckets: [] };
    histograms.set(key, histogram);
    histogram.buckets.push({ upTo, column });
  }
  const made: Column[] = [];
  for (const { labels, buckets } of histograms.values()) {
    const column = emptyColumn(withoutName(labels), quantiles.length);
    buckets.sort((a, b) => a.upTo - b.upTo);
    for (let step = 0; step < quantiles.length; step += 1) {
      const there = buckets.filter((bucket) => bucket.column.present[step] === 1);
      if (pace.spend(1 + there.length)) await pace.rest();
      if (there.length === 0) continue;
      const counted = there.map((bucket) => ({ upTo: bucket.upTo, count: bucket.column.values[step] ?? 0 }));
      put(column, step, quantileIn(quantiles[step] ?? 0, counted));
    }
    made.push(column);
  }
  // Two metrics with the same labels are two histograms, and their quantiles can't both be shown.
  return unite(made, pace);
}

/** Buckets ascend by their upper limit; each counts all that is at most that. */
function quantileIn(quantile: number, sorted: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  if (sorted.at(-1)?.upTo !== Infinity) return Number.NaN;
  const buckets = neverLess(oneEach(sorted));
  const total = buckets.at(-1)?.count ?? 0;
  if (buckets.length < 2 || total === 0 || Number.isNaN(total)) return Number.NaN;
  const rank = quantile * total;
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  const bucket = buckets[found];
  if (!bucket) return buckets.at(-2)?.upTo ?? Number.NaN;
  if (found === 0 && bucket.upTo <= 0) return bucket.upTo;
  const below = buckets[found - 1] ?? { upTo: 0, count: 0 };
  return below.upTo + (bucket.upTo - below.upTo) * ((rank - below.count) / (bucket.count - below.count));
}

/** Two buckets with the same limit, written differently, are one. */
function oneEach(sorted: readonly Bucket[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (const bucket of sorted) {
    const last = buckets.at(-1);
    if (last?.upTo === bucket.upTo) last.count += bucket.count;
    else buckets.push({ ...bucket });
  }
  return buckets;
}

/** Counts of several moments or machines may contradict each other: what counts less than the one below counts as much. */
function neverLess(buckets: Bucket[]): Bucket[] {
  let most = buckets[0]?.count ?? 0;
  for (const bucket of buckets) {
    if (bucket.count < most || nearlyEqual(bucket.count, most)) bucket.count = most;
    else most = bucket.count;
  }
  return buckets;
}

const nearlyEqual = (a: number, b: number): boolean => Math.abs(a - b) < 1e-12 * (Math.abs(a) + Math.abs(b));
