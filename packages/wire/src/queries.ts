import { WherryError } from '@wherry/core/errors';
import { defaultNamespace, isName, parseFullName, printable, type FunctionName } from '@wherry/core/names';
import { parseRfc3339 } from './times.ts';

/** The value of a query parameter: the last one counts, as in the OpenFaaS provider, and an empty one is none. */
export function parameter(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1) || undefined;
}

export function refuseQuery(name: string, rule: string): never {
  throw new WherryError('bad_query', `${name}: ${rule}`, { component: 'wire' });
}

/** Go's strconv.ParseBool, undefined for anything else. */
export function lenientBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = parameter(query, name);
  if (text === undefined) return undefined;
  return /^[+-]?\d{1,9}$/.test(text)
    ? Number(text)
    : refuseQuery(name, `${printable(text)} is not an integer`);
}

export function flag(query: URLSearchParams, name: string): boolean {
  const text = parameter(query, name);
  return text !== undefined && (lenientBoolean(text) ?? refuseQuery(name, 'neither 1 nor 0'));
}

export function time(query: URLSearchParams, name: string): number | undefined {
  const text = parameter(query, name);
  if (text === undefined) return undefined;
  return (
    parseRfc3339(text) ??
    refuseQuery(name, `${printable(text)} is not an RFC 3339 time such as 2026-01-31T12:00:00Z`)
  );
}

/**
 * The function that a route's `{name}` and the `namespace` parameter mean. A name may carry its namespace after a dot, as the
 * invocation routes have it. What is no name can't exist, so it is answered as unknown.
 */
export function functionNamed(name: string, namespace: string | undefined): FunctionName {
  const found = namespace === undefined ? parseFullName(name) : { name, namespace };
  if (found !== undefined && isName(found.name) && isName(found.namespace)) return found;
  throw new WherryError('function_unknown', `${printable(name)} is not the name of a function here`, {
    component: 'wire',
  });
}

/** A namespace all of whose functions are meant: where one function is, the parameter says whose that is. Throws `bad_query`. */
export function wholeNamespace(query: URLSearchParams): string | undefined {
  const text = parameter(query, 'function') === undefined ? parameter(query, 'namespace') : undefined;
  if (text === undefined || isName(text)) return text;
  return refuseQuery('namespace', `${printable(text)} is not the name of a namespace`);
}

/** The namespace that a list is asked for. */
export function namespaceOf(query: URLSearchParams): string {
  const text = parameter(query, 'namespace') ?? defaultNamespace;
  if (isName(text)) return text;
  throw new WherryError('namespace_unknown', `${printable(text)} is not the name of a namespace`, {
    component: 'wire',
  });
}

/** Whether `usage` is wished for, as `describe` does. */
export function wantsUsage(query: URLSearchParams): boolean {
  return lenientBoolean(parameter(query, 'usage')) ?? false;
}
