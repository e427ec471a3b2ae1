import type { BuildOrder, Built, NamedPackage } from '@wherry/core/build';
import { type ErrorReport, reportOf, type WherryError } from '@wherry/core/errors';
import { checkName, defaultNamespace, printable } from '@wherry/core/names';
import { packageImage } from '@wherry/core/packages';
import { Fields, refuseValue } from './fields.ts';
import { decodeDigest } from './packages.ts';
import { parameter } from './queries.ts';
import { rfc3339 } from './times.ts';

/** What POST /system/builds takes. */
export interface BuildRequest {
  readonly name: string;
  readonly namespace?: string;
  /** Digest of the package with the source, uploaded before. */
  readonly source: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Files of the build's /run/secrets by name, in base64. */
  readonly buildSecrets?: Readonly<Record<string, string>>;
  /** Builds even what was built before. */
  readonly fresh?: boolean;
  /** A name that the result shall be known by in its namespace. */
  readonly image?: string;
}

/** One line of a build's answer: the shape of OpenFaaS's remote builder, and after the fields of that, ours. */
export interface BuildLine {
  readonly log: readonly string[];
  readonly status: 'in_progress' | 'success' | 'failed';
  readonly image?: string;
  readonly error?: string;
  readonly how?: Built['how'];
  readonly runtime?: string;
  readonly report?: ErrorReport;
}

/** An image's name that stands for a package. */
export interface ImageInfo {
  readonly image: string;
  readonly namespace: string;
  readonly package: string;
  readonly updatedAt: string;
}

export const buildContentType = 'application/x-ndjson';

export function decodeBuild(body: unknown): BuildOrder {
  const fields = new Fields(body);
  const name = checkName('function', fields.text('name') ?? refuseValue('name', 'missing'));
  const namespace = checkName('namespace', fields.text('namespace') ?? defaultNamespace);
  const reference = fields.text('image');
  const secrets = Object.entries(fields.map('buildSecrets') ?? {}).map(([key, value]) => {
    if (!/^[\w][\w.-]{0,127}$/.test(key))
      return refuseValue('buildSecrets', `${printable(key)} is not the name of a file`);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0)
      return refuseValue('buildSecrets', `${key} is not base64`);
    return [key, Uint8Array.from(atob(value), (c) => c.charCodeAt(0))] as const;
  });
  return {
    ...(secrets.length === 0 ? {} : { secrets: new Map(secrets) }),
    name,
    namespace,
    source: decodeDigest(fields.text('source') ?? refuseValue('source', 'missing')),
    args: fields.map('buildArgs') ?? {},
    fresh: fields.flag('fresh') ?? false,
    ...(reference === undefined ? {} : { reference }),
  };
}

export const progressLine = (log: readonly string[]): BuildLine => ({ log, status: 'in_progress' });

export function builtLine(name: string, { digest, manifest, how }: Built, image?: string): BuildLine {
  const { runtime } = manifest;
  return { log: [], status: 'success', image: image ?? packageImage(name, digest), how, runtime };
}

export function failedLine(error: WherryError): BuildLine {
  const report = reportOf(error);
  const sentence = `${report.title}: ${report.cause}. ${report.next}`;
  return { log: [], status: 'failed', error: sentence, report };
}

export function encodeImage({ reference, namespace, digest, at }: NamedPackage): ImageInfo {
  return { image: reference, namespace, package: digest, updatedAt: rfc3339(at) };
}

/** PUT and DELETE /system/images: which name, in which namespace, and what it shall stand for. */
export function decodeImage(
  body: unknown,
  query: URLSearchParams,
): { readonly reference: string; readonly namespace: string; readonly digest: string | undefined } {
  const fields = new Fields(body);
  const namespace = fields.text('namespace') ?? parameter(query, 'namespace') ?? defaultNamespace;
  const digest = fields.text('package');
  return {
    reference: fields.text('image') ?? refuseValue('image', 'missing'),
    namespace: checkName('namespace', namespace),
    digest: digest === undefined ? undefined : decodeDigest(digest),
  };
}
