/** Who does costly work, and who waits for a turn at it: first come, first served, save that nobody has all of the turns. */
export class Turns {
  readonly #atOnce: number;
  readonly #ofOne: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Set<{ readonly who: string; readonly begin: () => void }>();
  #running = 0;

  constructor(atOnce: number, ofOne: number) {
    this.#atOnce = atOnce;
    this.#ofOne = ofOne;
  }

  /** Resolves when the turn has come, with what ends it. Rejects with the signal's reason. */
  take(who: string, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const one = { who, begin: () => resolve(this.#begin(who)) };
      const give = (): void => {
        this.#waiting.delete(one);
        reject(signal.reason as Error);
      };
      if (signal.aborted) return give();
      signal.addEventListener('abort', give, { once: true });
      this.#waiting.add(one);
      this.#next();
    });
  }

  #begin(who: string): () => void {
    this.#running += 1;
    this.#taken.set(who, (this.#taken.get(who) ?? 0) + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#running -= 1;
      const left = (this.#taken.get(who) ?? 1) - 1;
      if (left > 0) this.#taken.set(who, left);
      else this.#taken.delete(who);
      this.#next();
    };
  }

  #next(): void {
    for (const one of this.#waiting) {
      if (this.#running >= this.#atOnce) return;
      if ((this.#taken.get(one.who) ?? 0) >= this.#ofOne) continue;
      this.#waiting.delete(one);
      one.begin();
    }
  }
}
