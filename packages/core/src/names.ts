import { WherryError } from './errors.ts';

/** The namespace of functions that name none, as OpenFaaS has it. */
export const defaultNamespace = 'openfaas-fn';

/** An RFC 1123 label: what functions, namespaces, secrets and tokens are called. Nothing else ever becomes part of a path. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Which thing a name belongs to. Secrets may have labels joined by dots (an RFC 1123 subdomain), as Kubernetes and `faas-cli` have it. */
export type NameKind = 'function' | 'namespace' | 'secret' | 'token' | 'alias' | 'board';

const mostSubdomain = 253;
const aliasRule =
  'Use 1 to 63 of a-z, 0-9 and "-", beginning with a letter and ending with a letter or digit: what begins with a digit is a version.';

export function isName(text: string): boolean {
  return label.test(text);
}

export function isSecretName(text: string): boolean {
  return text.length <= mostSubdomain && text.split('.').every(isName);
}

/** Begins with a letter, so that `NAME@3` is always a version and never an alias. */
export function isAliasName(text: string): boolean {
  return isName(text) && text >= 'a';
}

const rules: Readonly<Record<NameKind, (text: string) => boolean>> = {
  function: isName,
  namespace: isName,
  secret: isSecretName,
  token: isName,
  alias: isAliasName,
  board: isName,
};

/** The name itself, or `bad_name` with the rule that was broken. */
export function checkName(kind: NameKind, text: unknown): string {
  if (typeof text === 'string' && rules[kind](text)) return text;
  throw new WherryError(
    'bad_name',
    `${printable(text)} cannot name ${kind === 'alias' ? 'an' : 'a'} ${kind}`,
    {
      component: 'names',
      ...(kind === 'alias' ? { next: aliasRule } : {}),
    },
  );
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
