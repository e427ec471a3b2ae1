import type { CallRecord } from '../call-record.ts';
import type { FunctionName } from '../names.ts';

/** Which records to read; newest first, in the order they were appended. */
export interface CallQuery {
  /** Calls that found this function, whatever its version. */
  readonly target?: FunctionName;
  /** An id of ours or a caller's alias. */
  readonly id?: string;
  /** Calls that this instance ran. */
  readonly instance?: string;
  /** Calls of this trace: 32 hexadecimal digits. */
  readonly trace?: string;
  /** On the call's start, both ends included; milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /**
   * Only what was recorded before this call, which is before it ended and not before it began. Where it is not on record any more, what had
   * begun by then.
   */
  readonly before?: Pick<CallRecord, 'id' | 'startedAt'>;
  readonly limit: number;
}

/** Part of a long answer, newest first. */
export interface CallPage {
  readonly records: readonly CallRecord[];
  /** What the next page is asked for with; undefined where that was all. */
  readonly next?: number;
}

/** The history of calls. Appending never fails a call: what can't be kept is counted and shown. */
export interface CallRecords {
  /** Keeps a batch, in the order given. Resolves when it is written (not flushed: a power cut may take the last moments). */
  append(records: readonly CallRecord[]): Promise<void>;
  find(query: CallQuery): Promise<readonly CallRecord[]>;
  /**
   * The same, page by page, however much there is: each begins where the one before ended, so that records that come in between are in none.
   * `limit` is that of a page.
   */
  page(query: Omit<CallQuery, 'id'>, next?: number): Promise<CallPage>;
  /** Number of calls of each function since its name came to be, `name.namespace` to count. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Drops what is older than `before` or above `maxBytes`; returns how many went. */
  prune(before: number, maxBytes: number): Promise<number>;
}
