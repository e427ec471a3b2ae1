/** A stream of the process, written with back-pressure; a reader that has gone is told once and is no failure. */
export class Sink {
  readonly #stream: NodeJS.WriteStream;
  #gone = false;
  /** Writers that wait for room. */
  #waiting: (() => void)[] = [];

  /** `readerGone` is called when nobody reads any more (`wherry logs | head -1`). */
  constructor(stream: NodeJS.WriteStream, readerGone: () => void) {
    this.#stream = stream;
    stream.on('drain', () => this.#go());
    stream.on('close', () => this.#go());
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#gone = true;
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      readerGone();
      this.#go();
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.isTTY ? this.#stream.columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** Resolves when the reader has room for more. */
  async write(chunk: Uint8Array | string): Promise<void> {
    if (this.#gone || chunk.length === 0 || this.#stream.write(chunk)) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Resolves when everything has been handed over: where streams are asynchronous, exiting before would lose it. */
  async flush(): Promise<void> {
    if (this.#gone) return;
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }

  #go(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
