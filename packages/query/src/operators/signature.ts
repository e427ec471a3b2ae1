import { keyOf, type LabelSet, metricName, onlyLabels, withoutLabels } from '../evaluation/label-set.ts';
import type { Column } from '../evaluation/column.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import type { Matching } from '../language/tree.ts';

/** The labels by which series of both sides find each other, as text. */
export function signatureOf({ on, labels }: Matching): (labels: LabelSet) => string {
  const names = new Set(on ? labels : [...labels, metricName]);
  return (of) => keyOf(on ? onlyLabels(of, names) : withoutLabels(of, names));
}

/** Columns by their signature, in their order. */
export async function grouped(
  columns: readonly Column[],
  signature: (labels: LabelSet) => string,
  pace: Pace,
): Promise<Map<string, Column[]>> {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const key = signature(column.labels);
    const group = groups.get(key);
    if (group) group.push(column);
    else groups.set(key, [column]);
    if (pace.toil(seriesToil)) await pace.rest();
  }
  return groups;
}

/** At which steps any of the columns has a value. */
export async function anyPresent(columns: readonly Column[], count: number, pace: Pace): Promise<Uint8Array> {
  const any = new Uint8Array(count);
  for (const { present } of columns) {
    for (let step = 0; step < count; step += 1) if (present[step] === 1) any[step] = 1;
    if (pace.spend(count)) await pace.rest();
  }
  return any;
}
