import type { CallRecord } from '@wherry/core/call-record';
import type { CallPage, CallQuery, CallRecords } from '@wherry/core/ports/call-records';
import type { Backlog } from '../backlog.ts';
import { packCalls, weightOf } from '../../calls/pack-calls.ts';
import type { SqliteThread } from '../sqlite-thread.ts';

/** Records of calls in the embedded database. */
export class SqliteCallRecords implements CallRecords {
  readonly #thread: SqliteThread;
  readonly #backlog: Backlog;

  constructor(thread: SqliteThread, backlog: Backlog) {
    this.#thread = thread;
    this.#backlog = backlog;
  }

  async append(records: readonly CallRecord[]): Promise<void> {
    const count = records.length;
    if (count === 0 || !this.#backlog.hasRoom('calls', count)) return;
    const batch = packCalls(records);
    await this.#backlog.carry('calls', count, weightOf(batch), () =>
      this.#thread.ask('calls', 'append', [batch], [batch.bytes.buffer]),
    );
  }

  find(query: CallQuery): Promise<readonly CallRecord[]> {
    return this.#thread.ask('calls', 'find', [query]);
  }

  page(query: Omit<CallQuery, 'id'>, next?: number): Promise<CallPage> {
    return this.#thread.ask('calls', 'page', [query, next]);
  }

  counts(): Promise<ReadonlyMap<string, number>> {
    return this.#thread.ask('calls', 'counts', []);
  }

  prune(before: number, maxBytes: number): Promise<number> {
    return this.#thread.ask('calls', 'prune', [before, maxBytes]);
  }
}
