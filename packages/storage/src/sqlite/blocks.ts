import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import type { Damage } from './sealed-rows.ts';

// Rows to a block: large enough that the table of blocks stays tiny, small enough that reading one takes about a millisecond.
export const blockRows = 4096;
export const bloomBytes = 32;

/** A run of consecutive rows that may hold what is looked for. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Who and when a row has to be to matter. */
export interface Sought {
  readonly callee?: number | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** What is known of a block. */
export interface Description {
  readonly block: number;
  readonly rows: number;
  readonly bytes: number;
  readonly earliest: number;
  readonly latest: number;
  readonly callees: Uint8Array;
}

/** What a row takes where nothing better is known. */
const usualBytes = 120;

/**
 * What each 4,096 consecutive rows of an append-only table hold: when the earliest and the latest was, how many bytes, and (as a small
 * Bloom filter) whose they are. In the place of indexes: a hundredth of the writing, and still most of the table is never read.
 */
export class Blocks {
  readonly #file: DatabaseFile;
  readonly #table: 'calls' | 'logs';
  readonly #check: SealCheck;
  readonly #put: StatementSync;
  #seq = 0;
  #block = 0;
  #rows = 0;
  #bytes = 0;
  #earliest = Infinity;
  #latest = -Infinity;
  #callees = new Uint8Array(bloomBytes);

  constructor(file: DatabaseFile, table: 'calls' | 'logs', report: (damage: Damage) => void) {
    this.#file = file;
    this.#table = table;
    this.#check = new SealCheck(file.history, this.name, report);
    this.#put = file.history.prepare(`INSERT OR REPLACE INTO ${this.name} VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.reload();
  }

  get name(): 'call_blocks' | 'log_blocks' {
    return this.#table === 'calls' ? 'call_blocks' : 'log_blocks';
  }

  /** Takes up where the file stands: at the start, after a failed transaction, after rows were dropped. */
  reload(): void {
    const connection = this.#file.history;
    this.#seq = Number(connection.prepare(`SELECT max(seq) AS seq FROM ${this.#table}`).get()?.['seq'] ?? 0);
    this.#begin(blockOf(this.#seq + 1));
    const described = this.describe(this.#block);
    if (described === undefined) return;
    this.#rows = described.rows;
    this.#bytes = described.bytes;
    this.#earliest = described.earliest;
    this.#latest = described.latest;
    this.#callees = Uint8Array.from(described.callees);
  }

  describe(block: number): Description | undefined {
    const row = this.#file.history.prepare(`SELECT * FROM ${this.name} WHERE block=?`).get(block);
    return row === undefined ? undefined : this.#described(row);
  }

  /** Every block, oldest first. */
  all(): Description[] {
    const rows = this.#file.history.prepare(`SELECT * FROM ${this.name} ORDER BY block`).all();
    return rows.map((row) => this.#described(row));
  }

  /** Writes what a block holds. Only within a transaction. */
  put({ block, rows, bytes, earliest, latest, callees }: Description): void {
    const values = [block, rows, bytes, earliest, latest, callees] as const;
    this.#put.run(...values, sealOf(this.name, values));
  }

  /** Counts one more row in and gives it its number. Only within a transaction that ends with `flush`. */
  add(callee: number, at: number, bytes: number): number {
    const seq = ++this.#seq;
    const block = blockOf(seq);
    if (block !== this.#block) {
      this.flush();
      this.#begin(block);
    }
    this.#rows += 1;
    this.#bytes += bytes;
    if (at < this.#earliest) this.#earliest = at;
    if (at > this.#latest) this.#latest = at;
    mark(this.#callees, callee);
    return seq;
  }

  flush(): void {
    if (this.#rows === 0) return;
    this.put({
      ...{ block: this.#block, rows: this.#rows, bytes: this.#bytes },
      ...{ earliest: this.#earliest, latest: this.#latest, callees: this.#callees },
    });
  }

  /** The blocks that may hold what is sought, newest first. */
  spans(sought: Sought): Span[] {
    const found: Span[] = [];
    const rows = this.#file.history.prepare(`SELECT * FROM ${this.name} ORDER BY block DESC`).iterate();
    for (const row of rows) {
      const description = this.#described(row, true);
      if (mayBeIn(description, sought)) found.push(spanOf(description.block));
    }
    return found;
  }

  /** The first of them that has rows before one. A page of many is not to be paid with a look at all blocks. */
  spanBefore(seq: number, sought: Sought): Span | undefined {
    const most = Number.isFinite(seq) ? blockOf(seq - 1) : Number.MAX_SAFE_INTEGER;
    const sql = `SELECT * FROM ${this.name} WHERE block <= ? ORDER BY block DESC`;
    for (const row of this.#file.history.prepare(sql).iterate(most)) {
      const description = this.#described(row, true);
      if (mayBeIn(description, sought)) return spanOf(description.block);
    }
    return undefined;
  }

  /** What a damaged description said is found out again, or where that is not needed may be anything: no row is passed over. */
  #described(row: Readonly<Record<string, unknown>>, forSearch = false): Description {
    const block = Number(row['block']);
    if (this.#check.passes(row) && row['callees'] instanceof Uint8Array)
      return {
        block,
        rows: Number(row['rows']),
        bytes: Number(row['bytes']),
        earliest: Number(row['earliest']),
        latest: Number(row['latest']),
        callees: row['callees'],
      };
    const anything = {
      earliest: -Infinity,
      latest: Infinity,
      callees: new Uint8Array(bloomBytes).fill(0xff),
    };
    if (forSearch) return { block, rows: 0, bytes: 0, ...anything };
    const { first, last } = spanOf(block);
    const count = `SELECT count(*) AS n FROM ${this.#table} WHERE seq BETWEEN ? AND ?`;
    const rows = Number(this.#file.history.prepare(count).get(first, last)?.['n']);
    return { block, rows, bytes: rows * usualBytes, ...anything };
  }

  #begin(block: number): void {
    this.#block = block;
    this.#rows = 0;
    this.#bytes = 0;
    this.#earliest = Infinity;
    this.#latest = -Infinity;
    this.#callees = new Uint8Array(bloomBytes);
  }
}

function mayBeIn(
  { earliest, latest, callees }: Description,
  { callee, from = -Infinity, until = Infinity }: Sought,
): boolean {
  return latest >= from && earliest <= until && (callee === undefined || mayHold(callees, callee));
}

function blockOf(seq: number): number {
  return Math.floor(seq / blockRows);
}

export function spanOf(block: number): Span {
  const first = block * blockRows;
  return { first, last: first + blockRows - 1 };
}

/** Notes in a block's filter that it has something of a function. */
export function mark(callees: Uint8Array, callee: number): void {
  callees[(callee >> 3) % bloomBytes]! |= 1 << (callee & 7);
}

function mayHold(callees: Uint8Array, callee: number): boolean {
  if (callees.length !== bloomBytes) return true;
  return (callees[(callee >> 3) % bloomBytes]! & (1 << (callee & 7))) !== 0;
}
