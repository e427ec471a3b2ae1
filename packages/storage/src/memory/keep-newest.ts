/** Of items in order of age, those that are young enough, and of these the newest that fit. */
export function keepNewest<T>(
  items: readonly T[],
  young: (item: T) => boolean,
  weigh: (item: T) => number,
  most: number,
): T[] {
  const kept: T[] = [];
  let weight = 0;
  for (const item of items.toReversed()) {
    if (!young(item)) continue;
    weight += weigh(item);
    if (weight > most) break;
    kept.push(item);
  }
  return kept.reverse();
}
