import { crc32 } from 'node:zlib';
import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from '../database-file.ts';
import type { PackedItem } from './queue-batch.ts';
import { idColumn, idOf } from './queue-seals.ts';

/** Idempotency keys that are remembered, by their digests. */
export class QueueKeys {
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #prune: StatementSync;
  readonly #cancelled: StatementSync;

  constructor(file: DatabaseFile) {
    this.#find = file.durable.prepare('SELECT * FROM queue_keys WHERE key=?');
    this.#cancelled = file.durable.prepare('SELECT 1 FROM queue_outcomes WHERE id=? AND state=1');
    this.#put = file.durable.prepare('INSERT OR REPLACE INTO queue_keys VALUES (?, ?, ?, ?, ?)');
    this.#prune = file.durable.prepare('DELETE FROM queue_keys WHERE until <= ?');
  }

  /** The item that a key stands for already, unless it was taken back, and whether it is the same one. Otherwise the key is taken. Only within a transaction. */
  claim({ id, key, enqueuedAt }: PackedItem): { readonly id: string; readonly same: boolean } | undefined {
    if (key === undefined) return undefined;
    const row = this.#find.get(key.digest);
    if (row !== undefined && Number(row['until']) > enqueuedAt) {
      const print = row['print'] as Uint8Array;
      const known = idOf(row['id']);
      // A key that can't be read any more must not send its call away: at worst it is made twice.
      if (sealOfKey(key.digest, known, print, Number(row['until'])) === Number(row['checksum']))
        if (this.#cancelled.get(row['id'] as Uint8Array) === undefined)
          return { id: known, same: Buffer.compare(print, key.print) === 0 };
    }
    this.#put.run(
      key.digest,
      idColumn(id),
      key.print,
      key.until,
      sealOfKey(key.digest, id, key.print, key.until),
    );
    return undefined;
  }

  prune(now: number): void {
    this.#prune.run(now);
  }
}

export function sealOfKey(key: Uint8Array, id: string, print: Uint8Array, until: number): number {
  return crc32(print, crc32(`${id} ${until}`, crc32(key)));
}
