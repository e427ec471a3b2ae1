import type { LabelMatcher, MetricSeries } from '@wherry/core/metric';
import type { MetricQuery } from '@wherry/core/ports/metric-history';
import type { ReadableHistory } from './history/reading.ts';

/** A history of series that stand in memory, all at one level. */
export class MemoryHistory implements ReadableHistory {
  /** What was asked for, in order. */
  readonly asked: MetricQuery[] = [];
  readonly #series: readonly MetricSeries[];

  constructor(series: readonly MetricSeries[]) {
    this.#series = series;
  }

  async read(query: MetricQuery): Promise<readonly MetricSeries[]> {
    this.asked.push(query);
    return this.#among(query).filter(({ times }) => times.length > 0);
  }

  async series(query: MetricQuery): Promise<readonly Pick<MetricSeries, 'name' | 'labels'>[]> {
    return this.#among(query).filter(({ times }) => times.length > 0);
  }

  #among({ matchers, from, to }: MetricQuery): MetricSeries[] {
    return this.#series
      .filter((series) => matchers.every((matcher) => meets(series, matcher)))
      .map((series) => {
        const within = (_: number, index: number): boolean => {
          const time = series.times[index] ?? 0;
          return time >= from && time <= to;
        };
        return { ...series, times: series.times.filter(within), values: series.values.filter(within) };
      });
  }
}

function meets({ name, labels }: MetricSeries, { label, is, value }: LabelMatcher): boolean {
  const found = label === '__name__' ? name : Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  if (is === '=' || is === '!=') return (found === value) === (is === '=');
  return new RegExp(`^(?:${value})$`, 'su').test(found) === (is === '=~');
}

/** A series with samples of equal distance. */
export function seriesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  start: number,
  everyMs: number,
  values: readonly number[],
): MetricSeries {
  return {
    name,
    labels,
    everyMs,
    times: Float64Array.from(values, (_, index) => start + index * everyMs),
    values: Float64Array.from(values),
  };
}
