import { randomFillSync } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivate } from './home-lock.ts';

/** Room for some dozens of removals; each writes a few pages to the log before it gives any back. */
const reserveBytes = 2 ** 20;
const pieceBytes = 65_536;

/**
 * Room on the disk that is kept for what must go on when it is full: removing something, or noting that it is done, also needs a little.
 * A file of noise, so that no file system packs it into less.
 */
export class Reserve {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, 'wherry.reserve');
  }

  /** Puts back what is missing, as far as it fits. Never throws: a small reserve is better than no database. */
  fill(): void {
    this.#withFile((file) => {
      const piece = Buffer.allocUnsafe(pieceBytes);
      for (let size = fstatSync(file).size; size < reserveBytes; ) {
        randomFillSync(piece);
        size += writeSync(file, piece, 0, Math.min(piece.length, reserveBytes - size));
      }
    });
  }

  /** Gives the room to whoever writes next. */
  spend(): void {
    this.#withFile((file) => ftruncateSync(file, 0));
  }

  #withFile(work: (file: number) => void): void {
    try {
      createPrivate(this.#path);
      const file = openSync(this.#path, 'a');
      try {
        work(file);
      } finally {
        closeSync(file);
      }
    } catch {
      // The disk is full, or cannot be written: what comes next finds out, and says it.
    }
  }
}
