import type { Strings } from '../function.ts';
import type { StoredPackage } from './package-store.ts';

/** Source with what is asked of its build. */
export interface Source {
  readonly stored: StoredPackage;
  /** Namespaces share no caches: what one fetched, the other does not trust. */
  readonly namespace: string;
  /** The function. What its own code wrote, no other function trusts. */
  readonly name: string;
  readonly args: Strings;
  /** Files in /run/secrets while it builds, by name. They decide nothing about the key. */
  readonly secrets?: ReadonlyMap<string, Uint8Array>;
}

/** Makes packages that run out of packages of source. */
export interface Builder {
  /**
   * Names what a build would be made of: the source, the arguments, the tools with their versions. Equal keys make equal packages. Undefined where the
   * source runs as it is. Throws `tool_missing`, `build_refused`.
   */
  keyOf(source: Source): Promise<string | undefined>;

  /**
   * Builds and keeps the result. `told` gets a line for each step and what its tools say. Throws `build_failed` with the decisive lines,
   * `build_exceeded`, `build_refused`, `tool_missing`, `package_refused`; then nothing is kept.
   */
  build(source: Source, told: (line: string) => void, signal: AbortSignal): Promise<StoredPackage>;

  /** Removes what builds of a namespace have kept to be faster. */
  forget(namespace: string): Promise<void>;
}
