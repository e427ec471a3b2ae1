import type { MetricSeries } from '@wherry/core/metric';
import type { Period } from '../periods/periods.ts';

/**
 * How much a counter grew in each of some periods, which follow on each other. A sample stands for what was up to it, its own moment included.
 * `before` is what it was at the beginning; where that is not known, its first sample is taken for it.
 */
export function growth(
  { times, values }: Pick<MetricSeries, 'times' | 'values'>,
  periods: readonly Period[],
  before: number | undefined,
): Float64Array {
  const grown = new Float64Array(periods.length);
  const [first, last] = [periods[0]?.from ?? Infinity, periods.at(-1)?.to ?? -Infinity];
  let standing = before;
  let place = 0;
  for (const [at, time] of times.entries()) {
    const value = values[at] as number;
    if (Number.isNaN(value) || time > last) continue;
    if (standing !== undefined && time > first) {
      while (time > (periods[place] as Period).to) place += 1;
      // A counter that is less than it was has begun at nothing again.
      (grown[place] as number) += value < standing ? value : value - standing;
    }
    standing = value;
  }
  return grown;
}
