import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from './database-file.ts';

/** Names by the small numbers that stand for them in the queue's rows: of lanes, and of functions and holders. */
export class QueueNames {
  readonly #file: DatabaseFile;
  readonly #table: 'queue_lanes' | 'queue_names';
  readonly #insert: StatementSync;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(file: DatabaseFile, table: 'queue_lanes' | 'queue_names') {
    this.#file = file;
    this.#table = table;
    this.#insert = file.durable.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
    this.reload();
  }

  /** The number of a name, given now where it has none. Only within a transaction. */
  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = Number(this.#insert.run(name).lastInsertRowid);
    this.#keep(number, name);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string {
    return this.#names.get(number) ?? '';
  }

  /** After a failed transaction: what it gave numbers to has none. */
  reload(): void {
    this.#numbers.clear();
    this.#names.clear();
    for (const { id, name } of this.#file.durable.prepare(`SELECT id, name FROM ${this.#table}`).iterate())
      this.#keep(Number(id), String(name));
  }

  get size(): number {
    return this.#names.size;
  }

  /** Forgets those that nothing stands for any more. Only within a transaction. */
  drop(unused: (number: number) => boolean): void {
    const remove = this.#file.durable.prepare(`DELETE FROM ${this.#table} WHERE id=?`);
    for (const [number, name] of this.#names) {
      if (!unused(number)) continue;
      remove.run(number);
      this.#names.delete(number);
      this.#numbers.delete(name);
    }
  }

  #keep(number: number, name: string): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}
