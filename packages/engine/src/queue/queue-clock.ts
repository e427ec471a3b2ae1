import type { Clock } from '@wherry/core/ports/clock';

/**
 * The time that queues are told: the wall's at the start, and from then on it only goes forward, whatever somebody does to the wall's clock. A lease
 * must not end, nor a call become too old, because the clock was set.
 */
export class QueueClock {
  readonly #clock: Clock;
  readonly #wall: number;
  readonly #from: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#from = clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#wall + this.#clock.monotonic() - this.#from;
  }
}
