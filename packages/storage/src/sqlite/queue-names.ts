import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from './database-file.ts';

/** Names of lanes, functions and holders by the small numbers that stand for them in the queue's rows. They are never removed. */
export class QueueNames {
  readonly #file: DatabaseFile;
  readonly #insert: StatementSync;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(file: DatabaseFile) {
    this.#file = file;
    this.#insert = file.durable.prepare('INSERT INTO queue_names (name) VALUES (?)');
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
    for (const { id, name } of this.#file.durable.prepare('SELECT id, name FROM queue_names').iterate())
      this.#keep(Number(id), String(name));
  }

  #keep(number: number, name: string): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}
