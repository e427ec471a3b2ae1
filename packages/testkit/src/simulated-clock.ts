import type { Cancel, Clock } from '@wherry/core/ports/clock';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

/**
 * Time that moves only when a test says so. Timers run in the order they are due, equal ones in the order they were set;
 * after each one every promise that can settle has settled before the next runs, so a run is repeatable.
 */
export class SimulatedClock implements Clock {
  #elapsed = 0;
  #wall: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(startsAt = Date.UTC(2026, 0, 1)) {
    this.#wall = startsAt;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, task: () => void): Cancel {
    const timer = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  every(ms: number, task: () => void | Promise<void>): Cancel {
    let running = false;
    let cancelNext: Cancel = () => {};
    const tick = async () => {
      cancelNext = this.after(Math.max(1, ms), () => void tick());
      if (running) return;
      running = true;
      try {
        await task();
      } finally {
        running = false;
      }
    };
    cancelNext = this.after(Math.max(1, ms), () => void tick());
    return () => cancelNext();
  }

  /** How many timers are set. Nothing should be left when what was tested has been closed. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets `ms` pass, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      const timer = next;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#elapsed = Math.max(this.#elapsed, timer.due);
      timer.task();
      await settle();
    }
    this.#elapsed = until;
  }

  /** Sets the wall clock forward (or back); durations don't notice. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > until) continue;
      if (
        first === undefined ||
        timer.due < first.due ||
        (timer.due === first.due && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }
}

/** Resolves when every promise that can settle without time passing has settled. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
