import { checkName, printable } from '@wherry/core/names';
import type { Alias, Canary, Share, Sticky } from '@wherry/core/traffic';
import { Fields, refuseValue } from './fields.ts';
import { integer, parameter, refuseQuery } from './queries.ts';

/** What PUT /system/function/{name}/canary takes. */
export interface CanaryRequest {
  readonly percent: number;
  readonly sticky?: string;
}

/** What PUT /system/function/{name}/aliases/{alias} takes. */
export interface AliasRequest {
  readonly shares: readonly Share[];
  readonly sticky?: string;
}

/** `client`, `header:NAME` or `cookie:NAME`. */
export function encodeSticky(sticky: Sticky): string {
  return sticky.by === 'client' ? 'client' : `${sticky.by}:${sticky.name}`;
}

/** A token of RFC 9110 section 5.6.2: what headers and cookies may be called. */
const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/** Undefined where it can't be understood; `stickyRule` says what can. */
export function parseSticky(text: string): Sticky | undefined {
  if (text === 'client') return { by: 'client' };
  const colon = text.indexOf(':');
  const [by, name] = [text.slice(0, colon), text.slice(colon + 1)];
  if ((by !== 'header' && by !== 'cookie') || !token.test(name)) return undefined;
  return { by, name: by === 'header' ? name.toLowerCase() : name };
}

export const stickyRule = 'is none of client, header:NAME and cookie:NAME';

/** How many per cent of the calls a new version gets: `?canary=10&sticky=client` of a deploy. Undefined where it gets all. */
export function decodeTrial(query: URLSearchParams): Omit<Canary, 'version'> | undefined {
  const percent = integer(query, 'canary');
  const sticky = parameter(query, 'sticky');
  if (percent === undefined)
    return sticky === undefined
      ? undefined
      : refuseQuery('sticky', 'needs canary: all calls go to one version');
  if (percent < 0 || percent > 100) refuseQuery('canary', `${percent} is not a whole number from 0 to 100`);
  if (sticky === undefined) return { percent };
  return {
    percent,
    sticky: parseSticky(sticky) ?? refuseQuery('sticky', `${printable(sticky)} ${stickyRule}`),
  };
}

export function decodeCanary(body: unknown): Omit<Canary, 'version'> {
  const fields = new Fields(body);
  const percent = fields.wholeNumber('percent', 0, 100) ?? refuseValue('percent', 'missing');
  return { percent, ...stickyIn(fields) };
}

/** The version to go back to; undefined is the one before. */
export function decodeRollback(body: unknown): number | undefined {
  return new Fields(body).wholeNumber('version', 1, Number.MAX_SAFE_INTEGER);
}

export const mostWeight = 1000;
const mostShares = 10;

export function decodeAlias(name: string, body: unknown): Alias {
  const fields = new Fields(body);
  const shares = (fields.objects('shares', mostShares) ?? []).map(
    (share): Share => ({
      version: share.wholeNumber('version', 1, Number.MAX_SAFE_INTEGER) ?? refuseValue('version', 'missing'),
      weight: share.wholeNumber('weight', 1, mostWeight) ?? 1,
    }),
  );
  if (shares.length === 0) refuseValue('shares', 'missing; name one version or several');
  if (new Set(shares.map(({ version }) => version)).size < shares.length)
    refuseValue('shares', 'a version is named twice');
  return { name: checkName('alias', name), shares, ...stickyIn(fields) };
}

function stickyIn(fields: Fields): { readonly sticky?: Sticky } {
  const text = fields.text('sticky');
  if (text === undefined) return {};
  return { sticky: parseSticky(text) ?? refuseValue('sticky', `${printable(text)} ${stickyRule}`) };
}
