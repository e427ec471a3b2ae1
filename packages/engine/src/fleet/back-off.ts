/** First restart at once, then 1, 2, 4 … 60 seconds apart. */
const firstMs = 1_000;
const mostMs = 60_000;
/** An instance that lived this long was healthy: the count starts anew. */
const healthyMs = 60_000;

/** When a function that keeps crashing may be started again. */
export class BackOff {
  #crashes = 0;
  #notBefore = 0;

  get crashes(): number {
    return this.#crashes;
  }

  crashed(now: number, livedMs: number): void {
    this.#crashes = livedMs >= healthyMs ? 1 : this.#crashes + 1;
    const wait = this.#crashes < 2 ? 0 : Math.min(mostMs, firstMs * 2 ** (this.#crashes - 2));
    this.#notBefore = now + wait;
  }

  /** Milliseconds until the next start; 0 when it may start now. */
  left(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }
}
