import type { TokenRecord } from '@wherry/core/access';
import type { TokenUse } from '@wherry/core/ports/token-store';
import { byOwnName } from '../desired-rules.ts';
import { tokenExists } from '../token-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealedRows, type Damage } from './sealed-rows.ts';

/** Tokens, in the database's thread. */
export class TokenRows {
  readonly #tokens: SealedRows<TokenRecord>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#tokens = new SealedRows(file, 'tokens', at, report);
  }

  list(): readonly TokenRecord[] {
    return this.#tokens.values().sort(byOwnName);
  }

  put(token: TokenRecord, replace: boolean): void {
    if (!replace && this.#tokens.get(keyFor(token.name)) !== undefined) throw tokenExists(token.name);
    this.#tokens.write(keyFor(token.name), token);
  }

  used(uses: readonly TokenUse[]): void {
    const held = uses.flatMap(({ name, hash, at }) => {
      const token = this.#tokens.get(keyFor(name));
      return token?.hash === hash ? [[keyFor(name), { ...token, lastUsedAt: at }] as const] : [];
    });
    if (held.length > 0) this.#tokens.writeAll(held);
  }

  remove(name: string): boolean {
    return this.#tokens.remove(keyFor(name));
  }
}

function keyFor(name: string): string {
  return JSON.stringify([name]);
}
