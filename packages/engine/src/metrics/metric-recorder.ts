import type { MetricSample } from '@wherry/core/metric';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { Measuring } from './measuring.ts';

/** How often every number is noted. */
export const roundMs = 10_000;
const pruneMs = 600_000;

export interface MetricRecorderParts {
  readonly clock: Clock;
  readonly measuring: Pick<Measuring, 'familiesInUse'>;
  readonly history: MetricHistory;
  /** For the history on disk. */
  readonly maxBytes: number;
  readonly problem: (message: string) => void;
}

/** Notes every number of the platform every ten seconds. Nothing here waits for a call, and no call waits for this. */
export class MetricRecorder {
  readonly #parts: MetricRecorderParts;
  readonly #timers: Cancel[] = [];
  #underWay: Promise<void> | undefined;
  /** Samples that were not kept. */
  dropped = 0;

  constructor(parts: MetricRecorderParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock } = this.#parts;
    // At full tens of seconds, so that the rounds of a year lie on one grid over every restart.
    const begin = clock.after(roundMs - (clock.now() % roundMs), () => {
      this.#timers.push(clock.every(roundMs, () => this.round()));
      void this.round();
    });
    this.#timers.push(
      begin,
      clock.every(pruneMs, () => this.#prune()),
    );
  }

  /** Notes what there is now. Never rejects. */
  round(): Promise<void> {
    this.#underWay ??= this.#note().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /** A last round, and everything on disk. */
  async close(): Promise<void> {
    for (const stop of this.#timers) stop();
    await this.#underWay;
    await this.round();
    await this.#parts.history
      .flush()
      .catch((error: Error) => this.#parts.problem(`the last metrics were not kept: ${error.message}`));
  }

  async #note(): Promise<void> {
    const { clock, history, measuring } = this.#parts;
    let samples: readonly MetricSample[] = [];
    try {
      samples = (await measuring.familiesInUse()).flatMap((family) => family.samples);
      const refused = await history.append(Math.round(clock.now()), samples);
      if (refused > 0) this.#lost(refused, 'too many series, or no room');
    } catch (error) {
      this.#lost(samples.length, (error as Error).message);
    }
  }

  #lost(count: number, why: string): void {
    // Said once: what keeps one round out keeps out the next ones too. The count is among the metrics.
    if (this.dropped === 0) this.#parts.problem(`metrics are not kept: ${why}`);
    this.dropped += Math.max(1, count);
  }

  async #prune(): Promise<void> {
    const { clock, history, maxBytes, problem } = this.#parts;
    await history
      .prune(clock.now(), maxBytes)
      .catch((error: Error) => problem(`old metrics were not removed: ${error.message}`));
  }
}
