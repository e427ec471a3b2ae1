import type { TokenRecord } from '@wherry/core/access';
import type { TokenStore, TokenUse } from '@wherry/core/ports/token-store';
import type { SqliteThread } from './sqlite-thread.ts';

/** Tokens in the embedded database. */
export class SqliteTokenStore implements TokenStore {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly TokenRecord[]> {
    return this.#thread.ask('tokens', 'list', []);
  }

  put(token: TokenRecord, replace: boolean): Promise<void> {
    return this.#thread.ask('tokens', 'put', [token, replace]);
  }

  used(uses: readonly TokenUse[]): Promise<void> {
    return this.#thread.ask('tokens', 'used', [uses]);
  }

  remove(name: string): Promise<boolean> {
    return this.#thread.ask('tokens', 'remove', [name]);
  }
}
