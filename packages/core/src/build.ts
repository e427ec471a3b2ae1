import type { Strings } from './function.ts';
import type { Digest, PackageManifest } from './packages.ts';
import { type FunctionName, isName } from './names.ts';

/** What somebody wants to have built: source that was uploaded before. */
export interface BuildOrder extends FunctionName {
  /** The package that holds the source; its manifest says the language. */
  readonly source: Digest;
  /** `build_args` of a stack file. `INSTALL_SCRIPTS=true` lets the scripts of dependencies run. */
  readonly args: Strings;
  /** `build_secrets`: files that the build finds in /run/secrets, and that are in nothing it makes. */
  readonly secrets?: ReadonlyMap<string, Uint8Array>;
  /** Builds even what was built before. */
  readonly fresh: boolean;
  /** A name that the result shall be known by, as an image would be. */
  readonly reference?: string;
  /** Whether that name means this in every namespace. */
  readonly everywhere?: boolean;
}

/** What came of it. */
export interface Built {
  readonly digest: Digest;
  readonly manifest: PackageManifest;
  /** `as-is`: the source needs no build. `known`: the same was built before. */
  readonly how: 'built' | 'known' | 'as-is';
}

/** An image's name that stands for a package here, because somebody built or pushed it under that name. */
export interface NamedPackage {
  readonly reference: string;
  readonly digest: Digest;
  /** Where the name means this; empty where it does everywhere, unless a namespace has given it a meaning of its own. */
  readonly namespace: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The build argument that allows scripts of dependencies. */
export const installScripts = 'INSTALL_SCRIPTS';

/** The build argument that keeps a JavaScript function as it is. */
export const noBundle = 'BUNDLE';

/** The build argument that adds what a debugger needs. */
export const debugging = 'DEBUG';

/** The function that an image's name speaks of: `docker.io/me/hello:1.0` is the image of `hello`. Who may deploy that one may give the name a package. */
export function functionOfImage(reference: string): string {
  const last = reference.split('/').at(-1) ?? '';
  const name = last
    .replace(/[:@].*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-');
  return isName(name) ? name : 'function';
}
