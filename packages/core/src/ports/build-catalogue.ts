import type { NamedPackage } from '../build.ts';
import type { Digest } from '../packages.ts';

/** What a build made, kept by what it was made of. */
export interface BuildResult {
  /** `Builder.keyOf`. */
  readonly key: string;
  /** Whose it is: `name.namespace`. */
  readonly of: string;
  readonly digest: Digest;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How many results of one function are kept; older ones are built again. */
export const keptResults = 5;

/** What was built before, and which names of images stand for packages. Both survive a restart. */
export interface BuildCatalogue {
  result(key: string): Promise<BuildResult | undefined>;
  /** The last of a key wins. Of each function the newest `keptResults` stay. */
  keep(result: BuildResult): Promise<void>;

  /** The package that a name stands for in a namespace. */
  named(namespace: string, reference: string): Promise<NamedPackage | undefined>;
  /** Ordered by namespace and reference. */
  list(): Promise<readonly NamedPackage[]>;
  /** Gives a name a package; the last one wins. */
  name(named: NamedPackage): Promise<void>;
  /** False where there was none. */
  unname(namespace: string, reference: string): Promise<boolean>;

  /** Forgets every name and result of a namespace. */
  forget(namespace: string): Promise<void>;

  /** Every package that a name or a result refers to. */
  used(): Promise<readonly Digest[]>;
}
