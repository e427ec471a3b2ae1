import { type Pace, seriesToil } from './pace.ts';

/** How many are sorted in one go. */
const run = 1_000;

/** The items in the order of their keys, giving others their turn: twenty thousand at once would take longer than that. */
export async function ordered<T>(items: readonly T[], keyOf: (item: T) => string, pace: Pace): Promise<T[]> {
  const keyed: (readonly [string, T])[] = [];
  for (const item of items) {
    keyed.push([keyOf(item), item]);
    if (pace.toil(seriesToil)) await pace.rest();
  }
  let runs: (readonly [string, T])[][] = [];
  for (let start = 0; start < keyed.length; start += run) {
    runs.push(keyed.slice(start, start + run).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    if (pace.toil(run * 10)) await pace.rest();
  }
  while (runs.length > 1) {
    const merged: (readonly [string, T])[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(merge(runs[index] ?? [], runs[index + 1] ?? []));
      if (pace.toil(run * 2)) await pace.rest();
    }
    runs = merged;
  }
  return (runs[0] ?? []).map(([, item]) => item);
}

function merge<T>(
  left: readonly (readonly [string, T])[],
  right: readonly (readonly [string, T])[],
): (readonly [string, T])[] {
  const merged: (readonly [string, T])[] = [];
  let at = 0;
  for (const item of left) {
    for (let other = right[at]; other !== undefined && other[0] < item[0]; other = right[at]) {
      merged.push(other);
      at += 1;
    }
    merged.push(item);
  }
  return merged.concat(right.slice(at));
}
