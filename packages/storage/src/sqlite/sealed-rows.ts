// Long because: rows and the one sum over all of them are read, written and judged together.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { DatabaseFile } from './database-file.ts';
import { damagedFile, failureOf } from './sqlite-failure.ts';

/** Something that was stored and is no longer what it was. */
export interface Damage {
  /** The table. */
  readonly origin: string;
  /** Which row, as far as it can be told. */
  readonly key: string | undefined;
  readonly reason: string;
}

/** Tables of rows whose loss matters: `seq`, `key`, `body`, `checksum`. */
export const sealedTables = [
  'functions',
  'versions',
  'tokens',
  'namespaces',
  'secrets',
  'builds',
  'images',
  'schedules',
  'alerts',
  'boards',
  'report_subscriptions',
  'reports',
] as const;

export type SealedTable = (typeof sealedTables)[number];

interface Row<T> {
  readonly seq: number;
  readonly value: T;
  readonly checksum: number;
}

/**
 * Rows whose loss matters, by key. All of them are read and checked once, when the file is opened, and served from memory; a row
 * that isn't what was written is moved to `quarantine` and reported, the others are served. Every write is on disk when it returns.
 *
 * Beside each row's checksum, `sizes` has the number of rows and the sum of their checksums: rows that are sound but not the last that
 * were written, as a flipped page number leads to, show there. A file whose very structure is damaged is not served from at all.
 */
export class SealedRows<T> {
  readonly #file: DatabaseFile;
  readonly #table: SealedTable;
  readonly #rows = new Map<string, Row<T>>();
  #sum = 0;

  /** Throws `storage_damaged` where it cannot be told what is current; a salvage can. */
  constructor(file: DatabaseFile, table: SealedTable, at: number, report: (damage: Damage) => void) {
    this.#file = file;
    this.#table = table;
    try {
      this.#load(at, report);
    } catch (error) {
      throw failureOf(error, file.path);
    }
  }

  get(key: string): T | undefined {
    return this.#rows.get(key)?.value;
  }

  values(): T[] {
    return [...this.#rows.values()].map((row) => row.value);
  }

  write(key: string, value: T): void {
    this.writeAll([[key, value]]);
  }

  /** All or none; of two for the same key the last. */
  writeAll(entries: readonly (readonly [key: string, value: T])[]): void {
    let [count, sum] = [this.#rows.size, this.#sum];
    const rows = [...new Map(entries)].map(([key, value]) => {
      const body = JSON.stringify(value);
      const checksum = checksumOf(this.#table, key, body);
      const known = this.#rows.get(key);
      count += known === undefined ? 1 : 0;
      sum += checksum - (known?.checksum ?? 0);
      return { key, body, checksum, known };
    });
    const written = this.#file.transaction(this.#file.durable, () => {
      this.#resize(count, sum);
      return rows.map(({ key, body, checksum, known }) => {
        if (known !== undefined) {
          const sql = `UPDATE ${this.#table} SET body=?, checksum=? WHERE seq=?`;
          const { changes } = this.#file.durable.prepare(sql).run(body, checksum, known.seq);
          this.#mustBeOne(changes, known.seq);
          return known.seq;
        }
        const sql = `INSERT INTO ${this.#table} (key, body, checksum) VALUES (?, ?, ?)`;
        return Number(this.#file.durable.prepare(sql).run(key, body, checksum).lastInsertRowid);
      });
    });
    // What is kept is what was written, not what was given: undefined members are gone from both.
    for (const [at, { key, body, checksum }] of rows.entries())
      this.#rows.set(key, { seq: written[at] as number, value: JSON.parse(body) as T, checksum });
    this.#sum = sum;
  }

  remove(key: string): boolean {
    const known = this.#rows.get(key);
    if (known === undefined) return false;
    const sum = this.#sum - known.checksum;
    this.#file.release(() => {
      const { changes } = this.#file.durable.prepare(`DELETE FROM ${this.#table} WHERE seq=?`).run(known.seq);
      this.#mustBeOne(changes, known.seq);
      this.#resize(this.#rows.size - 1, sum);
    });
    this.#sum = sum;
    return this.#rows.delete(key);
  }

  /** A row that was read and is not found by its number: said to be changed or removed, it would be there again at the next start. */
  #mustBeOne(changes: number | bigint, seq: number): void {
    if (changes !== 1) throw damagedFile(this.#file.path, `row ${seq} of ${this.#table} is gone`);
  }

  #resize(rows: number, sum: number): void {
    const sql =
      'INSERT INTO sizes VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET rows=excluded.rows, sum=excluded.sum';
    this.#file.durable.prepare(sql).run(this.#table, rows, sum);
  }

  #load(at: number, report: (damage: Damage) => void): void {
    const connection = this.#file.durable;
    const size = connection.prepare('SELECT rows, sum FROM sizes WHERE origin=?').get(this.#table);
    const expected = Number(size?.['rows'] ?? 0);
    const damaged: CheckedRow[] = [];
    let [rows, stored, actual] = [0, 0, 0];
    for (const row of checkedRows(connection, this.#table)) {
      const { seq, key, body, sound } = row;
      rows += 1;
      stored += Number(row.checksum);
      if (sound && !this.#rows.has(key as string)) {
        actual += Number(row.checksum);
        this.#rows.set(key as string, {
          seq,
          value: JSON.parse(body as string) as T,
          checksum: Number(row.checksum),
        });
      } else {
        actual += checksumOf(this.#table, String(key), String(body));
        damaged.push(row);
      }
    }
    const sum = size?.['sum'] ?? undefined;
    const missing = expected - rows;
    const complete = missing === 0 && (sum === undefined || sum === stored || sum === actual);
    // Only now: it reads the whole file, and says whether what was read is what the file's structure means.
    if (!complete || damaged.length > 0) this.#file.mustBeWhole();
    for (const { key, sound } of damaged)
      report({ origin: this.#table, key: printableKey(key), reason: sound ? 'stored twice' : misfit });
    if (missing > 0)
      report({ origin: this.#table, key: undefined, reason: `${missing} of ${expected} rows are missing` });
    else if (!complete)
      report({ origin: this.#table, key: undefined, reason: 'its rows are not those that were noted' });
    for (const row of this.#rows.values()) this.#sum += row.checksum;
    if (damaged.length > 0 || !complete) this.#settle(at, damaged);
  }

  /** Puts damaged rows aside and notes how many are left. Where the disk does not let it, the next start reports them again. */
  #settle(at: number, damaged: readonly CheckedRow[]): void {
    try {
      this.#file.transaction(this.#file.durable, () => {
        const put = this.#file.durable.prepare(
          'INSERT INTO quarantine (at, origin, key, body, reason) VALUES (?, ?, ?, ?, ?)',
        );
        for (const { seq, key, body, sound } of damaged) {
          put.run(at, this.#table, key as string, body as string, sound ? 'stored twice' : misfit);
          this.#file.durable.prepare(`DELETE FROM ${this.#table} WHERE seq=?`).run(seq);
        }
        this.#resize(this.#rows.size, this.#sum);
      });
    } catch {
      // Reported already; what could be read is served.
    }
  }
}

const misfit = 'its checksum does not fit';

/** The CRC-32 of table, key and body: a row that turns up in another table is not sound there. */
export function checksumOf(table: string, key: string, body: string): number {
  return crc32(body, crc32(`${table}\n${key}\n`));
}

/** Whether a row is what was written. Rows of the first schemas have a checksum without the table's name. */
export function isSound(table: string, key: unknown, body: unknown, checksum: unknown): boolean {
  if (typeof key !== 'string' || typeof body !== 'string') return false;
  return checksum === checksumOf(table, key, body) || checksum === crc32(body, crc32(`${key}\n`));
}

function printableKey(key: unknown): string | undefined {
  return typeof key === 'string' ? key : undefined;
}

export interface CheckedRow {
  readonly seq: number;
  readonly key: unknown;
  readonly body: unknown;
  readonly checksum: unknown;
  readonly sound: boolean;
}

/** Every row of a table, with whether it is what was written. Throws SQLite's error where a page cannot be read. */
export function* checkedRows(connection: DatabaseSync, table: SealedTable): Generator<CheckedRow> {
  for (const { seq, key, body, checksum } of connection
    .prepare(`SELECT * FROM ${table} ORDER BY seq`)
    .iterate())
    yield { seq: Number(seq), key, body, checksum, sound: isSound(table, key, body, checksum) };
}
