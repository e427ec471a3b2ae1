import type { DatabaseFile } from './database-file.ts';

// Rows to a block: large enough that the table of blocks stays tiny, small enough that reading one takes about a millisecond.
const blockRows = 4096;
const bloomBytes = 32;

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

/**
 * What each 4,096 consecutive rows of an append-only table hold: when the earliest and the latest was, how many bytes, and (as a small
 * Bloom filter) whose they are. In the place of indexes: a hundredth of the writing, and still most of the table is never read.
 */
export class Blocks {
  readonly #file: DatabaseFile;
  readonly #table: 'calls' | 'logs';
  #seq = 0;
  #block = 0;
  #rows = 0;
  #bytes = 0;
  #earliest = Infinity;
  #latest = -Infinity;
  #callees = new Uint8Array(bloomBytes);

  constructor(file: DatabaseFile, table: 'calls' | 'logs') {
    this.#file = file;
    this.#table = table;
    this.reload();
  }

  get name(): string {
    return this.#table === 'calls' ? 'call_blocks' : 'log_blocks';
  }

  /** Takes up where the file stands: at the start, after a failed transaction, after rows were dropped. */
  reload(): void {
    const connection = this.#file.history;
    this.#seq = Number(connection.prepare(`SELECT max(seq) AS seq FROM ${this.#table}`).get()?.['seq'] ?? 0);
    this.#begin(blockOf(this.#seq + 1));
    const row = connection.prepare(`SELECT * FROM ${this.name} WHERE block=?`).get(this.#block);
    if (row === undefined) return;
    this.#rows = Number(row['rows']);
    this.#bytes = Number(row['bytes']);
    this.#earliest = Number(row['earliest']);
    this.#latest = Number(row['latest']);
    if (row['callees'] instanceof Uint8Array && row['callees'].length === bloomBytes)
      this.#callees = row['callees'];
    else this.#callees.fill(0xff);
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
    this.#callees[(callee >> 3) % bloomBytes]! |= 1 << (callee & 7);
    return seq;
  }

  flush(): void {
    if (this.#rows === 0) return;
    const sql = `INSERT OR REPLACE INTO ${this.name} VALUES (?, ?, ?, ?, ?, ?)`;
    const write = this.#file.history.prepare(sql);
    write.run(this.#block, this.#rows, this.#bytes, this.#earliest, this.#latest, this.#callees);
  }

  /** The blocks that may hold what is sought, newest first. */
  spans(sought: Sought): Span[] {
    const sql = `SELECT block, callees FROM ${this.name} WHERE latest >= ? AND earliest <= ? ORDER BY block DESC`;
    const found: Span[] = [];
    const rows = this.#file.history.prepare(sql).iterate(sought.from ?? -Infinity, sought.until ?? Infinity);
    for (const { block, callees } of rows) {
      if (sought.callee !== undefined && !mayHold(callees, sought.callee)) continue;
      found.push(spanOf(Number(block)));
    }
    return found;
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

function blockOf(seq: number): number {
  return Math.floor(seq / blockRows);
}

export function spanOf(block: number): Span {
  const first = block * blockRows;
  return { first, last: first + blockRows - 1 };
}

function mayHold(callees: unknown, callee: number): boolean {
  if (!(callees instanceof Uint8Array) || callees.length !== bloomBytes) return true;
  return (callees[(callee >> 3) % bloomBytes]! & (1 << (callee & 7))) !== 0;
}
