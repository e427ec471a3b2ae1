import type { FunctionName } from '../names.ts';
import type { FunctionRecord } from '../function.ts';
import type { Cancel } from './clock.ts';

/** A change that `watch` tells. */
export type DesiredChange =
  | { readonly kind: 'put'; readonly record: FunctionRecord }
  | { readonly kind: 'removed'; readonly name: FunctionName };

/**
 * What the platform should run: the only state that must never be lost. Every write is on disk before it resolves.
 * Several writers are told apart by revisions; whoever comes second gets `conflict` and reads again.
 */
export interface DesiredState {
  /** Every function, ordered by namespace and name. */
  list(): Promise<readonly FunctionRecord[]>;
  get(name: FunctionName): Promise<FunctionRecord | undefined>;
  /**
   * Writes a record whose revision is one more than the stored one (1 where there is none). Throws `conflict` when that
   * does not hold, `storage_full` or `storage_failed` when it can't be kept; then nothing was written.
   */
  put(record: FunctionRecord): Promise<void>;
  /** Removes a record. Throws `conflict` when the stored revision is another; a missing one resolves false. */
  remove(name: FunctionName, revision: number): Promise<boolean>;
  /** The next version number of a function name, never given twice, also after the function was removed. */
  nextVersion(name: FunctionName): Promise<number>;
  /** Tells every change from now on, in order for each name, the watcher's own included. */
  watch(listener: (change: DesiredChange) => void): Cancel;
}
