import type { Cancel, Clock } from '@wherry/core/ports/clock';

/** What must always run and could not be started is tried again after this, or after the back-off where that is longer. */
const retryMs = 1_000;

export interface UpkeepParts {
  readonly clock: Clock;
  /** Whether some are missing of those that must always run. */
  missing(): boolean;
  /** Milliseconds until the next start may be tried. */
  backOffMs(): number;
  fill(): Promise<void>;
}

/** Keeps at least the instances that must always run, and asks again, never in a circle, where they cannot be had. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #next: Cancel | undefined;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  keep(waitMs = this.#parts.backOffMs()): void {
    const { clock, missing, fill, backOffMs } = this.#parts;
    if (this.#next !== undefined || !missing()) return;
    this.#next = clock.after(waitMs, () => {
      this.#next = undefined;
      fill().then(
        () => this.keep(),
        () => this.keep(Math.max(retryMs, backOffMs())),
      );
    });
  }

  stop(): void {
    this.#next?.();
    this.#next = undefined;
  }
}
