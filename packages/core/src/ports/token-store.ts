import type { TokenRecord } from '../access.ts';

/** That a token was used. */
export interface TokenUse {
  readonly name: string;
  /** Of the token that was used: another may have its name by now. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The tokens that were made. All writes are on disk before they resolve. */
export interface TokenStore {
  list(): Promise<readonly TokenRecord[]>;
  /** Adds a token, or replaces the one of that name where `replace` is true. Throws `token_exists`. */
  put(token: TokenRecord, replace: boolean): Promise<void>;
  /** Notes when tokens were last used. Nothing comes back by it: what was removed, or is another token since, stays as it is. */
  used(uses: readonly TokenUse[]): Promise<void>;
  /** False where there is none of that name. */
  remove(name: string): Promise<boolean>;
}
