import type { Exit } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type {
  ExitPage,
  ExitQuery,
  LogArchive,
  LogPage,
  LogPageQuery,
  LogQuery,
} from '@wherry/core/ports/log-archive';
import type { Backlog } from './backlog.ts';
import { packLines } from './log-batch.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** What one answer holds at most, so that asking for everything cannot fill the gateway's memory. The newest are kept. */
const most = { lines: 50_000, bytes: 16 * 2 ** 20 };

const mostPageBytes = 2 ** 20;

/** Logs and ends of instances in the embedded database. */
export class SqliteLogArchive implements LogArchive {
  readonly #thread: SqliteThread;
  readonly #backlog: Backlog;

  constructor(thread: SqliteThread, backlog: Backlog) {
    this.#thread = thread;
    this.#backlog = backlog;
  }

  async append(lines: readonly LogLine[]): Promise<void> {
    const count = lines.length;
    if (count === 0 || !this.#backlog.hasRoom('lines', count)) return;
    const batch = packLines(lines);
    await this.#backlog.carry('lines', count, batch.weight, () =>
      this.#thread.ask('logs', 'append', [batch], [batch.numbers.buffer]),
    );
  }

  read(query: LogQuery): Promise<readonly LogLine[]> {
    return this.#thread.ask('logs', 'read', [query, most]);
  }

  page(query: LogPageQuery, next?: number): Promise<LogPage> {
    return this.#thread.ask('logs', 'page', [query, mostPageBytes, next]);
  }

  async ended(exits: readonly Exit[]): Promise<void> {
    const count = exits.length;
    if (count === 0 || !this.#backlog.hasRoom('exits', count)) return;
    await this.#backlog.carry('exits', count, count * 4096, () =>
      this.#thread.ask('exits', 'append', [exits]),
    );
  }

  exits(query: ExitQuery): Promise<readonly Exit[]> {
    return this.#thread.ask('exits', 'find', [query]);
  }

  pageExits(query: ExitQuery, next?: number): Promise<ExitPage> {
    return this.#thread.ask('exits', 'page', [query, mostPageBytes, next]);
  }

  pruneExits(before: number, maxBytes: number): Promise<number> {
    return this.#thread.ask('exits', 'prune', [before, maxBytes]);
  }

  prune(before: number, maxBytes: number): Promise<number> {
    return this.#thread.ask('logs', 'prune', [before, maxBytes]);
  }
}
