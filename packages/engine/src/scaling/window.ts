/** The largest of the numbers of the last while: fewer instances are enough only where they were for as long. */
export class Window {
  readonly #ms: number;
  /** Falling numbers, oldest first, each with the end of the time for which it held. */
  #kept: { until: number; readonly value: number }[] = [];
  #since: number | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** A number that holds from now on, until the next. */
  put(now: number, value: number): void {
    this.#since ??= now;
    const last = this.#kept.at(-1);
    if (last !== undefined) last.until = now;
    while ((this.#kept.at(-1)?.value ?? Number.POSITIVE_INFINITY) <= value) this.#kept.pop();
    this.#kept.push({ until: Number.POSITIVE_INFINITY, value });
  }

  /** Undefined where it was not watched for as long. */
  largest(now: number): number | undefined {
    if (this.#since === undefined || now - this.#since < this.#ms) return undefined;
    while ((this.#kept[0]?.until ?? Number.POSITIVE_INFINITY) <= now - this.#ms) this.#kept.shift();
    return this.#kept[0]?.value;
  }

  clear(): void {
    this.#kept = [];
    this.#since = undefined;
  }
}
