import type { Column } from '../evaluation/column.ts';
import { keyOf, type LabelSet, metricName, onlyLabels, withoutLabels } from '../evaluation/label-set.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import type { Grouping } from '../language/tree.ts';

export interface Group {
  readonly labels: LabelSet;
  readonly columns: Column[];
}

export function groupLabels({ without, labels }: Grouping): (of: LabelSet) => LabelSet {
  const names = new Set(without ? [...labels, metricName] : labels);
  return (of) => (without ? withoutLabels(of, names) : onlyLabels(of, names));
}

/** The columns that are aggregated together, in their order. */
export async function groupsOf(columns: readonly Column[], grouping: Grouping, pace: Pace): Promise<Group[]> {
  const labelsOf = groupLabels(grouping);
  const groups = new Map<string, Group>();
  for (const column of columns) {
    const labels = labelsOf(column.labels);
    const key = keyOf(labels);
    const group = groups.get(key);
    if (group) group.columns.push(column);
    else groups.set(key, { labels, columns: [column] });
    if (pace.toil(seriesToil)) await pace.rest();
  }
  return [...groups.values()];
}

/** Works on the values that a group has at each step; steps without any are passed over. */
export async function atEachStep(
  { columns }: Group,
  count: number,
  pace: Pace,
  work: (step: number, values: Float64Array, from: readonly Column[]) => void,
): Promise<void> {
  const values = new Float64Array(columns.length);
  for (let step = 0; step < count; step += 1) {
    const from: Column[] = [];
    for (const column of columns) {
      if (column.present[step] === 0) continue;
      values[from.length] = column.values[step] ?? 0;
      from.push(column);
    }
    if (pace.spend(1 + columns.length)) await pace.rest();
    if (from.length > 0) work(step, values.subarray(0, from.length), from);
  }
}
