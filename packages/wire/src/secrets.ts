import { WherryError } from '@wherry/core/errors';
import { checkName, defaultNamespace, isSecretName, printable } from '@wherry/core/names';
import { maxSecretBytes, type SecretInfo, type SecretName } from '@wherry/core/secret';
import { Fields, refuseValue } from './fields.ts';
import { parameter } from './queries.ts';
import { rfc3339 } from './times.ts';

/** What POST and PUT /system/secrets take: OpenFaaS's Secret. */
export interface SecretRequest {
  readonly name: string;
  readonly namespace?: string;
  readonly value?: string;
  /** Base64 (RFC 4648 section 4) of the exact bytes; counts more than `value`. */
  readonly rawValue?: string;
}

/** What GET /system/secrets lists: OpenFaaS's two fields, and ours. */
export interface SecretStatus {
  readonly name: string;
  readonly namespace: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** False where the key it was encrypted with is lost. */
  readonly readable: boolean;
}

export function encodeSecret({ name, namespace, createdAt, updatedAt, readable }: SecretInfo): SecretStatus {
  return { name, namespace, createdAt: rfc3339(createdAt), updatedAt: rfc3339(updatedAt), readable };
}

export function decodeSecret(body: unknown, query: URLSearchParams): { name: SecretName; value: Uint8Array } {
  const fields = new Fields(body);
  const name = nameIn(fields, query);
  const raw = fields.longText('rawValue', Math.ceil(maxSecretBytes / 3) * 4);
  if (raw !== undefined) return { name, value: decodeBase64(raw) };
  const text =
    fields.longText('value', maxSecretBytes) ??
    refuseValue('value', 'missing; send value, or rawValue in base64');
  return { name, value: new TextEncoder().encode(text) };
}

/** The namespace stands in the body for newer clients, in the query for older ones. */
export function decodeSecretName(body: unknown, query: URLSearchParams): SecretName {
  return nameIn(new Fields(body), query);
}

function nameIn(fields: Fields, query: URLSearchParams): SecretName {
  const name = fields.text('name') ?? refuseValue('name', 'missing');
  const namespace = fields.text('namespace') ?? parameter(query, 'namespace') ?? defaultNamespace;
  if (!isSecretName(name))
    throw new WherryError('bad_secret_name', `${printable(name)} cannot name a secret`, {
      component: 'wire',
    });
  return { namespace: checkName('namespace', namespace), name };
}

function decodeBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    return refuseValue('rawValue', 'not base64');
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
