import type { Cancel, Clock } from '@wherry/core/ports/clock';
import { type SpanExporter, SpansRefused } from '@wherry/core/ports/span-exporter';
import type { Span } from '@wherry/core/trace';

const flushMs = 1_000;
/** Sent before its time once there are so many. */
const groupSize = 512;
/** What is held while the receiver does not keep up. */
const mostHeld = 8_192;
const timeMs = 10_000;
const firstWaitMs = 1_000;
const mostWaitMs = 30_000;
const mostAttempts = 5;

/** Spans on their way out: in groups, one after another. Nothing waits for them; what finds no room is dropped and counted. */
export class SpanOutbox {
  readonly #exporter: SpanExporter;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  #waiting: Span[] = [];
  #scheduled: Cancel | undefined;
  #sending: Promise<void> | undefined;
  #told = false;
  #closed = false;
  dropped = 0;
  sent = 0;

  constructor(exporter: SpanExporter, clock: Clock, problem: (message: string) => void) {
    this.#exporter = exporter;
    this.#clock = clock;
    this.#problem = problem;
  }

  /** Whether so many more are taken; asked before they are made. Those that are not are counted. */
  hasRoom(count: number): boolean {
    if (!this.#closed && this.#waiting.length + count <= mostHeld) return true;
    this.dropped += count;
    return false;
  }

  add(spans: readonly Span[]): void {
    if (!this.hasRoom(spans.length)) return;
    this.#waiting.push(...spans);
    if (this.#waiting.length >= groupSize) void this.flush();
    else this.#scheduled ??= this.#clock.after(flushMs, () => void this.flush());
  }

  /** Sends what is held. Resolves when it is there, or given up. */
  flush(): Promise<void> {
    this.#scheduled?.();
    this.#scheduled = undefined;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** What is held is tried once more, for a moment. */
  async close(withinMs: number): Promise<void> {
    const late = new Promise<void>((resolve) => void this.#clock.after(withinMs, resolve));
    await Promise.race([this.flush(), late]);
    this.#closed = true;
    this.#scheduled?.();
    this.dropped += this.#waiting.length;
    this.#waiting = [];
    this.#exporter.close();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) await this.#send(this.#waiting.splice(0, groupSize));
  }

  async #send(group: readonly Span[]): Promise<void> {
    for (let attempt = 1; !this.#closed; attempt += 1) {
      try {
        const unwanted = await this.#once(group);
        this.dropped += unwanted;
        this.sent += group.length - unwanted;
        this.#told = false;
        return;
      } catch (error) {
        const again = error instanceof SpansRefused && error.again && attempt < mostAttempts;
        this.#tell((error as Error).message);
        if (!again) break;
        const wait = Math.min(mostWaitMs, firstWaitMs * 2 ** (attempt - 1));
        await new Promise<void>((resolve) => void this.#clock.after(wait, resolve));
      }
    }
    this.dropped += group.length;
  }

  async #once(group: readonly Span[]): Promise<number> {
    const late = new AbortController();
    const stop = this.#clock.after(timeMs, () => late.abort());
    try {
      return await this.#exporter.export(group, late.signal);
    } finally {
      stop();
    }
  }

  /** Said once: what keeps one group back keeps the next ones, too. The count is among the metrics. */
  #tell(why: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#problem(`traces are not taken: ${why}`);
  }
}
