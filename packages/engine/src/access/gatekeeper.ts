import { type Principal, type Scope, allows, coversAll, nobody } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';
import type { Clock } from '@wherry/core/ports/clock';
import type { TokenBook } from './token-book.ts';

/** Authorisation headers that were looked up lately. */
const rememberedHeaders = 1_000;
/** A remembered answer is asked for again after this long, so that expiry is noticed. */
const rememberMs = 1_000;

/** Says who somebody is and whether they may. The only place where that is decided. */
export class Gatekeeper {
  readonly #tokens: TokenBook;
  readonly #clock: Clock;
  readonly #functionsArePublic: boolean;
  /** Whether versions that nothing leads to are as public as their function. */
  readonly versionsArePublic: boolean;
  readonly #remembered = new Map<
    string,
    { principal: Principal | undefined; until: number; epoch: number }
  >();

  constructor(tokens: TokenBook, clock: Clock, functionsArePublic: boolean, versionsArePublic: boolean) {
    this.#tokens = tokens;
    this.#clock = clock;
    this.#functionsArePublic = functionsArePublic;
    this.versionsArePublic = versionsArePublic;
  }

  /** Who an Authorization header speaks for; undefined when it is none of ours. */
  principal(authorization: string): Principal | undefined {
    const now = this.#clock.monotonic();
    const known = this.#remembered.get(authorization);
    if (known !== undefined && known.until > now && known.epoch === this.#tokens.epoch)
      return known.principal;
    const token = tokenIn(authorization);
    const principal = token === undefined ? undefined : this.#tokens.find(token);
    if (this.#remembered.size >= rememberedHeaders) this.#remembered.clear();
    this.#remembered.set(authorization, { principal, until: now + rememberMs, epoch: this.#tokens.epoch });
    return principal;
  }

  /** Notes that somebody was let in; `who` as it was given here. Whoever is refused has used nothing. */
  used(who: Principal): void {
    this.#tokens.uses.note(who);
  }

  isPublic(visibility: 'public' | 'private' | 'default'): boolean {
    return visibility === 'default' ? this.#functionsArePublic : visibility === 'public';
  }

  /**
   * Checks a request to the platform itself. What concerns one function is checked against the token's pattern; what concerns
   * the whole system needs a token for all functions. Throws `unauthenticated` or `forbidden`.
   */
  require(authorization: string | undefined, scope: Scope, target?: FunctionName): Principal {
    const principal = authorization === undefined ? undefined : this.principal(authorization);
    if (principal === undefined) {
      const cause =
        authorization === undefined
          ? 'no Authorization header was sent'
          : 'the token is unknown, expired or revoked';
      throw new WherryError('unauthenticated', cause, { component: 'gateway' });
    }
    if (!allows(principal, scope, target)) {
      const where = target === undefined ? '' : ` for ${target.name}.${target.namespace}`;
      throw new WherryError('forbidden', `the token ${principal.name} lacks the scope ${scope}${where}`, {
        component: 'gateway',
      });
    }
    return principal;
  }

  /** For what is not about functions: settings, tokens, the machine. */
  requireSystem(authorization: string | undefined, scope: Scope): Principal {
    const principal = this.require(authorization, scope);
    if (!coversAll(principal)) {
      throw new WherryError('forbidden', `the token ${principal.name} is for ${principal.functions} only`, {
        component: 'gateway',
      });
    }
    return principal;
  }
}

export { nobody };

/** The token in `Bearer TOKEN` or in the password of `Basic`, whose user must be admin. */
function tokenIn(authorization: string): string | undefined {
  const [scheme = '', value = ''] = authorization.trim().split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const text = decodeBase64(value);
  const colon = text.indexOf(':');
  return colon >= 0 && text.slice(0, colon) === 'admin' ? text.slice(colon + 1) : undefined;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
