import type { Exit } from '@wherry/core/instance';
import type { Clock } from '@wherry/core/ports/clock';

/** How long the end of a process may be noticed after the end of its connection: on a machine that is full, its fence goes slowly. */
const patienceMs = 3_000;
const rememberedMs = 10_000;

/** How instances ended, for those who notice only that they did. */
export class ExitNews {
  readonly #clock: Clock;
  readonly #known = new Map<string, Exit>();
  readonly #asking = new Map<string, Set<(exit: Exit | undefined) => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(exit: Exit): void {
    this.#known.set(exit.instance, exit);
    this.#clock.after(rememberedMs, () => this.#known.delete(exit.instance));
    const asking = this.#asking.get(exit.instance) ?? [];
    this.#asking.delete(exit.instance);
    for (const answer of asking) answer(exit);
  }

  known(instance: string): Exit | undefined {
    return this.#known.get(instance);
  }

  /** How it ended; waits a moment for the news, and is undefined when none come. */
  async of(instance: string): Promise<Exit | undefined> {
    const known = this.#known.get(instance);
    if (known !== undefined) return known;
    let asking = this.#asking.get(instance);
    if (asking === undefined) {
      asking = new Set();
      this.#asking.set(instance, asking);
      // One wait for all who ask: thousands of calls may have been on it.
      this.#clock.after(patienceMs, () => {
        const late = this.#asking.get(instance) ?? [];
        this.#asking.delete(instance);
        for (const answer of late) answer(undefined);
      });
    }
    const all = asking;
    return new Promise((resolve) => all.add(resolve));
  }
}
