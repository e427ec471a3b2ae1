import type { StoreEntry } from '../store-entry.ts';

/** Functions that can be deployed by their names. */
export interface StoreCatalogue {
  /** All of them, in the catalogue's order. Throws `store_unusable`. */
  list(): Promise<readonly StoreEntry[]>;
  /**
   * The archive of an entry's package, as it is where the catalogue says; nothing of it has been checked. Throws `store_unusable`
   * where it can't be had, and where it is not beside the catalogue.
   */
  open(entry: StoreEntry): Promise<AsyncIterable<Uint8Array>>;
}
