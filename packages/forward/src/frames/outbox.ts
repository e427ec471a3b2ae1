import type { Socket } from 'node:net';
import { headerBytes, writeHeader } from './frame.ts';

const initialBytes = 16 * 1024;
const keptBytes = 256 * 1024;

/**
 * Gathers the frames of one turn of the event loop and writes them at once: one system call for many calls. Two
 * buffers take turns, because the socket may still hold the one that was written last.
 */
export class Outbox {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.allocUnsafe(initialBytes);
  #spare: Buffer | undefined = Buffer.allocUnsafe(initialBytes);
  #used = 0;
  #scheduled = false;
  /** Bytes handed to the socket that it has not written yet. */
  #inFlight = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** A frame with a Latin-1 head. Both are copied. */
  frame(id: number, type: number, aux: number, head: string, body: Uint8Array | undefined): void {
    const bodyBytes = body === undefined ? 0 : body.length;
    const at = this.#reserve(headerBytes + head.length + bodyBytes);
    writeHeader(this.#buffer, at, id, type, 0, aux, head.length, bodyBytes);
    this.#buffer.write(head, at + headerBytes, 'latin1');
    if (bodyBytes > 0) this.#buffer.set(body as Uint8Array, at + headerBytes + head.length);
    this.#schedule();
  }

  #reserve(bytes: number): number {
    const at = this.#used;
    const needed = at + bytes;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    this.#used = needed;
    return at;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#used === 0 || this.#socket.destroyed) return;
    const written = this.#buffer;
    const bytes = this.#used;
    this.#buffer = this.#spare ?? Buffer.allocUnsafe(initialBytes);
    this.#spare = undefined;
    this.#used = 0;
    this.#inFlight += bytes;
    this.#socket.write(written.subarray(0, bytes), () => {
      this.#inFlight -= bytes;
      if (this.#spare === undefined && written.length <= keptBytes) this.#spare = written;
    });
  };

  /** What a slow host has not taken yet; the lane refuses new calls above a bound. */
  get waitingBytes(): number {
    return this.#inFlight + this.#used;
  }
}
