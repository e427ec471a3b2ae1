import { WherryError } from '@wherry/core/errors';
import type { Digest } from '@wherry/core/packages';
import { printable } from '@wherry/core/names';
import type { StoredPackage } from '@wherry/core/ports/package-store';
import { refuseQuery } from './queries.ts';

/** What PUT /system/packages and GET /system/packages/{digest} answer. */
export interface PackageInfo {
  readonly digest: Digest;
  readonly runtime: string;
  readonly entry: string;
  readonly signature: string;
  readonly bytes: number;
  readonly files: number;
}

export const packageContentType = 'application/gzip';

export function encodePackage({ digest, manifest, bytes, files }: StoredPackage): PackageInfo {
  const { runtime, entry, signature } = manifest;
  return { digest, runtime, entry, signature, bytes, files };
}

/** The digest in a path; anything else names no package. */
export function decodeDigest(text: string): Digest {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new WherryError('package_unknown', `${printable(text)} is not a SHA-256 in hexadecimal`, {
    component: 'wire',
  });
}

/** The files that the secret scan lets through: `allow`, once for each, relative to the code. */
export function decodeAllowed(query: URLSearchParams): readonly string[] {
  const allowed = query.getAll('allow').filter((path) => path !== '');
  if (allowed.length > 100) return refuseQuery('allow', 'more than 100 files');
  return allowed;
}
