/** Reads the chunks of a body (docs/runtime-protocol.md): lengths are taken out, the bytes go on as they come. */
export class ChunkReader {
  #left = 0;
  #lengthBytes = 0;
  #length = 0;
  ended = false;

  /** Feeds bytes; `take` gets pieces of the body. Returns what lies behind the end of the body. */
  read(bytes: Buffer, take: (piece: Buffer) => void): Buffer {
    let at = 0;
    while (at < bytes.length && !this.ended) {
      if (this.#left > 0) {
        const piece = bytes.subarray(at, at + Math.min(this.#left, bytes.length - at));
        at += piece.length;
        this.#left -= piece.length;
        take(piece);
      } else {
        this.#length = this.#length * 256 + (bytes[at++] as number);
        if (++this.#lengthBytes < 4) continue;
        this.#left = this.#length;
        this.ended = this.#length === 0;
        this.#lengthBytes = 0;
        this.#length = 0;
      }
    }
    return bytes.subarray(at);
  }
}

/** The length before a chunk; 0 ends the body. */
export function chunkLength(bytes: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(bytes);
  return prefix;
}

/** Chunks are shorter than 4 GiB; a known length above that is sent in pieces. */
export const maxChunkBytes = 0xffffffff;
