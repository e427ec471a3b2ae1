import type { TokenRecord } from '../access.ts';

/** The tokens that were made. All writes are on disk before they resolve. */
export interface TokenStore {
  list(): Promise<readonly TokenRecord[]>;
  /** Adds a token, or replaces the one of that name where `replace` is true. Throws `token_exists`. */
  put(token: TokenRecord, replace: boolean): Promise<void>;
  /** False where there is none of that name. */
  remove(name: string): Promise<boolean>;
}
