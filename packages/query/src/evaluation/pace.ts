import { bounds } from '../bounds.ts';
import { abandoned, outOfTime, tooLarge } from '../refusal.ts';

/** How much work passes before the clock is looked at, counted in samples. */
const glanceEvery = 2_000;

/** What it takes to copy and compare the labels of one series, in samples. */
export const seriesToil = 50;

/** What a query has cost so far, and when others get their turn. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;
  #samples = 0;
  #sinceGlance = 0;
  #turnBegan = performance.now();

  constructor(signal?: AbortSignal, deadlineMs: number = bounds.deadlineMs) {
    this.#signal = signal;
    this.#deadline = performance.now() + Math.min(deadlineMs, bounds.deadlineMs);
  }

  get samples(): number {
    return this.#samples;
  }

  /**
   * Counts samples read, looked at or made; true says that it is time to `rest`.
   * @throws `query_too_large` once there were too many.
   */
  spend(samples: number): boolean {
    this.#samples += samples;
    if (this.#samples > bounds.samples)
      throw tooLarge(`The query would look at more than ${bounds.samples.toLocaleString('en')} samples`);
    return this.toil(samples);
  }

  /** Work that touches no samples. */
  toil(amount: number): boolean {
    this.#sinceGlance += amount;
    if (this.#sinceGlance < glanceEvery) return false;
    this.#sinceGlance = 0;
    return performance.now() - this.#turnBegan > bounds.turnMs;
  }

  /**
   * Lets the event loop turn once.
   * @throws `query_abandoned`, `query_out_of_time`
   */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.look();
    this.#turnBegan = performance.now();
  }

  /** Whether it is worth going on. */
  look(): void {
    if (this.#signal?.aborted) throw abandoned();
    if (performance.now() > this.#deadline) throw outOfTime();
  }
}

export function checkSeriesCount(count: number): void {
  if (count > bounds.series)
    throw tooLarge(`The query would look at more than ${bounds.series.toLocaleString('en')} series`);
}
