import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { headerBytes, headerFault, pageBytes } from '../sqlite/header-check.ts';

/**
 * The pages of a database file, without SQLite: also where it would refuse the file. The write-ahead log is laid over it, up to the last
 * commit that is whole, as SQLite would (https://www.sqlite.org/fileformat2.html, 4).
 */
export class PageFile {
  readonly #file: number;
  readonly #log: Buffer;
  /** Where in the log the newest content of a page stands. */
  readonly #logged: ReadonlyMap<number, number>;
  /** How many pages there are, whatever the header says. */
  readonly pages: number;
  /** How many there should be. */
  readonly expected: number;
  readonly headerFault: string | undefined;
  /** The schema's number in the header. */
  readonly schema: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const { size } = fstatSync(this.#file);
    this.#log = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
    const { pages, commit } = readLog(this.#log);
    this.#logged = pages;
    this.pages = Math.max(Math.floor(size / pageBytes), commit);
    const header = this.page(1) ?? this.#beginning();
    this.schema = header?.readUInt32BE(60) ?? 0;
    this.headerFault = header === undefined ? 'it was cut off' : headerFault(header);
    // What the header says counts where it can be trusted to be a number of pages at all.
    const said = commit > 0 ? commit : this.headerFault === undefined ? header!.readUInt32BE(28) : 0;
    const whole = said > 0 && said < this.pages * 64 + 1024 ? said : this.pages;
    this.expected = Math.max(whole, Math.ceil(size / pageBytes), 1);
  }

  /** A page by its number, from 1; undefined where the file has none, or only a part of it. */
  page(number: number): Buffer | undefined {
    const logged = this.#logged.get(number);
    if (logged !== undefined) return this.#log.subarray(logged, logged + pageBytes);
    const page = Buffer.alloc(pageBytes);
    const length = readSync(this.#file, page, 0, pageBytes, (number - 1) * pageBytes);
    return length === pageBytes ? page : undefined;
  }

  /** The header of a file that has not even one page. */
  #beginning(): Buffer | undefined {
    const header = Buffer.alloc(headerBytes);
    return readSync(this.#file, header, 0, headerBytes, 0) === headerBytes ? header : undefined;
  }

  close(): void {
    closeSync(this.#file);
  }
}

const logHeader = 32;
const frameHeader = 24;

function readLog(log: Buffer): { pages: Map<number, number>; commit: number } {
  const none = { pages: new Map<number, number>(), commit: 0 };
  if (log.length < logHeader) return none;
  const magic = log.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== 0x377f0682 || log.readUInt32BE(8) !== pageBytes) return none;
  const bigEndian = (magic & 1) === 1;
  let sums = checksum(log.subarray(0, 24), [0, 0], bigEndian);
  if (sums[0] !== log.readUInt32BE(24) || sums[1] !== log.readUInt32BE(28)) return none;
  const salts = log.subarray(16, 24);
  const pages = new Map<number, number>();
  let pending: [number, number][] = [];
  let commit = 0;
  for (let at = logHeader; at + frameHeader + pageBytes <= log.length; at += frameHeader + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    sums = checksum(log.subarray(at, at + 8), sums, bigEndian);
    sums = checksum(log.subarray(at + frameHeader, at + frameHeader + pageBytes), sums, bigEndian);
    if (sums[0] !== log.readUInt32BE(at + 16) || sums[1] !== log.readUInt32BE(at + 20)) break;
    pending.push([log.readUInt32BE(at), at + frameHeader]);
    const size = log.readUInt32BE(at + 4);
    if (size === 0) continue;
    for (const [page, place] of pending) pages.set(page, place);
    pending = [];
    commit = size;
  }
  return { pages, commit };
}

function checksum(bytes: Buffer, [one, two]: readonly number[], bigEndian: boolean): [number, number] {
  let [s0, s1] = [one!, two!];
  for (let at = 0; at < bytes.length; at += 8) {
    const [x, y] = bigEndian
      ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
      : [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    s0 = (s0 + x + s1) >>> 0;
    s1 = (s1 + y + s0) >>> 0;
  }
  return [s0, s1];
}
