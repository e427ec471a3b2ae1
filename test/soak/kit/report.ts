/** How one run of a scenario, or of one of its controls, ended. */
export interface Outcome {
  readonly id: string;
  /** What was promised, or what was taken away. */
  readonly what: string;
  readonly size: string;
  readonly result: 'kept' | 'broken' | 'caught' | 'not caught' | 'could not run' | 'left out';
  readonly seconds: number;
  readonly detail: string;
}

export const isGood = ({ result }: Outcome): boolean =>
  result === 'kept' || result === 'caught' || result === 'left out';

/** One line for each run, aligned. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ id, what, size, result, seconds, detail }) => [
    id,
    what,
    size,
    result,
    `${seconds.toFixed(1)} s`,
    detail,
  ]);
  const all = [['', 'promise, or guard taken away', 'size', 'result', 'time', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
