import type { Namespace } from '../namespace.ts';
import type { Cancel } from './clock.ts';

/** A change that `watch` tells. */
export type NamespaceChange =
  | { readonly kind: 'put'; readonly namespace: Namespace }
  | { readonly kind: 'removed'; readonly name: string };

/**
 * The namespaces that were made; the default one need not be among them. Every write is on disk before it resolves. Several writers are
 * told apart by revisions, as for functions.
 */
export interface NamespaceStore {
  /** Every namespace, ordered by name. */
  list(): Promise<readonly Namespace[]>;
  /** Writes a record whose revision is one more than the stored one (1 where there is none). Throws `conflict` when that does not hold. */
  put(namespace: Namespace): Promise<void>;
  /** Throws `conflict` when the stored revision is another; a missing one resolves false. */
  remove(name: string, revision: number): Promise<boolean>;
  /** Tells every change from now on, in order for each name, the watcher's own included. */
  watch(listener: (change: NamespaceChange) => void): Cancel;
}
