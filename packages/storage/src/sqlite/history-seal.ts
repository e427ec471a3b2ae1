import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Damage } from './sealed-rows.ts';

/** Tables of the history, by what numbers their rows. */
const numberedBy = {
  callees: 'id',
  calls: 'seq',
  call_chunks: 'seq',
  call_blocks: 'block',
  logs: 'seq',
  log_blocks: 'block',
  exits: 'seq',
  scalings: 'seq',
  captures: 'seq',
  call_links: 'seq',
  metric_series: 'id',
  metric_blocks: 'seq',
  metric_rounds: 'seq',
} as const;

export type HistoryTable = keyof typeof numberedBy;
export const historySealed = Object.keys(numberedBy) as HistoryTable[];

type Value = string | number | null | Uint8Array;

/** No number that occurs: what stands for an absent value. */
const absent = -1.797e308;
/** Above any CRC: a blob is not the text with the same bytes. */
const blobMark = 2 ** 32;
/** How many damaged rows of a table are told one by one. */
const mostTold = 1000;

/**
 * The seal of a row: 32 bits over all its values, in their order. Every step is a bijection of each word while the others stay, so no single
 * change goes unnoticed. Numbers are mixed here, in a tenth of the time that a call of the CRC takes; texts come as their CRC, which
 * whoever writes many rows with the same text works out once.
 */
export class Seal {
  /** What each column holds, as it is stored; for a text its `textSum`. */
  readonly columns: Float64Array;
  readonly #words: Int32Array;
  readonly #table: number;

  /** A row that turns up in another table is not sound there. */
  constructor(table: HistoryTable, columns: number) {
    this.#table = crc32(table) | 0;
    this.columns = new Float64Array(columns);
    this.#words = new Int32Array(this.columns.buffer);
  }

  /** The seal of what the columns hold. */
  value(): number {
    const words = this.#words;
    let mixed = this.#table;
    for (let index = 0; index < words.length; index += 2) {
      mixed = Math.imul(mixed ^ words[index]!, 0x9e3779b1) + Math.imul(words[index + 1]!, 0x85ebca6b);
      mixed ^= mixed >>> 15;
    }
    return mixed;
  }
}

/** What stands for a text, or for none. */
export function textSum(value: string | Uint8Array | null): number {
  if (value === null) return absent;
  return typeof value === 'string' ? crc32(value) : crc32(value) + blobMark;
}

/** A number as SQLite gives it back: it knows no NaN, and no zero with a sign. */
export function plainNumber(value: number): number {
  return Number.isNaN(value) ? absent : value + 0;
}

/** The seal of a row as it is read or written as a whole. */
export function sealOf(table: HistoryTable, values: readonly Value[]): number {
  return fill(new Seal(table, values.length), values).value();
}

function fill(seal: Seal, values: readonly Value[]): Seal {
  const { columns } = seal;
  for (let column = 0; column < columns.length; column += 1) {
    const value = values[column]!;
    columns[column] = typeof value === 'number' ? plainNumber(value) : textSum(value);
  }
  return seal;
}

/** Whether rows of a table of the history are what was written. The last column is the seal. */
export class SealCheck {
  readonly #table: HistoryTable;
  readonly #report: (damage: Damage) => void;
  /** Rows up to this number may be without a seal: they were there before there were seals. */
  readonly #without: number;
  readonly #told = new Set<number>();
  #seal: Seal | undefined;

  constructor(connection: DatabaseSync, table: HistoryTable, report: (damage: Damage) => void) {
    this.#table = table;
    this.#report = report;
    this.#without = lastWithoutSeal(connection, table);
  }

  /** Reports a damaged row once; whoever asks leaves it out. */
  passes(row: Readonly<Record<string, unknown>>): boolean {
    const values = Object.values(row) as Value[];
    const number = Number(row[numberedBy[this.#table]]);
    this.#seal ??= new Seal(this.#table, values.length - 1);
    const reason = faultOf(this.#seal, values, number <= this.#without);
    if (reason === undefined) return true;
    this.tell(number, reason);
    return false;
  }

  tell(number: number, reason: string): void {
    if (this.#told.has(number) || this.#told.size >= mostTold) return;
    this.#told.add(number);
    this.#report({ origin: this.#table, key: `row ${number}`, reason });
  }
}

/** What is wrong with a row whose last value is its seal; undefined where nothing is. `maybeWithout`: it may be from before there were any. */
export function rowFault(
  table: HistoryTable,
  values: readonly Value[],
  maybeWithout: boolean,
): string | undefined {
  return faultOf(new Seal(table, values.length - 1), values, maybeWithout);
}

function faultOf(seal: Seal, values: readonly Value[], maybeWithout: boolean): string | undefined {
  const noted = values.at(-1);
  if (noted === null || noted === undefined) return maybeWithout ? undefined : 'it has lost its seal';
  return fill(seal, values).value() === noted ? undefined : 'its seal does not fit';
}

function lastWithoutSeal(connection: DatabaseSync, table: HistoryTable): number {
  const noted = connection.prepare('SELECT rows FROM sizes WHERE origin=?').get(`${table} without seal`);
  return Number(noted?.['rows'] ?? -1);
}
