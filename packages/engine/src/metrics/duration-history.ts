import { WherryError } from '@wherry/core/errors';
import type { Labels, MetricSeries } from '@wherry/core/metric';
import type { MetricHistory, MetricQuery } from '@wherry/core/ports/metric-history';

/** How long calls took: in the history each step counts by itself, and only those are kept that ever had a call. */
export const durationSeries = 'wherry_function_seconds_bucket';

/** Series that are made of one read. With more functions than that goes round, steps are put together. */
const mostSeries = 40_000;

/**
 * The history, with the steps of durations as the buckets of a histogram: cumulative, and of every function with all the steps that any of
 * those has that are asked for, so that they can be added up over functions.
 *
 * They can't be kept that way. A function has calls in few of eighty steps; and a bucket that is kept from its first call on seems to
 * begin with all the calls of the steps below it. A condition on `le` is not looked at: more may be given than was asked for.
 */
export function durationHistory(history: MetricHistory): MetricHistory {
  return {
    append: (at, samples) => history.append(at, samples),
    prune: (now, maxBytes) => history.prune(now, maxBytes),
    flush: () => history.flush(),
    read: async (query) => filled(await history.read(ofAllSteps(query))),
    series: async (query) => withInfinity(await history.series(ofAllSteps(query))),
  };
}

/** A bucket is made of the steps below it. */
function ofAllSteps(query: MetricQuery): MetricQuery {
  const { matchers } = query;
  if (
    !matchers.some(({ label, is, value }) => label === '__name__' && is === '=' && value === durationSeries)
  )
    return query;
  return { ...query, matchers: matchers.filter(({ label }) => label !== 'le') };
}

function withInfinity(
  series: readonly { readonly name: string; readonly labels: Labels }[],
): readonly { readonly name: string; readonly labels: Labels }[] {
  const last = new Map<string, Labels>();
  for (const { name, labels } of series)
    if (name === durationSeries) last.set(whoseOf(labels), { ...labels, le: '+Inf' });
  const others = series.filter(({ name, labels }) => name !== durationSeries || labels['le'] !== '+Inf');
  return [...others, ...[...last.values()].map((labels) => ({ name: durationSeries, labels }))];
}

function filled(series: readonly MetricSeries[]): readonly MetricSeries[] {
  const steps = series.filter(({ name }) => name === durationSeries);
  if (steps.length === 0) return series;
  const histograms = Map.groupBy(steps, ({ labels }) => whoseOf(labels));
  const bounds = boundsOf(steps, histograms.size);
  return [
    ...series.filter(({ name }) => name !== durationSeries),
    ...[...histograms.values()].flatMap((own) => buckets(own, bounds)),
  ];
}

/** The labels but for the step, as one text. */
function whoseOf(labels: Labels): string {
  const others = Object.entries(labels).filter(([name]) => name !== 'le');
  return JSON.stringify(others.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const boundOf = ({ labels }: Pick<MetricSeries, 'labels'>): number =>
  Number((labels['le'] ?? '').replace('Inf', 'Infinity'));

/** All upper bounds, ascending; of every so many the highest where there are too many. */
function boundsOf(steps: readonly MetricSeries[], histograms: number): readonly number[] {
  const all = [...new Set([...steps.map(boundOf), Infinity])].sort((one, other) => one - other);
  const most = Math.max(2, Math.floor(mostSeries / histograms));
  if (histograms > mostSeries / 2)
    throw new WherryError(
      'too_much_asked',
      `durations of ${histograms} functions; ${mostSeries / 2} are the most`,
      {
        component: 'metrics',
      },
    );
  const every = Math.ceil(all.length / most);
  return all.filter((_, at) => (all.length - 1 - at) % every === 0);
}

/** Cumulative series at all the bounds. Where a function has no step between two of them, both are the same numbers. */
function buckets(own: readonly MetricSeries[], bounds: readonly number[]): MetricSeries[] {
  const steps = own.toSorted((one, other) => boundOf(one) - boundOf(other));
  const { labels, everyMs } = steps[0] as MetricSeries;
  const times = momentsOf(steps);
  const lived = new Uint8Array(times.length);
  let values = new Float64Array(times.length);
  const made: MetricSeries[] = [];
  let next = 0;
  for (const bound of bounds) {
    const first = next;
    while (next < steps.length && boundOf(steps[next] as MetricSeries) <= bound) next += 1;
    if (next > first) {
      values = values.slice();
      for (const step of steps.slice(first, next)) addTo(values, lived, times, step);
    }
    const le = bound === Infinity ? '+Inf' : String(bound);
    made.push({ name: durationSeries, labels: { ...labels, le }, everyMs, times, values });
  }
  // Where all of them had ended, so has the histogram.
  for (const one of new Set(made.map((bucket) => bucket.values)))
    lived.forEach((any, at) => {
      if (any === 0) one[at] = NaN;
    });
  return made;
}

function momentsOf(steps: readonly MetricSeries[]): Float64Array {
  const [{ times }] = steps as [MetricSeries];
  const same = ({ times: others }: MetricSeries): boolean =>
    others.length === times.length && others.every((time, at) => time === times[at]);
  if (steps.every(same)) return times;
  return Float64Array.from(new Set(steps.flatMap((step) => [...step.times]))).sort();
}

/** Adds what a step has counted by each of the times. One that began again goes on from where it was. */
function addTo(values: Float64Array, lived: Uint8Array, times: Float64Array, step: MetricSeries): void {
  let counted = 0;
  let before = 0;
  let next = 0;
  for (let at = 0; at < times.length; at += 1) {
    if (step.times[next] === times[at]) {
      const value = step.values[next] as number;
      next += 1;
      if (!Number.isNaN(value)) {
        counted += value < before ? value : value - before;
        before = value;
        lived[at] = 1;
      }
    }
    (values[at] as number) += counted;
  }
}
