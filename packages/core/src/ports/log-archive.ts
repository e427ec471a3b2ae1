import type { Exit } from '../instance.ts';
import type { LogLine } from '../log-line.ts';
import type { FunctionName } from '../names.ts';
import type { LogFilter } from '../rules/log-filter.ts';

export interface LogQuery extends LogFilter {
  readonly target: FunctionName;
  /** Only the last so many lines. */
  readonly tail?: number;
}

/** Everything that instances wrote, and how each ended; outlives them. */
export interface LogArchive {
  append(lines: readonly LogLine[]): Promise<void>;
  /** Oldest first. An implementation bounds one answer (50,000 lines or 16 MiB, say); then it gives the newest. */
  read(query: LogQuery): Promise<readonly LogLine[]>;
  /** Keeps how an instance ended. */
  ended(exits: readonly Exit[]): Promise<void>;
  /** How instances ended, of one function or of all that are or were here, newest first, at most `limit`. */
  exits(target: FunctionName | undefined, limit: number): Promise<readonly Exit[]>;
  /** Drops lines and ends older than `before`, then the oldest lines above `maxBytes`; returns how many lines went. */
  prune(before: number, maxBytes: number): Promise<number>;
}
