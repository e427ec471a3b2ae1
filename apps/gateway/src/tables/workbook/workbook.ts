import { Readable } from 'node:stream';
import type { Row, Table } from '@wherry/core/table';
import { ZipFile } from 'yazl';
import { headXml, mostRows, rowXml } from './cells.ts';
import { otherParts, sheetEnd, sheetPath, sheetStart } from './parts.ts';

/** A sheet that would be longer goes on in another: archives of old tell sizes up to four gigabytes. */
const mostSheetCharacters = 2 ** 30;
/** Rows that are handed on together. */
const pieceCharacters = 2 ** 16;
/** Fast: what is written is mostly the same words over and over. */
const compressionLevel = 3;

/** What sheets may hold, so that a test need not write a million rows to see the next one begin. */
export interface SheetBounds {
  /** With the head line. */
  readonly rows: number;
  readonly characters: number;
}

const excel: SheetBounds = { rows: mostRows, characters: mostSheetCharacters };

/** A table as an Excel workbook, written as it is read: what does not fit into one sheet goes on in the next. */
export async function* workbook(table: Table, bounds = excel): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const rows = new Rows(table);
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const failed = (error: Error): void => {
    ended.reject(error);
    (zip.outputStream as Readable).destroy(error);
  };
  zip.on('error', failed);
  let sheets = 0;
  let open: Readable | undefined;
  const sheet = (): void => {
    sheets += 1;
    open = Readable.from(sheetXml(table, rows, bounds), {
      objectMode: false,
      highWaterMark: pieceCharacters,
    });
    open.once('error', failed);
    open.once('end', () => {
      if (!rows.over) return sheet();
      for (const [path, xml] of otherParts(table.name, sheets)) zip.addBuffer(Buffer.from(xml), path);
      zip.end();
    });
    zip.addReadStream(open, sheetPath(sheets), { compressionLevel });
  };
  sheet();
  try {
    for await (const piece of zip.outputStream) yield piece as Buffer;
  } finally {
    open?.destroy();
    await rows.close();
  }
}

async function* sheetXml(table: Table, rows: Rows, bounds: SheetBounds): AsyncGenerator<string> {
  let piece = sheetStart(table.columns) + headXml(table.columns);
  let [count, characters] = [1, piece.length];
  for (let row = await rows.next(); row !== undefined; row = await rows.next()) {
    const xml = rowXml(table.columns, row);
    piece += xml;
    count += 1;
    characters += xml.length;
    if (piece.length >= pieceCharacters) {
      yield piece;
      piece = '';
    }
    if (count >= bounds.rows || characters >= bounds.characters) break;
  }
  await rows.look();
  yield piece + sheetEnd;
}

/** Rows one by one, out of their pages. */
class Rows {
  readonly #pages: AsyncIterator<readonly Row[]>;
  #page: readonly Row[] = [];
  #at = 0;
  over = false;

  constructor(table: Table) {
    this.#pages = table.pages[Symbol.asyncIterator]();
  }

  async next(): Promise<Row | undefined> {
    if (this.#at >= this.#page.length) await this.look();
    return this.#page[this.#at++];
  }

  /** Finds out whether there is another one. */
  async look(): Promise<void> {
    while (this.#at >= this.#page.length && !this.over) {
      const { done, value } = await this.#pages.next();
      this.over = done === true;
      [this.#page, this.#at] = [value ?? [], 0];
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
