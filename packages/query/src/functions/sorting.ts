import type { Column } from '../evaluation/column.ts';

/** By value, NaN last either way. It shows in instant queries only: a matrix goes by its labels. */
export function sorted(columns: readonly Column[], descending: boolean): Column[] {
  return columns.toSorted((a, b) => compareValues(a.values[0] ?? 0, b.values[0] ?? 0, descending));
}

export function compareValues(a: number, b: number, descending: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}
