import {
  coversAll,
  functionPattern,
  type Principal,
  type Scope,
  scopes,
  type TableLink,
  type TokenRecord,
} from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { checkName, printable } from '@wherry/core/names';
import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { TokenStore } from '@wherry/core/ports/token-store';
import type { TokenUses } from './token-uses.ts';

/** Hashes a token; the gateway gives SHA-256. Finding a token by its hash leaks nothing useful through timing. */
export type TokenHash = (token: string) => string;

/** Where the admin token lives: a file that only its owner can read. */
export interface AdminToken {
  readonly hash: string;
  /** Writes a new one in its place. */
  replace(token: string): Promise<void>;
}

/** What a new token should be. */
export interface TokenWish {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Functions it is for, `*` for all. */
  readonly functions: string;
  /** Milliseconds from now; undefined never ends. */
  readonly lifeMs?: number;
  /** The one table that it is for. */
  readonly link?: TableLink;
}

const adminName = 'admin';
const component = 'tokens';

/** Makes, finds and revokes tokens. The text of a token is known only to who made it. */
export class TokenBook {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #hash: TokenHash;
  readonly #admin: AdminToken;
  readonly uses: TokenUses;
  #adminHash: string;
  #byHash = new Map<string, TokenRecord>();
  /** Changes whenever what was found before may not hold any more. */
  epoch = 0;

  constructor(
    store: TokenStore,
    admin: AdminToken,
    hash: TokenHash,
    clock: Clock,
    ids: Ids,
    uses: TokenUses,
  ) {
    this.uses = uses;
    this.#store = store;
    this.#admin = admin;
    this.#adminHash = admin.hash;
    this.#hash = hash;
    this.#clock = clock;
    this.#ids = ids;
  }

  async load(): Promise<void> {
    const tokens = await this.#store.list();
    this.#byHash = new Map(tokens.map((token) => [token.hash, token]));
    this.uses.follow(tokens);
    this.epoch += 1;
  }

  find(token: string): Principal | undefined {
    const hash = this.#hash(token);
    if (hash === this.#adminHash) return { name: adminName, scopes: ['admin'], functions: '*' };
    const found = this.#byHash.get(hash);
    if (found === undefined || found.link !== undefined || this.#isOver(found)) return undefined;
    return this.uses.speaker(found);
  }

  /** What the token of this name may do now; undefined where there is none, or it has ended. Whoever acts by its name does not use it. */
  named(name: string): Principal | undefined {
    if (name === adminName) return { name: adminName, scopes: ['admin'], functions: '*' };
    const found = [...this.#byHash.values()].find((token) => token.name === name);
    if (found === undefined || found.link !== undefined || this.#isOver(found)) return undefined;
    return { name: found.name, scopes: found.scopes, functions: found.functions };
  }

  /** What the token in an address is good for. Such a token is nobody's: sent in a header it opens nothing. */
  linked(token: string): { readonly link: TableLink; readonly principal: Principal } | undefined {
    const found = this.#byHash.get(this.#hash(token));
    if (found?.link === undefined || this.#isOver(found)) return undefined;
    return { link: found.link, principal: this.uses.speaker(found) };
  }

  list(): readonly TokenRecord[] {
    return [...this.#byHash.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((token) => this.uses.shown(token));
  }

  /** Makes a token. Nobody can give more than they have. */
  async create(wish: TokenWish, by: Principal): Promise<{ record: TokenRecord; token: string }> {
    const name = checkName('token', wish.name);
    if (name === adminName)
      throw new WherryError('token_exists', 'admin is the name of the admin token', { component });
    const wanted = wish.scopes.map(scopeOf);
    if (wanted.length === 0)
      throw new WherryError('bad_value', `scopes: name at least one of ${scopes.join(', ')}`, { component });
    if (!functionPattern.test(wish.functions))
      throw new WherryError(
        'bad_value',
        `functions: ${printable(wish.functions)} is no pattern such as team-a/*`,
        { component },
      );
    if (!by.scopes.includes('admin') || !coversAll(by))
      throw new WherryError('forbidden', `the token ${by.name} cannot make tokens`, { component });
    const token = this.#newToken();
    const now = this.#clock.now();
    const record: TokenRecord = {
      name,
      hash: this.#hash(token),
      scopes: wanted,
      functions: wish.functions,
      createdAt: now,
      ...(wish.lifeMs === undefined ? {} : { expiresAt: now + wish.lifeMs }),
      ...(wish.link === undefined ? {} : { link: wish.link }),
    };
    await this.#store.put(record, false);
    await this.load();
    return { record, token };
  }

  async revoke(name: string): Promise<void> {
    if (name === adminName)
      throw new WherryError('bad_value', 'the admin token cannot be revoked, only rotated', { component });
    if (!(await this.#store.remove(name))) throw unknown(name);
    await this.load();
  }

  /** Gives a token a new text; the old one is worth nothing from then on. */
  async rotate(name: string): Promise<{ record: TokenRecord; token: string }> {
    const token = this.#newToken();
    const hash = this.#hash(token);
    if (name === adminName) {
      await this.#admin.replace(token);
      this.#adminHash = hash;
      this.epoch += 1;
      return {
        record: { name, hash, scopes: ['admin'], functions: '*', createdAt: this.#clock.now() },
        token,
      };
    }
    const old = this.list().find((one) => one.name === name);
    if (old === undefined) throw unknown(name);
    if (old.link !== undefined)
      throw new WherryError('bad_value', `${name} is the token of an address, which would be another one`, {
        component,
        next: `Make another address, then end this one: wherry token revoke ${name}`,
      });
    const { lastUsedAt: _notOfTheNewOne, ...kept } = old;
    const record: TokenRecord = { ...kept, hash, createdAt: this.#clock.now() };
    await this.#store.put(record, true);
    await this.load();
    return { record, token };
  }

  #isOver({ expiresAt = Infinity }: TokenRecord): boolean {
    return expiresAt <= this.#clock.now();
  }

  #newToken(): string {
    return tokenText(this.#ids.secret());
  }
}

/** A token's text: a prefix that scanners of leaked secrets can look for, then 256 random bits. */
export function tokenText(secret: string): string {
  return `wherry_${secret}`;
}

function scopeOf(text: string): Scope {
  const known = scopes.find((scope) => scope === text);
  if (known === undefined)
    throw new WherryError('bad_value', `scopes: ${printable(text)} is not one of ${scopes.join(', ')}`, {
      component,
    });
  return known;
}

function unknown(name: string): WherryError {
  return new WherryError('token_unknown', `there is no token named ${printable(name)}`, { component });
}
