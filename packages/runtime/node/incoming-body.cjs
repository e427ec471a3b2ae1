// The body of a request that arrives in chunks on a side connection. Whoever reads it decides the pace: until then,
// and while the reader has enough, the socket isn't read.
'use strict';
const { passedBy } = require('./memory.cjs');
const { min } = Math;
const { Buffer } = globalThis;

class IncomingBody {
  constructor(socket) {
    this.socket = socket;
    this.ended = false;
    this.broken = false;
    /** Bytes to come in the chunk that is being read, and the length that is being put together. */
    this.left = 0;
    this.length = 0;
    this.lengthBytes = 0;
    this.waiting = [];
    this.reader = null;
  }

  /** Takes what belongs to this body out of `bytes`, from `at` on; the answer is where it ended. */
  take(bytes, at) {
    const end = bytes.length;
    while (at < end && !this.ended) {
      if (this.left > 0) {
        const size = min(this.left, end - at);
        this.left -= size;
        this.push(bytes.subarray(at, at + size));
        at += size;
        continue;
      }
      this.length = this.length * 256 + bytes[at++];
      if (++this.lengthBytes < 4) continue;
      this.left = this.length;
      this.length = 0;
      this.lengthBytes = 0;
      if (this.left === 0) this.finish();
    }
    return at;
  }

  push(piece) {
    if (this.broken) return;
    passedBy(piece.length);
    if (this.reader === null) this.waiting.push(piece);
    if (this.reader === null || !this.reader.data(piece)) this.socket.pause();
  }

  finish() {
    this.ended = true;
    this.socket.resume();
    this.reader?.end();
  }

  /** It will never be whole. */
  cut() {
    if (this.ended || this.broken) return;
    this.broken = true;
    this.waiting = [];
    this.reader?.cut();
  }

  /** Hands everything to `reader`: `data(bytes)` says whether it wants more at once, then `end()` or `cut()`. */
  read(reader) {
    this.reader = reader;
    let more = true;
    for (const piece of this.waiting) more = reader.data(piece) && more;
    this.waiting = [];
    if (this.broken) reader.cut();
    else if (this.ended) reader.end();
    else if (more) this.socket.resume();
  }

  /** The reader wants more. */
  resume() {
    if (!this.ended && !this.broken) this.socket.resume();
  }

  /** Reads the whole into memory, up to `limit` bytes: `(null, bytes)`, or an error with `status`. */
  collect(limit, done) {
    let pieces = [];
    let size = 0;
    const stop = (error) => {
      if (pieces === null) return;
      pieces = null;
      done(error, null);
    };
    this.read({
      data: (piece) => {
        size += piece.length;
        if (size > limit) stop(Object.assign(new Error('request entity too large'), { status: 413 }));
        pieces?.push(piece);
        return true;
      },
      end: () => pieces !== null && done(null, Buffer.concat(pieces, size)),
      cut: () => stop(Object.assign(new Error('request aborted'), { status: 400 })),
    });
  }
}

module.exports = { IncomingBody };
