import type { StatementSync } from 'node:sqlite';
import { bloomBytes, mark, mayHold } from './callee-filter.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import type { NumberedRows } from './numbered-rows.ts';
import type { Damage } from './sealed-rows.ts';

// Rows to a block: large enough that the table of blocks stays tiny, small enough that reading one takes about a millisecond.
export const blockRows = 4096;

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

/** What is known of rows that are appended at once. */
type Together = Pick<Description, 'rows' | 'bytes' | 'earliest' | 'latest'>;

/** What a row takes where nothing better is known. */
const usualBytes = 120;

/**
 * What each 4,096 consecutive numbers of an append-only history hold: when the earliest and the latest was, how many bytes, and (as a small
 * Bloom filter) whose they are. In the place of indexes: a hundredth of the writing, and still most of the history is never read.
 */
export class Blocks {
  readonly name: 'call_blocks' | 'log_blocks';
  readonly #file: DatabaseFile;
  readonly #numbered: NumberedRows;
  readonly #check: SealCheck;
  readonly #put: StatementSync;
  #seq = 0;
  /** The block that is appended to. */
  #now = emptyBlock(0);

  constructor(
    file: DatabaseFile,
    name: 'call_blocks' | 'log_blocks',
    numbered: NumberedRows,
    report: (damage: Damage) => void,
  ) {
    this.name = name;
    this.#file = file;
    this.#numbered = numbered;
    this.#check = new SealCheck(file.history, name, report);
    this.#put = file.history.prepare(`INSERT OR REPLACE INTO ${name} VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.reload();
  }

  /** Takes up where the file stands: at the start, after a failed transaction, after rows were dropped. */
  reload(): void {
    this.#seq = this.#numbered.last();
    const block = blockOf(this.#seq + 1);
    const described = this.describe(block);
    this.#now =
      described === undefined
        ? emptyBlock(block)
        : { ...described, callees: Uint8Array.from(described.callees) };
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
    const seq = this.#enter(this.#seq + 1, { rows: 1, bytes, earliest: at, latest: at });
    mark(this.#now.callees, callee);
    return seq;
  }

  /** The same for rows that stand together: they never lie in two blocks, even if numbers are left out for that. */
  addTogether(callees: readonly number[], together: Together): number {
    const next = this.#seq + 1;
    const last = next + together.rows - 1;
    const seq = this.#enter(Math.max(next, spanOf(blockOf(last)).first), together);
    for (const callee of callees) mark(this.#now.callees, callee);
    return seq;
  }

  flush(): void {
    if (this.#now.rows > 0) this.put(this.#now);
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
    const rows = this.#numbered.count(first, last);
    return { block, rows, bytes: rows * usualBytes, ...anything };
  }

  #enter(seq: number, { rows, bytes, earliest, latest }: Together): number {
    const block = blockOf(seq);
    if (block !== this.#now.block) {
      this.flush();
      this.#now = emptyBlock(block);
    }
    const now = this.#now;
    this.#seq = seq + rows - 1;
    now.rows += rows;
    now.bytes += bytes;
    if (earliest < now.earliest) now.earliest = earliest;
    if (latest > now.latest) now.latest = latest;
    return seq;
  }
}

function emptyBlock(block: number): { -readonly [K in keyof Description]: Description[K] } {
  return {
    ...{ block, rows: 0, bytes: 0, earliest: Infinity, latest: -Infinity },
    callees: new Uint8Array(bloomBytes),
  };
}

function mayBeIn(
  { earliest, latest, callees }: Description,
  { callee, from = -Infinity, until = Infinity }: Sought,
): boolean {
  return latest >= from && earliest <= until && (callee === undefined || mayHold(callees, callee));
}

export function blockOf(seq: number): number {
  return Math.floor(seq / blockRows);
}

export function spanOf(block: number): Span {
  const first = block * blockRows;
  return { first, last: first + blockRows - 1 };
}
