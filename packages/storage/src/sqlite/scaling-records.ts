import type { ScalingPage, ScalingQuery, ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import type { Backlog } from './backlog.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** What one decision counts for while it waits to be written. */
const weight = 512;

/** Decisions over numbers of instances, in the embedded database. */
export class SqliteScalingRecords implements ScalingRecords {
  readonly #thread: SqliteThread;
  readonly #backlog: Backlog;

  constructor(thread: SqliteThread, backlog: Backlog) {
    this.#thread = thread;
    this.#backlog = backlog;
  }

  async append(records: readonly ScalingRecord[]): Promise<void> {
    const count = records.length;
    if (count === 0 || !this.#backlog.hasRoom('scalings', count)) return;
    await this.#backlog.carry('scalings', count, count * weight, () =>
      this.#thread.ask('scalings', 'append', [records]),
    );
  }

  find(query: ScalingQuery): Promise<readonly ScalingRecord[]> {
    return this.#thread.ask('scalings', 'find', [query]);
  }

  page(query: ScalingQuery, next?: number): Promise<ScalingPage> {
    return this.#thread.ask('scalings', 'page', [query, next]);
  }

  prune(before: number, most: number): Promise<number> {
    return this.#thread.ask('scalings', 'prune', [before, most]);
  }
}
