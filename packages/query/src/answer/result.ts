import type { Labels } from '@wherry/core/metric';
import type { MatrixResult, QueryPoint, VectorResult } from '@wherry/core/ports/queries';
import { orderOf, type LabelSet } from '../evaluation/label-set.ts';
import type { Column } from '../evaluation/column.ts';
import { ordered } from '../evaluation/ordering.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import { type Steps, timeOf } from '../evaluation/steps.ts';
import { formatNumber } from './numbers.ts';
import { Room } from './room.ts';

export interface MatrixSeries {
  readonly metric: Labels;
  readonly values: readonly QueryPoint[];
}

export const metricOf = (labels: LabelSet): Record<string, string> => Object.fromEntries(labels);

export const pointAt = (ms: number, value: number): QueryPoint => [ms / 1000, formatNumber(value)];

/** In the order of the columns. */
export async function vectorResult(
  columns: readonly Column[],
  at: number,
  pace: Pace,
): Promise<VectorResult> {
  const result: VectorResult['result'][number][] = [];
  const room = new Room();
  for (const { labels, values, present } of columns) {
    room.takeLabels(labels);
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
): Promise<MatrixResult> {
  const result: MatrixSeries[] = [];
  const room = new Room();
  for (const { labels, values, present } of await ordered(columns, ({ labels }) => orderOf(labels), pace)) {
    const points: QueryPoint[] = [];
    room.takeLabels(labels);
    for (let step = 0; step < steps.count; step += 1)
      if (present[step] === 1) points.push(pointAt(timeOf(steps, step), values[step] ?? 0));
    room.take(points.length);
    if (points.length > 0) result.push({ metric: metricOf(labels), values: points });
    if (pace.toil(seriesToil + steps.count)) await pace.rest();
  }
  return { resultType: 'matrix', result };
}
