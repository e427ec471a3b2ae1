import type { Namespace } from '@wherry/core/namespace';
import { byOwnName, conflictUnlessNext, conflictUnlessSame } from '../desired-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Namespaces, in the database's thread. */
export class NamespaceRows {
  readonly #namespaces: SealedRows<Namespace>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#namespaces = new SealedRows(file, 'namespaces', at, report);
  }

  list(): readonly Namespace[] {
    return this.#namespaces.values().sort(byOwnName);
  }

  put(namespace: Namespace): void {
    const { name, revision } = namespace;
    conflictUnlessNext(name, revision, this.#namespaces.get(keyFor(name))?.revision);
    this.#namespaces.write(keyFor(name), namespace);
  }

  remove(name: string, revision: number): boolean {
    const stored = this.#namespaces.get(keyFor(name));
    if (stored === undefined) return false;
    conflictUnlessSame(name, revision, stored.revision);
    return this.#namespaces.remove(keyFor(name));
  }
}

function keyFor(name: string): string {
  return JSON.stringify([name]);
}
