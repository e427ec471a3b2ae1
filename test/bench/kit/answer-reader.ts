/**
 * Finds where answers end in what a connection brings, one after the other. Knows `Content-Length` and chunks; the benchmark asks for
 * nothing whose answer has no body by its kind.
 */
export class AnswerReader {
  readonly #ended: (status: number) => void;
  #held: Buffer = Buffer.alloc(0);
  #status = 0;
  /** Body bytes to skip before looking again. */
  #skip = 0;
  #where: 'head' | 'body' | 'chunk-size' | 'chunk' | 'trailer' = 'head';

  constructor(ended: (status: number) => void) {
    this.#ended = ended;
  }

  take(bytes: Buffer): void {
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    while (this.#step());
  }

  /** True when there may be more to do with what is held. */
  #step(): boolean {
    if (this.#where === 'body' || this.#where === 'chunk') return this.#skipBody();
    const mark = this.#where === 'head' ? '\r\n\r\n' : '\r\n';
    const end = this.#held.indexOf(mark);
    if (end < 0) return false;
    const text = this.#held.toString('latin1', 0, end);
    this.#held = this.#held.subarray(end + mark.length);
    if (this.#where === 'head') this.#head(text);
    else if (this.#where === 'chunk-size') this.#chunkSize(text);
    else if (text === '') this.#answered();
    return true;
  }

  #skipBody(): boolean {
    const skipped = Math.min(this.#skip, this.#held.length);
    this.#skip -= skipped;
    this.#held = this.#held.subarray(skipped);
    if (this.#skip > 0) return false;
    if (this.#where === 'chunk') this.#where = 'chunk-size';
    else this.#answered();
    return true;
  }

  #head(text: string): void {
    this.#status = Number(text.slice(9, 12));
    const length = /^content-length:\s*(\d+)/im.exec(text)?.[1];
    if (length === undefined && /^transfer-encoding:\s*chunked/im.test(text)) {
      this.#where = 'chunk-size';
      return;
    }
    this.#skip = Number(length ?? 0);
    this.#where = 'body';
  }

  #chunkSize(text: string): void {
    const size = Number.parseInt(text, 16);
    this.#where = size === 0 ? 'trailer' : 'chunk';
    this.#skip = size + 2;
  }

  #answered(): void {
    this.#where = 'head';
    this.#ended(this.#status);
  }
}
