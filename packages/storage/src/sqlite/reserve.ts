import { randomFillSync } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivate } from './home-lock.ts';

/** As much as the log holds before it is brought into the database, which grows by that, and a little for what is written then. */
const usualBytes = 5 * 2 ** 20;
/** Of a small disk. */
const mostShare = 0.25;
const pieceBytes = 65_536;

/**
 * Room on the disk that is kept for what must go on when it is full: removing something, or noting that it is done, also needs a little.
 * A file of noise, so that no file system packs it into less.
 */
export class Reserve {
  readonly #path: string;
  #bytes = 0;

  constructor(home: string) {
    this.#path = join(home, 'wherry.reserve');
    try {
      const { blocks, bsize } = statfsSync(home);
      this.#bytes = Math.floor(Math.min(usualBytes, blocks * bsize * mostShare));
    } catch {
      // A file system that does not say how large it is gets none.
    }
  }

  /** Puts back what is missing, as far as it fits. Never throws: a small reserve is better than no database. */
  fill(): void {
    this.#withFile((file) => {
      const piece = Buffer.allocUnsafe(pieceBytes);
      for (let size = fstatSync(file).size; size < this.#bytes; ) {
        randomFillSync(piece);
        size += writeSync(file, piece, 0, Math.min(piece.length, this.#bytes - size));
      }
    });
  }

  /** Gives the room to whoever writes next; returns how many bytes that are. */
  spend(): number {
    let bytes = 0;
    this.#withFile((file) => {
      bytes = fstatSync(file).size;
      ftruncateSync(file, 0);
    });
    return bytes;
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
