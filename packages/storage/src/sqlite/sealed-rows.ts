import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { DatabaseFile } from './database-file.ts';

/** Something that was stored and is no longer what it was. */
export interface Damage {
  readonly origin: SealedTable | 'queue_items';
  /** Which row, as far as it can be told. */
  readonly key: string | undefined;
  readonly reason: string;
}

export type SealedTable =
  | 'functions'
  | 'versions'
  | 'tokens'
  | 'namespaces'
  | 'secrets'
  | 'builds'
  | 'images';

interface Row<T> {
  readonly seq: number;
  readonly value: T;
}

/**
 * Rows whose loss matters, by key. All of them are read and checked once, when the file is opened, and served from memory; a row
 * that isn't what was written is moved to `quarantine` and reported, the others are served. Every write is on disk when it returns.
 */
export class SealedRows<T> {
  readonly #file: DatabaseFile;
  readonly #table: SealedTable;
  readonly #rows = new Map<string, Row<T>>();

  constructor(file: DatabaseFile, table: SealedTable, at: number, report: (damage: Damage) => void) {
    this.#file = file;
    this.#table = table;
    this.#load(at, report);
  }

  get(key: string): T | undefined {
    return this.#rows.get(key)?.value;
  }

  values(): T[] {
    return [...this.#rows.values()].map((row) => row.value);
  }

  write(key: string, value: T): void {
    const body = JSON.stringify(value);
    const known = this.#rows.get(key);
    const seq = this.#file.transaction(this.#file.durable, () => {
      const checksum = checksumOf(key, body);
      if (known !== undefined) {
        const sql = `UPDATE ${this.#table} SET body=?, checksum=? WHERE seq=?`;
        const { changes } = this.#file.durable.prepare(sql).run(body, checksum, known.seq);
        if (changes !== 1) throw new Error(`row ${known.seq} of ${this.#table} is gone`);
        return known.seq;
      }
      const sql = `INSERT INTO ${this.#table} (key, body, checksum) VALUES (?, ?, ?)`;
      const { lastInsertRowid } = this.#file.durable.prepare(sql).run(key, body, checksum);
      this.#resize(this.#rows.size + 1);
      return Number(lastInsertRowid);
    });
    // What is kept is what was written, not what was given: undefined members are gone from both.
    this.#rows.set(key, { seq, value: JSON.parse(body) as T });
  }

  remove(key: string): boolean {
    const known = this.#rows.get(key);
    if (known === undefined) return false;
    this.#file.release(() => {
      this.#file.durable.prepare(`DELETE FROM ${this.#table} WHERE seq=?`).run(known.seq);
      this.#resize(this.#rows.size - 1);
    });
    return this.#rows.delete(key);
  }

  #resize(rows: number): void {
    const sql = 'INSERT INTO sizes VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET rows=excluded.rows';
    this.#file.durable.prepare(sql).run(this.#table, rows);
  }

  #load(at: number, report: (damage: Damage) => void): void {
    const expected = Number(
      this.#file.durable.prepare('SELECT rows FROM sizes WHERE origin=?').get(this.#table)?.['rows'] ?? 0,
    );
    const { rows, unreadable } = readAll(this.#file.durable, this.#table);
    const damaged: { seq: number; key: unknown; body: unknown; reason: string }[] = [];
    for (const { seq, key, body, checksum } of rows) {
      const sound = typeof key === 'string' && typeof body === 'string' && checksumOf(key, body) === checksum;
      if (sound && !this.#rows.has(key))
        this.#rows.set(key, { seq: Number(seq), value: JSON.parse(body) as T });
      else
        damaged.push({
          seq: Number(seq),
          key,
          body,
          reason: sound ? 'stored twice' : 'its checksum does not fit',
        });
    }
    for (const { key, reason } of damaged) report({ origin: this.#table, key: printableKey(key), reason });
    const missing = expected - rows.length;
    if (unreadable !== undefined)
      report({ origin: this.#table, key: undefined, reason: `part of it cannot be read: ${unreadable}` });
    if (missing > 0)
      report({ origin: this.#table, key: undefined, reason: `${missing} of ${expected} rows are missing` });
    if (damaged.length > 0 || missing !== 0) this.#settle(at, damaged);
  }

  /** Puts damaged rows aside and notes how many are left. Where the disk does not let it, the next start reports them again. */
  #settle(
    at: number,
    damaged: readonly { seq: number; key: unknown; body: unknown; reason: string }[],
  ): void {
    try {
      this.#file.transaction(this.#file.durable, () => {
        const put = this.#file.durable.prepare(
          'INSERT INTO quarantine (at, origin, key, body, reason) VALUES (?, ?, ?, ?, ?)',
        );
        for (const { seq, key, body, reason } of damaged) {
          put.run(at, this.#table, key as string, body as string, reason);
          this.#file.durable.prepare(`DELETE FROM ${this.#table} WHERE seq=?`).run(seq);
        }
        this.#resize(this.#rows.size);
      });
    } catch {
      // Reported already; what could be read is served.
    }
  }
}

function checksumOf(key: string, body: string): number {
  return crc32(body, crc32(`${key}\n`));
}

function printableKey(key: unknown): string | undefined {
  return typeof key === 'string' ? key : undefined;
}

interface RawRow {
  readonly seq: unknown;
  readonly key: unknown;
  readonly body: unknown;
  readonly checksum: unknown;
}

/** Every row that can be read: from the front up to an unreadable page, and then from the back. */
function readAll(
  connection: DatabaseSync,
  table: SealedTable,
): { rows: RawRow[]; unreadable: string | undefined } {
  const rows = new Map<unknown, RawRow>();
  let unreadable: string | undefined;
  for (const direction of ['ASC', 'DESC']) {
    try {
      for (const row of connection.prepare(`SELECT * FROM ${table} ORDER BY seq ${direction}`).iterate()) {
        rows.set(row['seq'], row as unknown as RawRow);
      }
      return { rows: [...rows.values()], unreadable };
    } catch (error) {
      unreadable = (error as Error).message;
    }
  }
  return { rows: [...rows.values()], unreadable };
}
