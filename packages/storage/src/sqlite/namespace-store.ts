import type { Namespace } from '@wherry/core/namespace';
import type { Cancel } from '@wherry/core/ports/clock';
import type { NamespaceChange, NamespaceStore } from '@wherry/core/ports/namespace-store';
import { Watchers } from '../watchers.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** Namespaces in the embedded database. */
export class SqliteNamespaceStore implements NamespaceStore {
  readonly #thread: SqliteThread;
  readonly #watchers = new Watchers<NamespaceChange>();

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly Namespace[]> {
    return this.#thread.ask('namespaces', 'list', []);
  }

  async put(namespace: Namespace): Promise<void> {
    await this.#thread.ask('namespaces', 'put', [namespace]);
    this.#watchers.tell({ kind: 'put', namespace });
  }

  async remove(name: string, revision: number): Promise<boolean> {
    const removed = await this.#thread.ask('namespaces', 'remove', [name, revision]);
    if (removed) this.#watchers.tell({ kind: 'removed', name });
    return removed;
  }

  watch(listener: (change: NamespaceChange) => void): Cancel {
    return this.#watchers.add(listener);
  }
}
