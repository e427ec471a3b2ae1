/** Bytes that grow, with whole numbers in as few of them as they need. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A whole number from 0 to 2^53. */
  number(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /**
   * Whole numbers of either sign, of at most 51 bits; a run of zeros takes as much as one of them does.
   */
  run(values: ArrayLike<number>): void {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]!;
      if (value !== 0) {
        this.number(value < 0 ? -2 * value - 1 : 2 * value);
        continue;
      }
      const first = at;
      while (values[at + 1] === 0) at += 1;
      this.number(0);
      this.number(at - first);
    }
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A `Buffer` shares what it is sliced from.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  number(): number {
    let byte = this.#bytes[this.#at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  run(count: number): Float64Array {
    const values = new Float64Array(count);
    for (let at = 0; at < count; at += 1) {
      const value = this.number();
      if (value === 0) at += this.number();
      else values[at] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return values;
  }

  raw(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}
