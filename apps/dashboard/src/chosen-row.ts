/** What keys act on is a row, not a place: the choice stays with it, whatever comes, goes and is sorted. */
export interface Choice {
  readonly key: string;
  /** Where it stood when it was chosen. */
  readonly at: number;
}

/** Where the chosen row stands now; -1 where none is chosen, or where it is gone. */
export function placeOf<T>(
  choice: Choice | undefined,
  rows: readonly T[],
  keyOf: (row: T) => string,
): number {
  if (choice === undefined) return -1;
  const near = rows[choice.at];
  if (near !== undefined && keyOf(near) === choice.key) return choice.at;
  return rows.findIndex((row) => keyOf(row) === choice.key);
}

/** The next row, or the one before. Where the chosen one is gone, the next has moved up into its place. */
export function moved<T>(
  choice: Choice | undefined,
  rows: readonly T[],
  keyOf: (row: T) => string,
  step: 1 | -1,
): Choice | undefined {
  const place = placeOf(choice, rows, keyOf);
  const gone = choice !== undefined && place < 0;
  const to = gone ? choice.at + (step < 0 ? -1 : 0) : place + step;
  const at = Math.max(0, Math.min(to, rows.length - 1));
  const row = rows[at];
  return row === undefined ? undefined : { key: keyOf(row), at };
}
