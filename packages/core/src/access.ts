import type { FunctionName } from './names.ts';
import type { TableName } from './table-filters.ts';

/**
 * What a token may do. Each is separate, admin is all of them:
 * read (see functions, logs, records), invoke (call functions), deploy (create, change, remove, scale), secrets (write secrets).
 */
export const scopes = ['read', 'invoke', 'deploy', 'secrets', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** A token as it is kept: never the token itself, only its hash. */
export interface TokenRecord {
  readonly name: string;
  /** Hexadecimal SHA-256 of the token. It has 256 random bits, so a slow hash would add nothing. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Functions it is good for, as `NAMESPACE/NAME` where each side may be `*` or end with it. */
  readonly functions: string;
  readonly createdAt: number;
  /** Milliseconds since 1970; undefined never ends. */
  readonly expiresAt?: number;
  /** When a request was last let in by it, to the hour; undefined where none was since it was made or rotated. */
  readonly lastUsedAt?: number;
  /** Good for this one table and nothing else, as a part of its address. */
  readonly link?: TableLink;
}

/** A table with its filters, as they were asked for. */
export interface TableLink {
  readonly table: TableName;
  /** Filters and format, as they stand in an address. */
  readonly query: string;
}

/** Who asks: nobody (no credentials), or a token. */
export interface Principal {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly functions: string;
}

/** Somebody who sent no credentials. */
export const nobody: Principal = { name: '', scopes: [], functions: '' };

// What `functions` may look like: a star alone, `team-a/report-1`, either side ending in a star, or a bare name (any namespace).
export const functionPattern = /^(?:(?:[a-z0-9-]{0,63}\*?)\/)?[a-z0-9-]{0,63}\*?$/;

/** Whether `who` may do what needs `scope`, to `target` where it concerns one function. */
export function allows(who: Principal, scope: Scope, target?: FunctionName): boolean {
  if (!who.scopes.includes('admin') && !who.scopes.includes(scope)) return false;
  return target === undefined ? true : covers(who.functions, target);
}

/** Whether a token is good for every function there is: what concerns the whole system asks for that. */
export function coversAll(who: Principal): boolean {
  return who.functions === '*' || who.functions === '*/*';
}

/** Whether a token is good for anything at all in a namespace. */
export function reaches(who: Principal, namespace: string): boolean {
  return matches(namespaceIn(who.functions), namespace);
}

function namespaceIn(pattern: string): string {
  const slash = pattern.indexOf('/');
  return slash < 0 ? '*' : pattern.slice(0, slash);
}

function covers(pattern: string, target: FunctionName): boolean {
  // What is the gateway's own stands under a namespace that nobody can have: no star but that for everything means it.
  if (target.namespace.startsWith('(')) return pattern === '*' || pattern === '*/*';
  return (
    matches(namespaceIn(pattern), target.namespace) &&
    matches(pattern.slice(pattern.indexOf('/') + 1), target.name)
  );
}

function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
