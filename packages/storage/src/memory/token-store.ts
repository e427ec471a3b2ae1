import type { TokenRecord } from '@wherry/core/access';
import type { TokenStore, TokenUse } from '@wherry/core/ports/token-store';
import { byOwnName } from '../desired-rules.ts';
import { tokenExists } from '../token-rules.ts';

/** Tokens that end with the process. */
export class MemoryTokenStore implements TokenStore {
  readonly #tokens = new Map<string, TokenRecord>();

  async list(): Promise<readonly TokenRecord[]> {
    return [...this.#tokens.values()].sort(byOwnName).map((token) => structuredClone(token));
  }

  async put(token: TokenRecord, replace: boolean): Promise<void> {
    if (!replace && this.#tokens.has(token.name)) throw tokenExists(token.name);
    this.#tokens.set(token.name, structuredClone(token));
  }

  async used(uses: readonly TokenUse[]): Promise<void> {
    for (const { name, hash, at } of uses) {
      const token = this.#tokens.get(name);
      if (token?.hash === hash) this.#tokens.set(name, { ...token, lastUsedAt: at });
    }
  }

  async remove(name: string): Promise<boolean> {
    return this.#tokens.delete(name);
  }
}
