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
 * Numbers over time: every ten seconds for two days, every minute for a month, every hour for thirteen months, within a fixed room on disk.
 *
 * Coarser levels are made from finer ones so that what counters grew by is the same on every level. A coarse sample stands at the end of
 * its step, for everything up to there; the step that is not over ends with its last sample. A counter's is what it has grown to, carried
 * on over restarts; a gauge's is what `stat` asks for. A counter that is seen for the first time has been nothing the round before: a zero
 * is put there, so that its first calls count.
 */
export interface MetricHistory {
  /**
   * Keeps one round of samples of one moment. What was there the round before and is missing now has ended. Times ascend from call to call,
   * and are moved by up to a twentieth of a round so that rounds keep their distance. One that is earlier is moved to the last one, which it
   * replaces, unless the clock had leapt ahead by more than a day: then what was kept after the leap is dropped.
   *
   * Resolves, when it is in memory or on disk, to how many samples were not kept: of too many series (1,000 of a
   * `function_name`, 60,000 of instances, 100,000 in all), with names or labels that are too long, no finite number, twice, of another kind than before, or because the disk is full. A
   * power cut or a crash may take the last two minutes.
   */
  append(at: number, samples: readonly MetricSample[]): Promise<number>;
  /**
   * All from one level: the coarsest that `coarsestMs` allows, or, where that is not kept back to `from`, the finest that is. More than 20
   * million samples or 20,000 series are refused (`too_much_asked`), and so are patterns that are none (`bad_query`).
   */
  read(query: MetricQuery): Promise<readonly MetricSeries[]>;
  /** Names and labels of the series that have samples in a time. */
  series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]>;
  /**
   * Drops what each level keeps no longer, series without samples, and beyond `maxBytes` what is nearest to the end of its time; of
   * instances, where they are too many, those that ended first. For a day after the clock has leapt ahead nothing grows old.
   */
  prune(now: number, maxBytes: number): Promise<void>;
  /** What is held in memory goes to disk. */
  flush(): Promise<void>;
}
