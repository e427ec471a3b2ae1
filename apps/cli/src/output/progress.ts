import { milliseconds } from './quantities.ts';
import type { Sink } from './sink.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const quietMs = 200;
const elapsedAfterMs = 2000;

/**
 * Says that something takes a while: on a terminal a spinner after 200 ms, with the elapsed time after 2 s; elsewhere nothing moves, and
 * `step` prints a line.
 */
export class Progress {
  readonly #sink: Sink;
  readonly #lively: boolean;
  readonly #lines: boolean;
  readonly #started = Date.now();
  #label: string;
  #timer: NodeJS.Timeout | undefined;
  #shown = false;
  #frame = 0;

  constructor(sink: Sink, label: string, options: { lively: boolean; lines: boolean }) {
    this.#sink = sink;
    this.#label = label;
    this.#lively = options.lively;
    this.#lines = options.lines;
    if (this.#lively) this.#timer = setInterval(() => this.#draw(), 80).unref();
    else this.#print();
  }

  /** The next part of the work. */
  step(label: string): void {
    this.#label = label;
    if (!this.#lively) this.#print();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#shown) void this.#sink.write('\r\x1b[2K');
    this.#shown = false;
  }

  #print(): void {
    if (this.#lines) void this.#sink.write(`${this.#label} …\n`);
  }

  #draw(): void {
    const elapsed = Date.now() - this.#started;
    if (elapsed < quietMs) return;
    this.#shown = true;
    this.#frame = (this.#frame + 1) % frames.length;
    const time = elapsed < elapsedAfterMs ? '' : ` ${milliseconds(Math.floor(elapsed / 1000) * 1000)}`;
    const line = `${frames[this.#frame]} ${this.#label}${time}`.slice(0, this.#sink.columns - 1);
    void this.#sink.write(`\r\x1b[2K${line}`);
  }
}
