import { functionPattern, scopes, type Scope, type TableLink, type TokenRecord } from '@wherry/core/access';
import { checkName, printable } from '@wherry/core/names';
import { Fields, refuseValue } from './fields.ts';
import { rfc3339 } from './times.ts';

/** The name of the token that the gateway makes at its first start, for rotating it. */
export const adminToken = 'admin';

/** A token as GET /system/tokens lists it: never the token itself. */
export interface TokenInfo {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly functions: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** When a request was last let in by it, to the hour; absent where none was since it was made or rotated. */
  readonly lastUsedAt?: string;
  /** The only thing that it opens: it is the token of an address. */
  readonly link?: TableLink;
}

/** What making and rotating answer, the only time the token is seen. */
export interface NewToken extends TokenInfo {
  readonly token: string;
}

/** What POST /system/tokens takes. */
export interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Pattern of functions it is good for; `*` where absent. */
  readonly functions?: string;
  /** Seconds from now; absent never ends. Not a time, so that two clocks need not agree. */
  readonly expiresInSeconds?: number;
}

export function encodeToken({
  name,
  scopes,
  functions,
  createdAt,
  expiresAt,
  lastUsedAt,
  link,
}: Omit<TokenRecord, 'hash'>): TokenInfo {
  const expiry = expiresAt === undefined ? {} : { expiresAt: rfc3339(expiresAt) };
  const use = lastUsedAt === undefined ? {} : { lastUsedAt: rfc3339(lastUsedAt) };
  const only = link === undefined ? {} : { link };
  return { name, scopes, functions, createdAt: rfc3339(createdAt), ...expiry, ...use, ...only };
}

export function encodeNewToken(record: Omit<TokenRecord, 'hash'>, token: string): NewToken {
  return { ...encodeToken(record), token };
}

/** What POST /system/export/{table}/link takes; the filters stand in its address. */
export type LinkRequest = Omit<TokenRequest, 'scopes'>;

/** What it answers, the only time that the address is seen. */
export interface NewLink extends TokenInfo {
  /** To be put behind the address of the gateway. */
  readonly path: string;
  /** The same behind the address that the gateway listens on; a proxy before it may have another. */
  readonly url: string;
}

export function decodeLinkRequest(
  body: unknown,
): Omit<TokenRequest, 'scopes'> & { readonly functions: string } {
  const { scopes: _, ...rest } = decodeTokenRequest({ ...(body as object), scopes: ['read'] });
  return rest;
}

export function decodeTokenRequest(body: unknown): TokenRequest & { readonly functions: string } {
  const fields = new Fields(body);
  const asked =
    fields.list('scopes') ?? refuseValue('scopes', `missing; name one or more of ${scopes.join(', ')}`);
  for (const scope of asked) {
    if (!(scopes as readonly string[]).includes(scope)) {
      refuseValue('scopes', `${printable(scope)} is none of ${scopes.join(', ')}`);
    }
  }
  // A variable that was empty by mistake must not make a token for everything.
  if ((body as { functions?: unknown }).functions === '')
    refuseValue('functions', 'empty; say "*" for all functions');
  const functions = fields.text('functions') ?? '*';
  if (!functionPattern.test(functions))
    refuseValue('functions', `${printable(functions)} is not NAME, NAMESPACE/NAME or either with a final *`);
  const expiresInSeconds = fields.wholeNumber('expiresInSeconds', 1, 10 * 366 * 86_400);
  return {
    name: checkName('token', fields.text('name')),
    scopes: scopes.filter((scope) => asked.includes(scope)),
    functions,
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
  };
}
