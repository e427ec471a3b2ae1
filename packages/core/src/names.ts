import { WherryError } from './errors.ts';

/** The namespace of functions that name none, as OpenFaaS has it. */
export const defaultNamespace = 'openfaas-fn';

/** An RFC 1123 label: what functions, namespaces, secrets and tokens are called. Nothing else ever becomes part of a path. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Which thing a name belongs to. Secrets may have labels joined by dots (an RFC 1123 subdomain), as Kubernetes and `faas-cli` have it. */
export type NameKind = 'function' | 'namespace' | 'secret' | 'token';

const mostSubdomain = 253;

export function isName(text: string): boolean {
  return label.test(text);
}

export function isSecretName(text: string): boolean {
  return text.length <= mostSubdomain && text.split('.').every(isName);
}

/** The name itself, or `bad_name` with the rule that was broken. */
export function checkName(kind: NameKind, text: unknown): string {
  if (typeof text === 'string' && (kind === 'secret' ? isSecretName(text) : isName(text))) return text;
  throw new WherryError('bad_name', `${printable(text)} cannot name a ${kind}`, { component: 'names' });
}

/** A function's full name. */
export interface FunctionName {
  readonly namespace: string;
  readonly name: string;
}

/** `name.namespace`, as metrics, logs and people write it. */
export function fullName(of: FunctionName): string {
  return `${of.name}.${of.namespace}`;
}

/**
 * Reads `NAME` or `NAME.NAMESPACE`, split on the last dot as the OpenFaaS gateway does. Undefined where it is no name:
 * nothing by that name can exist, so callers answer as for an unknown function.
 */
export function parseFullName(text: string): FunctionName | undefined {
  const dot = text.lastIndexOf('.');
  const name = dot < 0 ? text : text.slice(0, dot);
  const namespace = dot < 0 ? defaultNamespace : text.slice(dot + 1);
  return isName(name) && isName(namespace) ? { name, namespace } : undefined;
}

/** Any value as short printable text for a message: quoted, characters that act or hide are escaped, cut at 80. */
export function printable(value: unknown): string {
  if (value === undefined) return 'nothing';
  const safe = asText(value).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return safe.length > 80 ? `${safe.slice(0, 77).replace(/[\ud800-\udbff]$/, '')}…` : safe;
}

/** JSON refuses some values (a big integer, a circle); a message about them must not fail for it. */
function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value === 'object' ? 'an object' : String(value);
  }
}
