// What numbers become before they are shown. Pure, so that it can be tested without measuring anything.

/** One measured number and how much of the machine others used meanwhile, in cores. */
export interface Sample {
  readonly value: number;
  readonly foreign: number;
}

/** Several samples of the same thing, as one number. */
export interface Settled {
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** How many samples went into it. */
  readonly count: number;
  /** False when too few were taken on a quiet machine, so that disturbed ones had to be used. */
  readonly clean: boolean;
}

/** Others may use so many cores before a sample counts as disturbed. */
export const foreignLimit = 0.25;
/** With fewer clean samples than this, and any other, all are used and the number is marked. */
const cleanNeeded = 3;

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Between the two nearest ranks, so that the median of an even number is the middle of the middle two. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * share;
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** Those that nobody disturbed where there are enough of them, else all. */
export function cleanOf<T extends { readonly foreign: number }>(
  all: readonly T[],
): { kept: readonly T[]; clean: boolean } {
  const quiet = all.filter(({ foreign }) => foreign <= foreignLimit);
  const enough = quiet.length >= Math.min(cleanNeeded, all.length);
  return enough ? { kept: quiet, clean: true } : { kept: all, clean: false };
}

/** The median of the clean samples where there are enough of them. */
export function settle(samples: readonly Sample[]): Settled {
  const { kept, clean } = cleanOf(samples);
  const values = kept.map(({ value }) => value);
  return {
    value: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    count: values.length,
    clean,
  };
}

/**
 * The median of the ratios round by round. Both were measured within seconds of each other in each round, so what drifts
 * over minutes hits both and falls out; the ratio of two medians would keep it.
 */
export function settleRatio(over: readonly Sample[], under: readonly Sample[]): Settled {
  const rounds = Math.min(over.length, under.length);
  return settle(
    Array.from({ length: rounds }, (_, round) => {
      const [a, b] = [over[round] as Sample, under[round] as Sample];
      return { value: a.value / b.value, foreign: Math.max(a.foreign, b.foreign) };
    }),
  );
}
