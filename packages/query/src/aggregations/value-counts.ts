import { wholeNumber } from '../answer/numbers.ts';
import { type Column, emptyColumn, put, unite } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { isLabelName, withLabel } from '../evaluation/label-set.ts';
import { checkSeriesCount } from '../evaluation/pace.ts';
import { refusedParameter } from '../refusal.ts';
import { atEachStep, type Group } from './groups.ts';

/** How many series of each group have the same value, which becomes a label. */
export async function valueCounts(
  groups: readonly Group[],
  label: string,
  { pace, steps }: Context,
): Promise<Column[]> {
  if (!isLabelName(label))
    throw refusedParameter(`count_values: ${JSON.stringify(label)} is no name of a label`);
  const made: Column[] = [];
  for (const group of groups) {
    const known = new Map<number, Column>();
    await atEachStep(group, steps.count, pace, (step, values) => {
      for (const value of values) {
        let column = known.get(value);
        if (!column) {
          column = emptyColumn(withLabel(group.labels, label, wholeNumber(value)), steps.count);
          known.set(value, column);
          pace.spend(steps.count);
          checkSeriesCount(made.length + known.size);
        }
        put(column, step, (column.present[step] === 1 ? (column.values[step] ?? 0) : 0) + 1);
      }
    });
    made.push(...known.values());
  }
  return unite(made, pace);
}
