import { greatestOf, leastOf, meanOf, sumOf, varianceOf } from '../evaluation/sums.ts';
import type { WindowFunction } from './growth.ts';

const of =
  (work: (values: Float64Array) => number): WindowFunction =>
  ({ values }, { first, end }) =>
    end > first ? work(values.subarray(first, end)) : undefined;

/** What is said of the samples of a range, whatever they grew by. */
export const overTimeFunctions: Readonly<Record<string, WindowFunction>> = {
  avg_over_time: of(meanOf),
  min_over_time: of(leastOf),
  max_over_time: of(greatestOf),
  sum_over_time: of(sumOf),
  count_over_time: of((values) => values.length),
  last_over_time: of((values) => values[values.length - 1] ?? 0),
  stddev_over_time: of((values) => Math.sqrt(varianceOf(values))),
  stdvar_over_time: of(varianceOf),
  present_over_time: of(() => 1),
};
