import { type Frame, headerBytes, maxFrameBytes } from './frame.ts';

/** The peer sent what no frame can be. */
export class BrokenFrame extends Error {}

const none = Buffer.alloc(0);

/** Cuts a stream of bytes into frames. What is left of an unfinished frame is kept for the next read. */
export class FrameReader {
  #rest: Buffer = none;

  /**
   * Calls `take` for each complete frame. When `take` answers false the reading ends there and the bytes behind that frame
   * are returned: they are no frames (a body follows on this connection). Throws BrokenFrame.
   */
  read(bytes: Buffer, take: (frame: Frame) => boolean): Buffer {
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (buffer.length - at >= headerBytes) {
      const size = buffer.readUInt32BE(at) + 4;
      const headSize = buffer.readUInt32BE(at + 16);
      if (size > maxFrameBytes || size < headerBytes || headSize > size - headerBytes) {
        throw new BrokenFrame(`a frame of ${size} bytes with a head of ${headSize}`);
      }
      if (buffer.length - at < size) break;
      const bodyAt = at + headerBytes + headSize;
      const frame: Frame = {
        id: buffer.readUInt32BE(at + 4),
        type: buffer[at + 8] as number,
        flags: buffer[at + 9] as number,
        status: buffer.readUInt16BE(at + 10),
        aux: buffer.readUInt32BE(at + 12),
        head: headSize === 0 ? '' : buffer.toString('latin1', at + headerBytes, bodyAt),
        body: buffer.subarray(bodyAt, at + size),
      };
      at += size;
      if (!take(frame)) {
        this.#rest = none;
        return buffer.subarray(at);
      }
    }
    this.#rest = at === buffer.length ? none : buffer.subarray(at);
    buffer = none;
    return none;
  }
}
