import type { Principal, TokenRecord } from '@wherry/core/access';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { TokenStore } from '@wherry/core/ports/token-store';

/** A token is written at most this often. */
const writtenEveryMs = 3_600_000;
/** How often it is looked which are due: a token's first use in a long time is lost by a crash only if it was this short ago. */
const lookEveryMs = 60_000;

/** When a token was last used: as it is known here, and as the store has it. */
interface Use {
  readonly name: string;
  readonly hash: string;
  at: number | undefined;
  stored: number | undefined;
}

/**
 * When tokens were last used. A use is noted in memory and costs a look-up; the store hears of it once an hour for each token, and at the
 * stop. What the store doesn't take is kept here and told again: nobody who uses a token waits for it, or fails by it.
 */
export class TokenUses {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  #byHash = new Map<string, Use>();
  /** Whose use it is, for as long as somebody acts for them. */
  readonly #of = new WeakMap<Principal, Use>();
  #stop: Cancel = () => {};
  #failing = false;

  constructor(store: TokenStore, clock: Clock, problem: (message: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#problem = problem;
  }

  start(): void {
    this.#stop = this.#clock.every(lookEveryMs, () => this.#write(writtenEveryMs));
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#stop();
    await this.#write(0);
  }

  /** Follows these tokens, and no others any more. */
  follow(tokens: readonly TokenRecord[]): void {
    this.#byHash = new Map(
      tokens.map(({ name, hash, lastUsedAt }) => [
        hash,
        this.#byHash.get(hash) ?? { name, hash, at: lastUsedAt, stored: lastUsedAt },
      ]),
    );
  }

  /** Whom the token speaks for. A use by this very object is one of the token. */
  speaker({ name, hash, scopes, functions }: TokenRecord): Principal {
    const principal = { name, scopes, functions };
    const use = this.#byHash.get(hash);
    if (use !== undefined) this.#of.set(principal, use);
    return principal;
  }

  /** Nothing where no token of the store speaks: the admin token, a function. */
  note(principal: Principal): void {
    const use = this.#of.get(principal);
    if (use !== undefined) use.at = this.#clock.now();
  }

  /** The token, with its last use. */
  shown(token: TokenRecord): TokenRecord {
    const at = this.#byHash.get(token.hash)?.at;
    return at === undefined ? token : { ...token, lastUsedAt: at };
  }

  async #write(leastMs: number): Promise<void> {
    const due = [...this.#byHash.values()].flatMap((use) => (isDue(use, leastMs) ? [use] : []));
    if (due.length === 0) return;
    const told = due.map(({ name, hash, at = 0 }) => ({ name, hash, at }));
    try {
      await this.#store.used(told);
      for (const [i, use] of due.entries()) use.stored = told[i]?.at;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#problem(`when tokens were last used was not written: ${(error as Error).message}`);
      this.#failing = true;
    }
  }
}

/** Also where the clock was set back: then what is stored is from the future. */
function isDue({ at, stored }: Use, leastMs: number): boolean {
  if (at === undefined || at === stored) return false;
  return stored === undefined || Math.abs(at - stored) >= leastMs;
}
