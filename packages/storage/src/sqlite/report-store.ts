import type { ReportStore } from '@wherry/core/ports/report-store';
import type { Report, ReportSubscription } from '@wherry/core/report';
import type { SqliteThread } from './sqlite-thread.ts';

/** Reports in the embedded database. */
export class SqliteReportStore implements ReportStore {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  subscriptions(): Promise<readonly ReportSubscription[]> {
    return this.#thread.ask('reports', 'subscriptions', []);
  }

  putSubscription(subscription: ReportSubscription): Promise<void> {
    return this.#thread.ask('reports', 'putSubscription', [subscription]);
  }

  removeSubscription(name: string): Promise<boolean> {
    return this.#thread.ask('reports', 'removeSubscription', [name]);
  }

  list(): Promise<readonly Omit<Report, 'figures'>[]> {
    return this.#thread.ask('reports', 'list', []);
  }

  get(id: string): Promise<Report | undefined> {
    return this.#thread.ask('reports', 'get', [id]);
  }

  put(report: Report): Promise<void> {
    return this.#thread.ask('reports', 'put', [report]);
  }

  keep(most: number): Promise<number> {
    return this.#thread.ask('reports', 'keep', [most]);
  }
}
