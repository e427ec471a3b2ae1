import type { Rate } from '@wherry/core/rules/access-rules';

/** Who is counted is remembered for as long as it matters, and never more than so many: beyond, the oldest begins anew. */
const mostCounted = 50_000;

interface Bucket {
  left: number;
  at: number;
}

/**
 * Token buckets by key: each fills at its rate up to what it holds. Two numbers for each who called lately, no timer, no queue: what is
 * too much is refused at once.
 */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one call. 0 where there was room, else the milliseconds until there is. */
  take(key: string, { calls, perMs }: Rate, now: number): number {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= mostCounted) this.#forgetOldest();
      bucket = { left: calls, at: now };
      this.#buckets.set(key, bucket);
    }
    const perCall = perMs / calls;
    bucket.left = Math.min(calls, bucket.left + (now - bucket.at) / perCall);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return 0;
    }
    return (1 - bucket.left) * perCall;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
