import type { Namespace } from '@wherry/core/namespace';
import type { Cancel } from '@wherry/core/ports/clock';
import type { NamespaceChange, NamespaceStore } from '@wherry/core/ports/namespace-store';
import { byOwnName, conflictUnlessNext, conflictUnlessSame } from '../desired-rules.ts';
import { Watchers } from '../watchers.ts';

/** Namespaces that end with the process. */
export class MemoryNamespaceStore implements NamespaceStore {
  readonly #namespaces = new Map<string, Namespace>();
  readonly #watchers = new Watchers<NamespaceChange>();

  async list(): Promise<readonly Namespace[]> {
    return [...this.#namespaces.values()].sort(byOwnName).map((one) => structuredClone(one));
  }

  async put(namespace: Namespace): Promise<void> {
    const { name, revision } = namespace;
    conflictUnlessNext(name, revision, this.#namespaces.get(name)?.revision);
    this.#namespaces.set(name, structuredClone(namespace));
    this.#watchers.tell({ kind: 'put', namespace });
  }

  async remove(name: string, revision: number): Promise<boolean> {
    const stored = this.#namespaces.get(name);
    if (stored === undefined) return false;
    conflictUnlessSame(name, revision, stored.revision);
    this.#namespaces.delete(name);
    this.#watchers.tell({ kind: 'removed', name });
    return true;
  }

  watch(listener: (change: NamespaceChange) => void): Cancel {
    return this.#watchers.add(listener);
  }
}
