/** A function may go on after its answer, and call itself then. */
const rememberedMs = 60_000;

/** How deep the calls of one function are, those under way and those of the last minute. */
export class Depths {
  readonly #counts: number[] = [];

  #past = 0;
  #pastUntil = 0;

  /** `now` is monotonic, in milliseconds. */
  deepest(now: number): number {
    const under = this.#counts.findLastIndex((count) => count > 0);
    return Math.max(0, under, now < this.#pastUntil ? this.#past : 0);
  }

  began(depth: number): void {
    for (let i = this.#counts.length; i <= depth; i++) this.#counts.push(0);
    this.#counts[depth] = (this.#counts[depth] ?? 0) + 1;
  }

  ended(depth: number, now: number): void {
    if (depth >= this.#past || now >= this.#pastUntil) {
      this.#past = depth;
      this.#pastUntil = now + rememberedMs;
    }
    this.#counts[depth] = (this.#counts[depth] ?? 1) - 1;
  }
}
