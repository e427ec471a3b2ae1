import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { damagedFile } from './sqlite-failure.ts';

/** How the header of a database file of ours begins, where it never changes (SQLite's file format, 1.3). */
export const pageBytes = 4096;
export const headerBytes = 100;

/** Reads what is at a place in the header, and what has to be there. */
const fixed: readonly (readonly [what: string, at: number, length: number, wanted: readonly number[]])[] = [
  ['page size', 16, 2, [pageBytes]],
  ['write version', 18, 1, [1, 2]],
  ['read version', 19, 1, [1, 2]],
  ['reserved space', 20, 1, [0]],
  ['payload fractions', 21, 3, [0x402020]],
  ['schema format', 44, 4, [4]],
  ['text encoding', 56, 4, [1]],
  ['vacuum mode', 64, 4, [1]],
  ['application', 68, 4, [0]],
];

/** What is wrong with a header, undefined where nothing is. */
export function headerFault(header: Buffer): string | undefined {
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'it is no database';
  // One that was made and holds nothing yet: the rest comes with its first table.
  if (header.readUInt32BE(60) === 0) return undefined;
  for (const [what, at, length, wanted] of fixed) {
    const found = header.readUIntBE(at, length);
    if (!wanted.includes(found)) return `its header says ${found} for the ${what}`;
  }
  return undefined;
}

/**
 * Throws `storage_damaged` where the header of a file is not one of ours: a flipped bit there makes SQLite read every text as UTF-16, or
 * every page a little off, and sound rows look damaged.
 */
export function checkHeader(path: string): void {
  // The first write of all was cut off: what it left is taken back by SQLite, and looked at then.
  if (existsSync(`${path}-journal`)) return;
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    const length = readSync(file, header, 0, headerBytes, 0);
    // A new file is empty until its first page was written.
    if (length === 0) return;
    const fault = length < headerBytes ? 'it was cut off' : headerFault(header);
    if (fault !== undefined) throw damagedFile(path, fault);
  } finally {
    closeSync(file);
  }
}
