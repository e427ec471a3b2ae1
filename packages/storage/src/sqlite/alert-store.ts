import type { AlertDocument, AlertKey, AlertStore } from '@wherry/core/ports/alert-store';
import type { SqliteThread } from './sqlite-thread.ts';

/** Alerts in the embedded database. */
export class SqliteAlertStore implements AlertStore {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly AlertDocument[]> {
    return this.#thread.ask('alerts', 'list', []);
  }

  write(puts: readonly AlertDocument[], removes: readonly AlertKey[]): Promise<void> {
    return this.#thread.ask('alerts', 'write', [puts, removes]);
  }
}
