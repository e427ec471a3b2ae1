import { orderOf, type LabelSet } from '../evaluation/label-set.ts';
import type { Column } from '../evaluation/column.ts';
import { ordered } from '../evaluation/ordering.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import { type Steps, timeOf } from '../evaluation/steps.ts';
import { formatNumber } from './numbers.ts';

/** Seconds since 1970, and the value as text. */
export type Point = readonly [number, string];

export interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: Point;
}

export interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly Point[];
}

/** What `data` is in the answers of `/api/v1/query` and `/api/v1/query_range`. */
export type QueryResult =
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point }
  | { readonly resultType: 'vector'; readonly result: readonly VectorSample[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixSeries[] };

export const metricOf = (labels: LabelSet): Record<string, string> => Object.fromEntries(labels);

export const pointAt = (ms: number, value: number): Point => [ms / 1000, formatNumber(value)];

/** In the order of the columns. */
export async function vectorResult(columns: readonly Column[], at: number, pace: Pace): Promise<QueryResult> {
  const result: VectorSample[] = [];
  for (const { labels, values, present } of columns) {
    if (present[0] === 1) result.push({ metric: metricOf(labels), value: pointAt(at, values[0] ?? 0) });
    if (pace.toil(seriesToil)) await pace.rest();
  }
  return { resultType: 'vector', result };
}

/** In the order of the labels; a series without a value at any step is left out. */
export async function matrixResult(
  columns: readonly Column[],
  steps: Steps,
  pace: Pace,
): Promise<QueryResult> {
  const result: MatrixSeries[] = [];
  for (const { labels, values, present } of await ordered(columns, ({ labels }) => orderOf(labels), pace)) {
    const points: Point[] = [];
    for (let step = 0; step < steps.count; step += 1)
      if (present[step] === 1) points.push(pointAt(timeOf(steps, step), values[step] ?? 0));
    if (points.length > 0) result.push({ metric: metricOf(labels), values: points });
    if (pace.toil(seriesToil + steps.count)) await pace.rest();
  }
  return { resultType: 'matrix', result };
}
