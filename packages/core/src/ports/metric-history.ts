import type { LabelMatcher, Labels, MetricSample, MetricSeries } from '../metric.ts';

/** Which series to read, and over what time; both ends included, milliseconds since 1970. */
export interface MetricQuery {
  readonly matchers: readonly LabelMatcher[];
  readonly from: number;
  readonly to: number;
  /** How far apart samples may be, so that a year is not read in steps of ten seconds. Nothing asks for the finest. */
  readonly coarsestMs?: number;
  /** What stands for a gauge over a coarse step; `mean` where nothing is said. */
  readonly stat?: 'mean' | 'min' | 'max';
}

/**
 * Numbers over time: every ten seconds for two days, every minute for a month, every hour for a year, within a fixed room on disk.
 *
 * Coarser levels are made from finer ones so that what counters grew by is the same on every level: a counter's coarse sample is
 * its last value in the step, carried on over restarts; a gauge's is what `stat` asks for.
 */
export interface MetricHistory {
  /** Keeps one round of samples of one moment. Times ascend from call to call; one that is earlier is moved to the last one. What was there the round before and is missing now has ended. Resolves when it is in memory or on disk: a power cut may take the last minutes. */
  append(at: number, samples: readonly MetricSample[]): Promise<void>;
  /** All from one level: the coarsest that `coarsestMs` allows, or, where that does not reach back to `from`, the finest that does. More than 20 million samples are refused (`too_much_asked`). */
  read(query: MetricQuery): Promise<readonly MetricSeries[]>;
  /** Names and labels of the series that have samples in a time. */
  series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]>;
  /** Drops what each level keeps no longer, and the oldest beyond `maxBytes`. */
  prune(now: number, maxBytes: number): Promise<void>;
  /** What is held in memory goes to disk. */
  flush(): Promise<void>;
}
