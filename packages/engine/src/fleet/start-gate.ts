/**
 * How many further instances start at the same time, of all functions together: a start is processor work that calls under way need too.
 * First come, first served; a function asks for a few at a time, so that none keeps the others out. First instances don't wait here.
 */
export class StartGate {
  readonly most: number;
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(most: number) {
    this.most = most;
  }

  async through<T>(start: () => Promise<T>): Promise<T> {
    if (this.#open < this.most) this.#open += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await start();
    } finally {
      // The place goes from hand to hand: nobody who comes now is let in before who waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#open -= 1;
      else next();
    }
  }
}
