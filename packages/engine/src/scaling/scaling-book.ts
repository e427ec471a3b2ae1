import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { ScalingPage, ScalingQuery, ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';

const flushMs = 50;
/** A burst that the store does not keep up with is cut here rather than held in memory. */
const maxHeld = 10_000;

/** Keeps what was decided over numbers of instances. Nothing here waits, and nothing here fails a decision. */
export class ScalingBook {
  readonly #records: ScalingRecords;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  #batch: ScalingRecord[] = [];
  #scheduled: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Decisions that were not kept. */
  dropped = 0;

  constructor(records: ScalingRecords, clock: Clock, problem: (message: string) => void) {
    this.#records = records;
    this.#clock = clock;
    this.#problem = problem;
  }

  note(decision: Omit<ScalingRecord, 'at'>): void {
    if (this.#batch.length >= maxHeld) {
      this.dropped += 1;
      return;
    }
    this.#batch.push({ ...decision, at: this.#clock.now() });
    this.#scheduled ??= this.#clock.after(flushMs, () => void this.flush());
  }

  async find(query: ScalingQuery): Promise<readonly ScalingRecord[]> {
    await this.flush();
    return this.#records.find(query);
  }

  async page(query: ScalingQuery, next?: number): Promise<ScalingPage> {
    await this.flush();
    return this.#records.page(query, next);
  }

  /** Writes what is held. Resolves when it is in the store, or counted as lost. */
  flush(): Promise<void> {
    this.#scheduled?.();
    this.#scheduled = undefined;
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0)
      this.#writing = this.#writing.then(() =>
        this.#records.append(batch).catch((error: Error) => {
          this.dropped += batch.length;
          this.#problem(`${batch.length} decisions over instances were not kept: ${error.message}`);
        }),
      );
    return this.#writing;
  }
}
