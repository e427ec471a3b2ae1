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

/** The history of decisions over numbers of instances. Appending never fails anybody: what can't be kept is counted and shown. */
export interface ScalingRecords {
  /** Keeps a batch, in the order given. Resolves when it is written (not flushed: a power cut may take the last moments). */
  append(records: readonly ScalingRecord[]): Promise<void>;
  find(query: ScalingQuery): Promise<readonly ScalingRecord[]>;
  /** Drops what is older than `before`, and the oldest beyond the `most` newest of all functions; returns how many went. */
  prune(before: number, most: number): Promise<number>;
}
