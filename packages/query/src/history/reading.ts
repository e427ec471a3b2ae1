import type { LabelMatcher, MetricSeries } from '@wherry/core/metric';
import type { MetricHistory, MetricQuery } from '@wherry/core/ports/metric-history';
import { coarsestMs, finestMs } from '../bounds.ts';
import { orderOf, labelSet, metricName, type LabelSet } from '../evaluation/label-set.ts';
import { ordered } from '../evaluation/ordering.ts';
import { checkSeriesCount, type Pace, seriesToil } from '../evaluation/pace.ts';
import { testOf } from './matchers.ts';
import { narrowed } from './narrowing.ts';

export type ReadableHistory = Pick<MetricHistory, 'read' | 'series'>;

/** A series as it was read; NaN among its values says that it ended there. */
export interface Samples {
  readonly labels: LabelSet;
  readonly everyMs: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface Wanted {
  readonly matchers: readonly LabelMatcher[];
  /** The first and the last moment that is evaluated, offsets taken into account. */
  readonly from: number;
  readonly to: number;
  /** How far back each moment looks, and how many coarse samples that has to hold. */
  readonly windowMs: number;
  readonly leastSamples: number;
  readonly coarsestMs: number | undefined;
  readonly stat?: 'min' | 'max';
}

/** How far each moment looks back in a series: further than asked for where its history is coarse. */
export const windowOf = (wanted: Pick<Wanted, 'windowMs' | 'leastSamples'>, everyMs: number): number =>
  everyMs <= finestMs ? wanted.windowMs : Math.max(wanted.windowMs, wanted.leastSamples * everyMs);

/** The series that a selector takes, in the order of their labels. */
export async function readSeries(history: ReadableHistory, wanted: Wanted, pace: Pace): Promise<Samples[]> {
  const query = (windowMs: number): MetricQuery => ({
    matchers: wanted.matchers,
    from: wanted.from - windowMs,
    to: wanted.to,
    ...(wanted.coarsestMs === undefined ? {} : { coarsestMs: wanted.coarsestMs }),
    ...(wanted.stat === undefined ? {} : { stat: wanted.stat }),
  });
  let windowMs = wanted.windowMs;
  for (;;) {
    const narrow = await narrowed(history, query(windowMs), pace);
    const read = narrow === undefined ? [] : await history.read(narrow);
    pace.look();
    const series = await taken(read, wanted.matchers, pace);
    // Nothing at all may be coarse history, of which no sample is so near.
    const everyMs = series.length === 0 ? [coarsestMs] : series.map((one) => one.everyMs);
    const needed = everyMs.reduce((most, ms) => Math.max(most, windowOf(wanted, ms)), 0);
    // Coarser than thought: the first moment has to look back further, which may lead to what is coarser still.
    if (needed <= windowMs) return series;
    windowMs = needed;
  }
}

async function taken(
  read: readonly MetricSeries[],
  matchers: readonly LabelMatcher[],
  pace: Pace,
): Promise<Samples[]> {
  checkSeriesCount(read.length);
  const tests = matchers.map((matcher) => [matcher.label, testOf(matcher)] as const);
  const kept: Samples[] = [];
  for (const { name, labels: given, everyMs, times, values } of read) {
    const labels = labelSet([...Object.entries(given), [metricName, name]]);
    if (pace.spend(times.length + 1) || pace.toil(seriesToil)) await pace.rest();
    if (tests.every(([label, test]) => test(labels.get(label) ?? '')))
      kept.push({ labels, everyMs, times, values });
  }
  return ordered(kept, ({ labels }) => orderOf(labels), pace);
}
