import type { Exit } from '../instance.ts';
import type { LogLine } from '../log-line.ts';
import type { FunctionName } from '../names.ts';
import type { LogFilter } from '../rules/log-filter.ts';

export interface LogQuery extends LogFilter {
  readonly target: FunctionName;
  /** Only the last so many lines. */
  readonly tail?: number;
}

/** Which ends of instances to read. */
export interface ExitQuery {
  readonly target?: FunctionName;
  readonly instance?: string;
  readonly kind?: Exit['kind'];
  /** On the end, both ends included; milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
}

/** Part of a long answer, newest first. */
export interface ExitPage {
  readonly exits: readonly Exit[];
  /** What the next page is asked for with; undefined where that was all. A page may be empty and not the last. */
  readonly next?: number;
}

/** Lines of a function, or of all of them. */
export interface LogPageQuery extends LogFilter {
  readonly target?: FunctionName;
  /** Most lines of a page. */
  readonly limit: number;
}

/** Part of a long answer, newest first. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  /** What the next page is asked for with; undefined where that was all. A page may be empty and not the last. */
  readonly next?: number;
}

/** Everything that instances wrote, and how each ended; outlives them. */
export interface LogArchive {
  append(lines: readonly LogLine[]): Promise<void>;
  /** Oldest first. An implementation bounds one answer (50,000 lines or 16 MiB, say); then it gives the newest. */
  read(query: LogQuery): Promise<readonly LogLine[]>;
  /** Newest first, page by page, however much there is; lines that come in between are in none. */
  page(query: LogPageQuery, next?: number): Promise<LogPage>;
  /** Keeps how an instance ended. */
  ended(exits: readonly Exit[]): Promise<void>;
  /** How instances ended, newest first. */
  exits(query: ExitQuery): Promise<readonly Exit[]>;
  /**
   * The same, page by page, however much there is: each begins where the one before ended, so that ends that come in between are in none.
   * `limit` is that of a page.
   */
  pageExits(query: ExitQuery, next?: number): Promise<ExitPage>;
  /** Drops lines older than `before`, then the oldest lines above `maxBytes`; returns how many lines went. */
  prune(before: number, maxBytes: number): Promise<number>;
  /**
   * Drops ends older than `before`, then the oldest above `maxBytes`; returns how many went. No function has more than an eighth of it, so
   * that one whose instances die all the time takes nothing from the others.
   */
  pruneExits(before: number, maxBytes: number): Promise<number>;
}
