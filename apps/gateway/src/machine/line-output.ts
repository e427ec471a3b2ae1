import { write } from 'node:fs';

/** What a reader that has stopped may cost in memory. */
const mostBytes = 4 * 2 ** 20;
/** Written at a time. */
const pieceBytes = 256 * 2 ** 10;
const retryMs = 20;

/**
 * Lines to a descriptor that somebody else reads, perhaps slowly, perhaps no more: nothing here waits for them. Node's own standard
 * output would, where it is a pipe. What finds no room is dropped and counted, and said among the lines once there is room again.
 */
export class LineOutput {
  readonly #descriptor: number;
  readonly #lost: (lines: number) => string;
  #lines: string[] = [];
  #bytes = 0;
  #writing = false;
  #unsaid = 0;
  #gone = false;
  #idle: (() => void)[] = [];
  dropped = 0;

  /** `lost`: how so many lost lines are said. */
  constructor(descriptor: number, lost: (lines: number) => string) {
    this.#descriptor = descriptor;
    this.#lost = lost;
  }

  add(line: string): void {
    if (this.#gone || this.#bytes + line.length > mostBytes) {
      this.dropped += 1;
      this.#unsaid += 1;
      return;
    }
    if (this.#unsaid > 0) this.#put(this.#lost(this.#unsaid));
    this.#unsaid = 0;
    this.#put(line);
    if (!this.#writing) this.#next();
  }

  /** Waits for what is held, for a moment. */
  close(withinMs: number): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, withinMs);
      this.#idle.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  #put(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  #next(): void {
    if (this.#lines.length === 0) {
      this.#writing = false;
      for (const told of this.#idle.splice(0)) told();
      return;
    }
    this.#writing = true;
    let taken = 0;
    let length = 0;
    while (taken < this.#lines.length && length < pieceBytes) length += this.#lines[taken++]?.length ?? 0;
    const text = this.#lines.splice(0, taken).join('');
    this.#send(Buffer.from(text), length);
  }

  #send(bytes: Buffer, counted: number): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(() => this.#send(bytes, counted), retryMs).unref();
      if (error !== null) return this.#lose();
      if (written < bytes.length) return this.#send(bytes.subarray(written), counted);
      this.#bytes -= counted;
      this.#next();
    });
  }

  /** Whoever read is gone, and does not come back. */
  #lose(): void {
    this.#gone = true;
    this.dropped += this.#lines.length;
    this.#lines = [];
    this.#next();
  }
}
