import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { Clock } from '@wherry/core/ports/clock';

/** How long a link can be opened. */
export const linkLifeMs = 60_000;
const mostLinks = 100;

/**
 * Links that sign a browser in: each works once, within a minute, and is kept only as the hash of its code, in memory. What is signed in
 * may do what the maker of the link may.
 */
export class SignInLinks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #newCode: () => string;
  readonly #hash: (code: string) => string;
  readonly #open = new Map<string, { readonly for: Principal; readonly until: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>, newCode: () => string, hash: (code: string) => string) {
    this.#clock = clock;
    this.#newCode = newCode;
    this.#hash = hash;
  }

  /** The code of a new link. Where there are too many the oldest ends. */
  make(principal: Principal): string {
    const now = this.#clock.monotonic();
    for (const [hash, { until }] of this.#open) if (until <= now) this.#open.delete(hash);
    const [oldest] = this.#open.keys();
    if (this.#open.size >= mostLinks && oldest !== undefined) this.#open.delete(oldest);
    const code = this.#newCode();
    this.#open.set(this.#hash(code), { for: principal, until: now + linkLifeMs });
    return code;
  }

  /** Whom a code stands for, once. Throws `link_spent`. */
  take(code: string): Principal {
    const hash = this.#hash(code);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    if (found !== undefined && found.until > this.#clock.monotonic()) return found.for;
    throw new WherryError('link_spent', 'its code is unknown, was used, or is older than a minute', {
      component: 'dashboard',
    });
  }
}
