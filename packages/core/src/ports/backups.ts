/** A backup in the folder of the scheduled ones. */
export interface StoredBackup {
  readonly path: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly bytes: number;
}

/** Copies of everything that a gateway keeps, each of one moment, made while it works. No key is ever in one of these. */
export interface Backups {
  /**
   * The bytes of a backup of now, as they come; holds a few pieces at a time. Whoever stops reading early leaves nothing behind. Throws
   * `storage_full`, `storage_failed`, `storage_damaged`, also half-way: then what came is no backup, and can be told from one.
   */
  stream(wish: { readonly at: number; readonly history: boolean }): AsyncIterable<Uint8Array>;

  /** Makes one in the folder, whole or not at all: it is on the disk and was read back when this resolves. Throws as `stream`. */
  make(wish: { readonly at: number; readonly history: boolean }): Promise<StoredBackup>;

  /** What is in the folder, newest first; nothing where there is no folder. Files of other names are none. */
  list(): Promise<readonly StoredBackup[]>;

  /** Removes all but the newest `count`, and returns how many went. Touches no other file. */
  keep(count: number): Promise<number>;
}
