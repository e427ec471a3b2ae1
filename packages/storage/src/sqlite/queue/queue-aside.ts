import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from '../database-file.ts';
import type { ItemRow } from './queue-items.ts';
import type { ReadRow } from './queue-states.ts';
import type { Damage } from '../sealed-rows.ts';

/** What is no longer what was stored: kept for whoever looks into it, served to nobody, and reported once that is on disk. */
export class QueueAside {
  readonly #put: StatementSync;
  readonly #report: (damage: Damage) => void;
  #untold: Damage[] = [];

  constructor(file: DatabaseFile, report: (damage: Damage) => void) {
    this.#put = file.durable.prepare(
      'INSERT INTO quarantine (at, origin, key, body, reason) VALUES (?, ?, ?, ?, ?)',
    );
    this.#report = report;
  }

  /** Only within a transaction, as the next. */
  put(row: ReadRow, item: ItemRow | undefined, now: number): void {
    const reason = item === undefined ? 'its call is missing' : 'its checksum does not fit';
    this.#keep(item?.id ?? String(row.seq), { row, head: item?.head }, reason, now, item?.id);
  }

  /** An item of which nobody knows any more where it stood, and so whether it was made. */
  putOrphan(seq: number, item: ItemRow | undefined, now: number): void {
    this.#keep(item?.id ?? String(seq), { head: item?.head }, 'where it stood is lost', now, item?.id);
  }

  /** After the transaction. */
  tell(): void {
    for (const damage of this.#untold) this.#report(damage);
    this.#untold = [];
  }

  /** After one that failed. */
  forget(): void {
    this.#untold = [];
  }

  #keep(key: string, body: object, reason: string, now: number, id: string | undefined): void {
    this.#put.run(now, 'queue_items', key, JSON.stringify(body), reason);
    this.#untold.push({ origin: 'queue_items', key: id, reason });
  }
}
