import { pageBytes } from '../sqlite/header-check.ts';
import type { PageFile } from './page-file.ts';

/** What a column can hold. */
export type Value = null | number | string | Uint8Array;

/** A row as it lies in a page. */
export interface RawRow {
  /** Undefined in tables without row numbers. */
  readonly rowid: number | undefined;
  readonly values: readonly Value[];
  /** The pages that it lies in. */
  readonly pages: readonly number[];
}

export const kind = { interiorIndex: 2, interiorTable: 5, leafIndex: 10, leafTable: 13 } as const;
const kinds = new Set<number>(Object.values(kind));

/** What a page holds. */
export interface Node {
  readonly number: number;
  readonly kind: number;
  readonly rows: readonly RawRow[];
  /** Pages below it. */
  readonly children: readonly number[];
  /** Cells that could not be made sense of. */
  readonly garbled: number;
}

/**
 * Reads a page of a tree, as what it says that it is or as what it has to be; undefined where it is none. Whatever is in it, this ends, and
 * throws nothing.
 */
export function readNode(file: PageFile, number: number, as?: number): Node | undefined {
  const page = file.page(number);
  if (page === undefined) return undefined;
  const start = number === 1 ? 100 : 0;
  const is = as ?? page[start]!;
  if (!kinds.has(is)) return undefined;
  const interior = is === kind.interiorIndex || is === kind.interiorTable;
  const pointers = start + (interior ? 12 : 8);
  const most = Math.floor((pageBytes - pointers) / 4);
  const count = Math.min(page.readUInt16BE(start + 3), most);
  const rows: RawRow[] = [];
  const children: number[] = [];
  let garbled = 0;
  for (let index = 0; index < count; index += 1) {
    const at = page.readUInt16BE(pointers + index * 2);
    try {
      if (at < pointers || at > pageBytes - 4) throw new Error('outside');
      if (isFree(page, start, at)) throw new Error('what was deleted');
      if (interior) children.push(page.readUInt32BE(at));
      if (is === kind.interiorTable) continue;
      rows.push(readCell(file, number, page, at + (interior ? 4 : 0), is === kind.leafTable));
    } catch {
      garbled += 1;
    }
  }
  if (interior) children.push(page.readUInt32BE(start + 8));
  return { number, kind: is, rows, children, garbled };
}

/** Whether a place is free: a count that grew by a flipped bit must not bring back what was deleted, such as a token that was revoked. */
function isFree(page: Buffer, start: number, at: number): boolean {
  if (at < page.readUInt16BE(start + 5)) return true;
  let next = page.readUInt16BE(start + 1);
  for (let blocks = 0; next > 0 && next <= pageBytes - 4 && blocks < pageBytes / 4; blocks += 1) {
    if (at >= next && at < next + page.readUInt16BE(next + 2)) return true;
    next = page.readUInt16BE(next);
  }
  return false;
}

function readCell(file: PageFile, number: number, page: Buffer, start: number, table: boolean): RawRow {
  const cursor = new Cursor(page, start);
  const size = cursor.varint();
  const rowid = table ? cursor.varint() : undefined;
  const largest = table ? pageBytes - 35 : Math.floor(((pageBytes - 12) * 64) / 255) - 23;
  const pages = [number];
  const local = localPart(size, largest);
  const pieces = [cursor.bytes(local)];
  if (local < size) {
    let next = cursor.bytes(4).readUInt32BE(0);
    for (let left = size - local; left > 0; ) {
      // A chain that comes back to itself ends by its length.
      const overflow = file.page(next);
      if (overflow === undefined) throw new Error('an overflow page is missing');
      pages.push(next);
      const piece = overflow.subarray(4, 4 + Math.min(left, pageBytes - 4));
      pieces.push(piece);
      left -= piece.length;
      next = overflow.readUInt32BE(0);
    }
  }
  return { rowid, values: readRecord(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)), pages };
}

/** How much of a payload lies in the tree's own page. */
function localPart(size: number, largest: number): number {
  if (size > 2 ** 30) throw new Error('too large');
  if (size <= largest) return size;
  const smallest = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const fitting = smallest + ((size - smallest) % (pageBytes - 4));
  return fitting <= largest ? fitting : smallest;
}

function readRecord(record: Buffer): Value[] {
  const header = new Cursor(record, 0);
  const end = header.varint();
  if (end > record.length) throw new Error('outside');
  const body = new Cursor(record, end);
  const values: Value[] = [];
  while (header.at < end) values.push(readValue(header.varint(), body));
  if (header.at !== end || body.at !== record.length) throw new Error('its parts do not fit');
  return values;
}

const integerBytes = [0, 1, 2, 3, 4, 6, 8];

function readValue(type: number, body: Cursor): Value {
  if (type === 0) return null;
  if (type <= 6) return integer(body.bytes(integerBytes[type]!));
  if (type === 7) return body.bytes(8).readDoubleBE(0);
  if (type === 8 || type === 9) return type - 8;
  if (type < 12) throw new Error('no such type');
  const bytes = body.bytes(Math.floor((type - 12) / 2));
  return type % 2 === 1 ? bytes.toString('utf8') : new Uint8Array(bytes);
}

function integer(bytes: Buffer): number {
  return bytes.length === 8 ? Number(bytes.readBigInt64BE(0)) : bytes.readIntBE(0, bytes.length);
}

class Cursor {
  readonly #page: Buffer;
  at: number;

  constructor(page: Buffer, at: number) {
    this.#page = page;
    this.at = at;
  }

  /** SQLite's variable-length integer: seven bits a byte, the ninth whole. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 9; index += 1) {
      const byte = this.bytes(1)[0]!;
      if (index === 8) return value * 256 + byte;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value;
  }

  bytes(length: number): Buffer {
    if (length < 0 || this.at + length > this.#page.length) throw new Error('outside');
    this.at += length;
    return this.#page.subarray(this.at - length, this.at);
  }
}
