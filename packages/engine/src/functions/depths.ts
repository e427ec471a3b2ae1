/** How deep the calls under way of one function are, for those that are deeper than the first. */
export class Depths {
  readonly #counts: number[] = [];

  get deepest(): number {
    return Math.max(
      0,
      this.#counts.findLastIndex((count) => count > 0),
    );
  }

  began(depth: number): void {
    for (let i = this.#counts.length; i <= depth; i++) this.#counts.push(0);
    this.#counts[depth] = (this.#counts[depth] ?? 0) + 1;
  }

  ended(depth: number): void {
    this.#counts[depth] = (this.#counts[depth] ?? 1) - 1;
  }
}
