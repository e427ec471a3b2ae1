import { failed } from '../refusal.ts';
import { inWords, keyOf, type LabelSet } from './label-set.ts';
import { checkSeriesCount, type Pace, seriesToil } from './pace.ts';

/** One series of an instant vector over all steps: its value at each, and whether there is one. NaN is a value. */
export interface Column {
  readonly labels: LabelSet;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export const emptyColumn = (labels: LabelSet, count: number): Column => ({
  labels,
  values: new Float64Array(count),
  present: new Uint8Array(count),
});

export function put(column: Column, step: number, value: number): void {
  column.values[step] = value;
  column.present[step] = 1;
}

/** A column with a value worked out for each that is there; undefined leaves it out. */
export function mapColumn(
  column: Column,
  labels: LabelSet,
  work: (value: number, step: number) => number | undefined,
): Column {
  const { values, present } = column;
  const made = emptyColumn(labels, values.length);
  for (let step = 0; step < values.length; step += 1) {
    if (present[step] === 0) continue;
    const value = work(values[step] ?? 0, step);
    if (value !== undefined) put(made, step, value);
  }
  return made;
}

/** Maps every column, giving others their turn. */
export async function mapColumns(
  columns: readonly Column[],
  pace: Pace,
  work: (column: Column) => Column,
): Promise<Column[]> {
  const made: Column[] = [];
  for (const column of columns) {
    made.push(work(column));
    if (pace.spend(column.values.length) || pace.toil(seriesToil)) await pace.rest();
  }
  return made;
}

/**
 * Columns whose labels became the same are one series, as long as they never have a value at the same step.
 * @throws `query_failed` where they do.
 */
export async function unite(columns: readonly Column[], pace: Pace): Promise<Column[]> {
  const united = new Map<string, Column>();
  for (const column of columns) {
    const key = keyOf(column.labels);
    const known = united.get(key);
    if (pace.toil(seriesToil + (known ? column.values.length : 0))) await pace.rest();
    if (known) pour(column, known);
    else united.set(key, column);
  }
  checkSeriesCount(united.size);
  return [...united.values()];
}

function pour(from: Column, into: Column): void {
  for (let step = 0; step < from.values.length; step += 1) {
    if (from.present[step] === 0) continue;
    if (into.present[step] === 1) throw sameLabels(into.labels);
    put(into, step, from.values[step] ?? 0);
  }
}

/** @throws `query_failed` where two columns with any value have the same labels, even at different steps. */
export async function checkDistinct(columns: readonly Column[], pace: Pace): Promise<void> {
  const seen = new Set<string>();
  for (const column of columns) {
    if (pace.toil(seriesToil)) await pace.rest();
    if (!column.present.includes(1)) continue;
    const key = keyOf(column.labels);
    if (seen.has(key)) throw sameLabels(column.labels);
    seen.add(key);
  }
}

const sameLabels = (labels: LabelSet): Error =>
  failed(`The result would have two series with the same labels, ${inWords(labels)}`);
