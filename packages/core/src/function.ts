import type { FunctionName } from './names.ts';
import type { Digest } from './packages.ts';
import type { Alias, Canary } from './traffic.ts';

/** A list of strings by key, as it was sent: labels, annotations, environment. */
export type Strings = Readonly<Record<string, string>>;

/** Kubernetes quantities as text (`128Mi`, `100m`), stored as sent. */
export interface Resources {
  readonly memory?: string;
  readonly cpu?: string;
  /** Others, such as devices, which mean nothing here. */
  readonly [other: string]: string | undefined;
}

/**
 * What somebody asked to run: one function's specification, stored verbatim and given back the same. Meaning is
 * derived from it by `rules/policy`, never written into it.
 */
export interface FunctionSpec extends FunctionName {
  /** An image reference, or a package reference (`packages.ts`), byte for byte as sent. */
  readonly image: string;
  readonly envProcess?: string;
  readonly env?: Strings;
  readonly labels?: Strings;
  readonly annotations?: Strings;
  readonly secrets?: readonly string[];
  readonly constraints?: readonly string[];
  readonly limits?: Resources;
  readonly requests?: Resources;
  readonly readOnlyRootFilesystem?: boolean;
}

/** One immutable version of a function. */
export interface Deployment {
  readonly spec: FunctionSpec;
  /** Counts from 1 for each function name, and is never used twice. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The package that the image's name stood for when this was deployed; absent where the image names a package itself, or none. */
  readonly package?: Digest;
}

/** A function as the platform should have it: desired state, the only thing that has to survive. */
export interface FunctionRecord extends FunctionName {
  /** Raised by every change; compare-and-set works on it. */
  readonly revision: number;
  /** The live version: it takes the calls of the plain name, but for what a canary takes. */
  readonly active: Deployment;
  /** Other versions that can be called by number or go live again; the one that was live last comes first. */
  readonly kept?: readonly Deployment[];
  /** A version among `kept` that is being tried. */
  readonly canary?: Canary;
  /** Ordered by name. Every version that one names is live or kept. */
  readonly aliases?: readonly Alias[];
  /** Versions that somebody went back from, or whose trial ended: going back passes them over. */
  readonly withdrawn?: readonly number[];
  /** How many instances somebody asked for by hand; undefined lets the platform decide. */
  readonly scale?: number;
  /** When the function (not this version) came to be, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** Names one version of one function: what instances, records and logs are keyed by. */
export interface DeploymentKey extends FunctionName {
  readonly version: number;
}

export function keyOf(deployment: Deployment): DeploymentKey {
  return { namespace: deployment.spec.namespace, name: deployment.spec.name, version: deployment.version };
}

/** `name.namespace@version`: for maps and messages. */
export function keyText(key: DeploymentKey): string {
  return `${key.name}.${key.namespace}@${key.version}`;
}
