import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { FunctionName } from '@wherry/core/names';
import type { DatabaseFile } from '../database-file.ts';
import { damagedFile } from '../sqlite-failure.ts';

/** Names by the small numbers that stand for them in the queue's rows: of lanes, and of functions and holders. */
export class QueueNames {
  readonly #file: DatabaseFile;
  readonly #table: 'queue_lanes' | 'queue_names';
  readonly #insert: StatementSync;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  /** Up to this number names may be without a seal: they were there before there were seals. */
  readonly #without: number;
  #last = 0;

  constructor(file: DatabaseFile, table: 'queue_lanes' | 'queue_names') {
    this.#file = file;
    this.#table = table;
    this.#insert = file.durable.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`);
    const noted = file.durable.prepare('SELECT rows FROM sizes WHERE origin=?').get(`${table} without seal`);
    this.#without = Number(noted?.['rows'] ?? 0);
    this.reload();
  }

  /** The number of a name, given now where it has none. Only within a transaction. */
  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#last + 1;
    this.#insert.run(number, name, sealOfName(this.#table, number, name));
    this.#keep(number, name);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string {
    return this.#names.get(number) ?? '';
  }

  /**
   * At the start, and after a failed transaction: what it gave numbers to has none. Throws `storage_damaged` where a name is not what was
   * written: calls would go to another function.
   */
  reload(): void {
    this.#numbers.clear();
    this.#names.clear();
    this.#last = 0;
    for (const { id, name, seal } of this.#file.durable.prepare(`SELECT * FROM ${this.#table}`).iterate()) {
      const [number, text] = [Number(id), String(name)];
      const sound =
        typeof name === 'string' &&
        (seal === null
          ? number > 0 && number <= this.#without
          : seal === sealOfName(this.#table, number, text));
      if (!sound) throw damagedFile(this.#file.path, 'a name in the queue is not what was written');
      this.#keep(number, text);
    }
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
    this.#last = Math.max(this.#last, number);
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}

/** What stands in a row as `name.namespace`; undefined where nothing does. Not all of it is a function: messages about alerts are about none. */
export function subjectOf(text: string): FunctionName | undefined {
  const dot = text.lastIndexOf('.');
  return dot < 1 ? undefined : { name: text.slice(0, dot), namespace: text.slice(dot + 1) };
}

/** Of a row of names; in the other table it does not fit. */
export function sealOfName(table: string, number: number, name: string): number {
  return crc32(`${table} ${number} ${name}`);
}
