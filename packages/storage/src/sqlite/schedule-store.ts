import type { FunctionName } from '@wherry/core/names';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { ScheduleState } from '@wherry/core/schedule';
import type { SqliteThread } from './sqlite-thread.ts';

/** Schedules in the embedded database. */
export class SqliteScheduleStore implements ScheduleStore {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly ScheduleState[]> {
    return this.#thread.ask('schedules', 'list', []);
  }

  put(states: readonly ScheduleState[]): Promise<void> {
    return this.#thread.ask('schedules', 'put', [states]);
  }

  remove({ namespace, name }: FunctionName): Promise<boolean> {
    return this.#thread.ask('schedules', 'remove', [{ namespace, name }]);
  }
}
