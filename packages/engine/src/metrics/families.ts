import type { Labels, MetricFamily, MetricKind, MetricSample } from '@wherry/core/metric';

/** A metric whose samples differ in their labels only. */
export function family<T>(
  name: string,
  type: MetricKind,
  help: string,
  of: Iterable<T>,
  sample: (one: T) => readonly [Labels, number],
): MetricFamily {
  const samples: MetricSample[] = [];
  for (const one of of) {
    const [labels, value] = sample(one);
    samples.push({ name, labels, kind: type, value });
  }
  return { name, type, help, samples };
}

/** A metric that is one number. */
export function single(name: string, type: MetricKind, help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ name, labels: {}, kind: type, value }] };
}

/** What was counted by how large it was; `buckets` has one more than there are bounds, and is not cumulative. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly buckets: Float64Array;
  readonly count: number;
  readonly sum: number;
}

/** The samples of a histogram as Prometheus's text format has them: cumulative buckets, sum and count. */
export function histogramSamples(name: string, labels: Labels, histogram: Histogram): MetricSample[] {
  const { bounds, buckets, count } = histogram;
  const samples: MetricSample[] = [];
  let below = 0;
  bounds.forEach((bound, i) => {
    below += buckets[i] as number;
    samples.push(bucket(name, labels, String(bound), below));
  });
  samples.push(bucket(name, labels, '+Inf', count), ...sumAndCount(name, labels, histogram));
  return samples;
}

/** What each bucket has by itself, of those that have anything. */
export function stepSamples(
  name: string,
  labels: Labels,
  { bounds, buckets }: Pick<Histogram, 'bounds' | 'buckets'>,
): MetricSample[] {
  const samples: MetricSample[] = [];
  buckets.forEach((here, i) => {
    // The bound below an occupied bucket is said too, or a reader would take it to reach down to the last one that was.
    if (here > 0 || (buckets[i + 1] ?? 0) > 0)
      samples.push({ name, labels: { ...labels, le: leOf(bounds[i]) }, kind: 'counter', value: here });
  });
  return samples;
}

const leOf = (bound: number | undefined): string => (bound === undefined ? '+Inf' : String(bound));

function bucket(name: string, labels: Labels, le: string, value: number): MetricSample {
  return { name: `${name}_bucket`, labels: { ...labels, le }, kind: 'counter', value };
}

/** What a histogram has besides its buckets. */
export function sumAndCount(
  name: string,
  labels: Labels,
  { sum, count }: Pick<Histogram, 'sum' | 'count'>,
): MetricSample[] {
  return [
    { name: `${name}_sum`, labels, kind: 'counter', value: sum },
    { name: `${name}_count`, labels, kind: 'counter', value: count },
  ];
}
