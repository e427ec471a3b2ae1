import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Host } from './host.ts';

/** How many hosts wait per runtime when nothing happens. */
const restingSize = 2;
/** Most hosts that wait, however many wakes there are. */
const largestSize = 8;
/** A wake counts towards the pool's size for this long. */
const memoryMs = 30_000;
/** The wake that emptied a place goes first; the refill comes behind it. */
const refillDelayMs = 30;
/** After a failed start, so that a broken machine is not hammered. */
const failedDelayMs = 5_000;

/**
 * Hosts that have been started ahead of time, in their fences, without a function. Taking one makes a cold start a matter of loading
 * the code. The pool grows with the number of wakes in the last half minute and goes back when they stop.
 */
export class HostPool {
  readonly #clock: Clock;
  readonly #start: () => Promise<Host>;
  readonly #retire: (host: Host) => void;
  readonly #waiting: Host[] = [];
  #starting = 0;
  #takes: number[] = [];
  #refill: Cancel | undefined;
  #shrink: Cancel | undefined;
  #closed = false;

  constructor(clock: Clock, start: () => Promise<Host>, retire: (host: Host) => void) {
    this.#clock = clock;
    this.#start = start;
    this.#retire = retire;
    this.#scheduleRefill(0);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /**
   * A waiting host, or undefined when there is none: the caller starts its own. `further` is for a function that runs already: it leaves those
   * that wait at rest to functions that sleep, and what it takes is no sign of more wakes to come.
   */
  take(further = false): Host | undefined {
    if (further && this.#waiting.length <= restingSize) return undefined;
    if (!further) this.#takes.push(this.#clock.monotonic());
    let host = this.#waiting.shift();
    while (host !== undefined && host.process.end !== undefined) host = this.#waiting.shift();
    this.#scheduleRefill(refillDelayMs);
    this.#shrink ??= this.#clock.after(memoryMs + 1000, () => this.#shrinkToWanted());
    return host;
  }

  /** A host that ended while it waited is dropped. */
  dropped(id: string): boolean {
    const at = this.#waiting.findIndex((host) => host.id === id);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    this.#scheduleRefill(failedDelayMs);
    return true;
  }

  /** The hosts that still wait; none is started any more. */
  close(): readonly Host[] {
    this.#closed = true;
    this.#refill?.();
    this.#shrink?.();
    return this.#waiting.splice(0);
  }

  get #wanted(): number {
    const since = this.#clock.monotonic() - memoryMs;
    this.#takes = this.#takes.filter((at) => at > since);
    return Math.min(largestSize, Math.max(restingSize, this.#takes.length));
  }

  #shrinkToWanted(): void {
    this.#shrink = undefined;
    while (this.#waiting.length > this.#wanted) this.#retire(this.#waiting.pop() as Host);
    if (this.#waiting.length > restingSize)
      this.#shrink = this.#clock.after(memoryMs, () => this.#shrinkToWanted());
  }

  #scheduleRefill(ms: number): void {
    if (this.#closed || this.#refill !== undefined) return;
    this.#refill = this.#clock.after(ms, () => {
      this.#refill = undefined;
      // One at a time: starting is processor work that the calls now running need too.
      if (this.#starting > 0 || this.#waiting.length >= this.#wanted) return;
      this.#starting += 1;
      this.#start().then(
        (host) => this.#started(host),
        () => {
          this.#starting -= 1;
          this.#scheduleRefill(failedDelayMs);
        },
      );
    });
  }

  #started(host: Host): void {
    this.#starting -= 1;
    this.#waiting.push(host);
    if (this.#closed) host.process.kill();
    else this.#scheduleRefill(0);
  }
}
