import { type Frame, headerBytes, maxFrameBytes } from './frame.ts';

/** The peer sent what no frame can be. */
export class BrokenFrame extends Error {}

const none = Buffer.alloc(0);

/** Cuts a stream of bytes into frames. What is left of an unfinished frame is kept for the next read. */
export class FrameReader {
  /** The start of an unfinished frame, in a buffer with room to grow: a peer that sends byte by byte costs no more than its bytes. */
  #rest: Buffer = none;
  #used = 0;

  /**
   * Calls `take` for each complete frame. When `take` answers false the reading ends there and the bytes behind that frame
   * are returned: they are no frames (a body follows on this connection). Throws BrokenFrame.
   */
  read(bytes: Buffer, take: (frame: Frame) => boolean): Buffer {
    const buffer = this.#used === 0 ? bytes : this.#joined(bytes);
    if (buffer === undefined) return none;
    let at = 0;
    while (buffer.length - at >= headerBytes) {
      const size = sizeAt(buffer, at);
      if (buffer.length - at < size) break;
      const bodyAt = at + headerBytes + buffer.readUInt32BE(at + 16);
      const frame: Frame = {
        id: buffer.readUInt32BE(at + 4),
        type: buffer[at + 8] as number,
        flags: buffer[at + 9] as number,
        status: buffer.readUInt16BE(at + 10),
        aux: buffer.readUInt32BE(at + 12),
        head: bodyAt === at + headerBytes ? '' : buffer.toString('latin1', at + headerBytes, bodyAt),
        body: buffer.subarray(bodyAt, at + size),
      };
      at += size;
      if (!take(frame)) return buffer.subarray(at);
    }
    if (at < buffer.length) this.#keep(buffer.subarray(at));
    return none;
  }

  /** What was kept and what came now, or undefined where that is still not a whole frame. */
  #joined(bytes: Buffer): Buffer | undefined {
    this.#keep(bytes);
    if (this.#used < headerBytes || this.#used < sizeAt(this.#rest, 0)) return undefined;
    const all = this.#rest.subarray(0, this.#used);
    // Not used again: the frames that are cut from it may be looked at for some time.
    this.#rest = none;
    this.#used = 0;
    return all;
  }

  #keep(bytes: Buffer): void {
    const needed = this.#used + bytes.length;
    if (needed > this.#rest.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#rest.length));
      this.#rest.copy(larger, 0, 0, this.#used);
      this.#rest = larger;
    }
    bytes.copy(this.#rest, this.#used);
    this.#used = needed;
  }
}

/** Bytes of the frame at `at`, its length field included. */
function sizeAt(buffer: Buffer, at: number): number {
  const size = buffer.readUInt32BE(at) + 4;
  const headSize = buffer.readUInt32BE(at + 16);
  if (size > maxFrameBytes || size < headerBytes || headSize > size - headerBytes) {
    throw new BrokenFrame(`a frame of ${size} bytes with a head of ${headSize}`);
  }
  return size;
}
