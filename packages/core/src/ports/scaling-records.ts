import type { FunctionName } from '../names.ts';
import type { ScalingRecord } from '../scaling-record.ts';

/** Which decisions to read; newest first, in the order they were appended. */
export interface ScalingQuery {
  /** Of this function, whatever its version. */
  readonly target: FunctionName;
  /** Not before; milliseconds since 1970. */
  readonly since?: number;
  readonly limit: number;
}

/** Part of a long answer, newest first. */
export interface ScalingPage {
  readonly records: readonly ScalingRecord[];
  /** What the next page is asked for with; undefined where that was all. */
  readonly next?: number;
}

/** The history of decisions over numbers of instances. Appending never fails anybody: what can't be kept is counted and shown. */
export interface ScalingRecords {
  /** Keeps a batch, in the order given. Resolves when it is written (not flushed: a power cut may take the last moments). */
  append(records: readonly ScalingRecord[]): Promise<void>;
  find(query: ScalingQuery): Promise<readonly ScalingRecord[]>;
  /**
   * The same, page by page: each begins where the one before ended, so that decisions that come in between are in none. `limit` is that of a
   * page, and at least 1.
   */
  page(query: ScalingQuery, next?: number): Promise<ScalingPage>;
  /** Drops what is older than `before`, and the oldest beyond the `most` newest of all functions; returns how many went. */
  prune(before: number, most: number): Promise<number>;
}
