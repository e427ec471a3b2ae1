import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { DatabaseFile } from '../database-file.ts';
import { idColumn, idOf, sealOfItem } from './queue-seals.ts';
import { RowWriter } from '../row-writer.ts';

/** An item as it was accepted. */
export interface Item {
  readonly id: string;
  readonly alias: string | null;
  /** JSON. */
  readonly head: string;
  readonly body: Uint8Array;
}

/** An item as it was found: sound where it is what was accepted. */
export type ItemRow = Item & { readonly sound: boolean };

/** What was accepted, in the order it came: written once, each row under its seal. */
export class QueueItems {
  readonly #file: DatabaseFile;
  readonly #items: RowWriter;
  readonly #states: RowWriter;
  readonly #get: StatementSync;
  readonly #seqOf: StatementSync;
  readonly #remove: StatementSync;
  #seq = 0;
  #pending = false;

  constructor(file: DatabaseFile) {
    this.#file = file;
    const prepare = (sql: string) => file.durable.prepare(sql);
    this.#items = new RowWriter(file.durable, 'queue_items', 6);
    this.#states = new RowWriter(file.durable, 'queue_states', 13);
    this.#get = prepare('SELECT id, alias, head, body, checksum FROM queue_items WHERE seq=?');
    this.#seqOf = prepare('SELECT seq FROM queue_items WHERE id=?');
    this.#remove = prepare('DELETE FROM queue_items WHERE seq=?');
    this.reload();
  }

  /** Adds an item and where it stands. Only within a transaction that ends with `finish`. */
  add(item: Item, stand: (seq: number) => readonly SQLInputValue[]): void {
    const seq = ++this.#seq;
    this.#pending = true;
    fill(this.#items, [...[seq, idColumn(item.id), item.alias, item.head, item.body], sealOfItem(seq, item)]);
    fill(this.#states, stand(seq));
  }

  /** Writes what is held back to be written in groups. */
  finish(): void {
    if (!this.#pending) return;
    this.#pending = false;
    this.#items.finish();
    this.#states.finish();
  }

  get(seq: number): ItemRow | undefined {
    const row = this.#get.get(seq);
    if (row === undefined) return undefined;
    const { head, body, alias } = row;
    const id = idOf(row['id']);
    const readable = typeof head === 'string' && body instanceof Uint8Array;
    const item: Item = {
      id,
      alias: typeof alias === 'string' ? alias : null,
      head: readable ? head : '',
      body: readable ? body : new Uint8Array(0),
    };
    return { ...item, sound: readable && sealOfItem(seq, item) === row['checksum'] };
  }

  seqOf(id: string): number | undefined {
    const row = this.#seqOf.get(idColumn(id));
    return row === undefined ? undefined : Number(row['seq']);
  }

  remove(seq: number): void {
    this.#remove.run(seq);
  }

  /** Takes up where the file stands: at the start, and after a failed transaction. */
  reload(): void {
    this.#items.reset();
    this.#states.reset();
    this.#pending = false;
    const top = this.#file.durable.prepare('SELECT max(seq) AS seq FROM queue_items').get()?.['seq'];
    this.#seq = Number(top ?? 0);
  }
}

function fill(writer: RowWriter, values: readonly SQLInputValue[]): void {
  const row = writer.row();
  for (let column = 0; column < values.length; column += 1) row[column] = values[column]!;
  writer.written();
}
