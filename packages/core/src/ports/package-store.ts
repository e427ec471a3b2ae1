import type { Digest, PackageManifest } from '../packages.ts';

/** A package that is kept here. */
export interface StoredPackage {
  readonly digest: Digest;
  readonly manifest: PackageManifest;
  /** Of all files, unpacked. */
  readonly bytes: number;
  readonly files: number;
}

/** Code that was uploaded, by the digest of its archive. Kept until nothing refers to it. */
export interface PackageStore {
  /**
   * Takes an archive (tar, gzipped or not), checks all of it, unpacks it and keeps it. Throws `package_refused` naming the entry;
   * then nothing is kept. `allow` names files that the secret scan lets through. Idempotent.
   */
  put(archive: AsyncIterable<Uint8Array>, allow: readonly string[]): Promise<StoredPackage>;
  get(digest: Digest): Promise<StoredPackage | undefined>;
  /** The folder that holds the unpacked code, read-only. Throws `package_unknown`. */
  folder(digest: Digest): Promise<string>;
  /** Removes every package that is not in `used`; returns how many. */
  sweep(used: ReadonlySet<Digest>): Promise<number>;
}
