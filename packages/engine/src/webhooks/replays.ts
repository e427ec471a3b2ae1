/** Signatures of the last minutes; more than any sender makes. */
const mostMarks = 100_000;

/** Remembers signatures until they are too old to be good again. */
export class Replays {
  readonly #until = new Map<string, number>();
  #pruned = 0;

  /** Whether this one comes for the first time. Where there is no room to remember it, it does not count as that. */
  first(mark: string, until: number, now: number): boolean {
    if (this.#until.has(mark)) return false;
    if (this.#until.size >= mostMarks || now - this.#pruned > 60_000) this.#prune(now);
    if (this.#until.size >= mostMarks) return false;
    this.#until.set(mark, until);
    return true;
  }

  #prune(now: number): void {
    this.#pruned = now;
    for (const [mark, until] of this.#until) if (until < now) this.#until.delete(mark);
  }
}
