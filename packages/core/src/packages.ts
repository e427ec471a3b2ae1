import { WherryError } from './errors.ts';
import { isName } from './names.ts';

/**
 * A package is what a deploy from source uploads: an archive of the source with its manifest, named by the SHA-256 of its bytes.
 * A function refers to it in the place of an image, as `wherry.local/NAME@sha256:HEX`: a legal OCI reference that any
 * OpenFaaS client can send back unchanged.
 */
export interface PackageManifest {
  /** Language and, where it matters, its major version: `node`, `python`. */
  readonly runtime: string;
  /** The file that holds the handler, relative to the code. */
  readonly entry: string;
  /** How the handler wants to be called; `auto` lets the host find out (docs/runtime-protocol.md). */
  readonly signature: string;
  /** Variables that the code sets for itself, unless the function does: what a Dockerfile has as ENV. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The manifest's name in the archive's top folder; the code stands beside it in `code/`. */
export const manifestFile = 'wherry-package.json';

const host = 'wherry.local';
const reference = /^wherry\.local\/([a-z0-9-]+)@sha256:([0-9a-f]{64})$/;

/** Hexadecimal SHA-256. */
export type Digest = string;

export function packageImage(name: string, digest: Digest): string {
  return `${host}/${name}@sha256:${digest}`;
}

/** The digest that an image reference of ours names; undefined for every other image. */
export function packageDigest(image: string): Digest | undefined {
  const match = reference.exec(image);
  return match !== null && isName(match[1] ?? '') ? match[2] : undefined;
}

/** Relative, no step upwards, and nothing that ends a line: a dot in a pattern would not look past it. */
const entryPath = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0-\x1f\x7f\u2028\u2029\\]{1,512}$/;

/** The manifest in `value`, or `package_refused` with what is wrong in it. */
export function checkManifest(value: unknown): PackageManifest {
  const refuse = (why: string): never => {
    throw new WherryError('package_refused', `${manifestFile}: ${why}`, { component: 'packages' });
  };
  if (typeof value !== 'object' || value === null) return refuse('not a JSON object');
  const { runtime, entry, signature, env } = value as Record<string, unknown>;
  if (typeof runtime !== 'string' || !/^[a-z][a-z0-9.]{0,31}$/.test(runtime))
    return refuse('"runtime" is missing or not a name');
  if (typeof entry !== 'string' || !entryPath.test(entry))
    return refuse('"entry" must be a path inside the code');
  if (typeof signature !== 'string' || !/^[a-z]{1,16}$/.test(signature))
    return refuse('"signature" must be one of the documented names');
  if (env === undefined) return { runtime, entry, signature };
  if (!areVariables(env)) return refuse('"env" must be at most 64 variables with their texts');
  return { runtime, entry, signature, env };
}

function areVariables(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const all = Object.entries(value);
  return (
    all.length <= 64 &&
    all.every(
      ([name, text]) =>
        /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) &&
        typeof text === 'string' &&
        text.length <= 4096 &&
        !text.includes('\0'),
    )
  );
}
