import { type Column, emptyColumn, put } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { compareValues } from '../functions/sorting.ts';
import { failed } from '../refusal.ts';
import { atEachStep, type Group } from './groups.ts';

/** The k greatest or least series of each group, at every step; the series keep their labels. */
export async function ranked(
  groups: readonly Group[],
  limits: Float64Array,
  greatest: boolean,
  { pace, steps }: Context,
): Promise<Column[]> {
  const wrong = limits.find((limit) => !(Math.abs(limit) <= 2 ** 63));
  if (wrong !== undefined) throw failed(`${wrong} is no number of series`);
  const made = new Map<Column, Column>();
  for (const group of groups)
    await atEachStep(group, steps.count, pace, (step, values, from) => {
      const order = from.map((column, index) => [values[index] ?? 0, column] as const);
      order.sort(([a], [b]) => compareValues(a, b, greatest));
      for (const [value, column] of order.slice(0, Math.max(0, Math.trunc(limits[step] ?? 0)))) {
        const kept = made.get(column) ?? emptyColumn(column.labels, steps.count);
        made.set(column, kept);
        put(kept, step, value);
      }
    });
  return [...made.values()];
}
