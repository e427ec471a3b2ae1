import type { FunctionRecord } from '@wherry/core/function';
import type { FunctionName } from '@wherry/core/names';
import type { Cancel } from '@wherry/core/ports/clock';
import type { DesiredChange, DesiredState } from '@wherry/core/ports/desired-state';
import { Watchers } from '../watchers.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** Desired state in the embedded database. Writes happen one after the other in its thread, which is what compare-and-set rests on. */
export class SqliteDesiredState implements DesiredState {
  readonly #thread: SqliteThread;
  readonly #watchers = new Watchers<DesiredChange>();

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly FunctionRecord[]> {
    return this.#thread.ask('desired', 'list', []);
  }

  get({ namespace, name }: FunctionName): Promise<FunctionRecord | undefined> {
    return this.#thread.ask('desired', 'get', [{ namespace, name }]);
  }

  async put(record: FunctionRecord): Promise<void> {
    await this.#thread.ask('desired', 'put', [record]);
    this.#watchers.tell({ kind: 'put', record });
  }

  async remove({ namespace, name }: FunctionName, revision: number): Promise<boolean> {
    const removed = await this.#thread.ask('desired', 'remove', [{ namespace, name }, revision]);
    if (removed) this.#watchers.tell({ kind: 'removed', name: { namespace, name } });
    return removed;
  }

  nextVersion({ namespace, name }: FunctionName): Promise<number> {
    return this.#thread.ask('desired', 'nextVersion', [{ namespace, name }]);
  }

  watch(listener: (change: DesiredChange) => void): Cancel {
    return this.#watchers.add(listener);
  }
}
