import { createHash } from 'node:crypto';
import { WherryError } from '@wherry/core/errors';
import type { PackageManifest } from '@wherry/core/packages';
import type { Builder, Source } from '@wherry/core/ports/builder';
import type { PackageStore, StoredPackage } from '@wherry/core/ports/package-store';

/** Packages that are nothing but their manifests. */
export class FakePackages implements PackageStore {
  readonly #packages = new Map<string, StoredPackage>();

  add(manifest: PackageManifest, mark = ''): StoredPackage {
    const digest = createHash('sha256')
      .update(JSON.stringify([manifest, mark]))
      .digest('hex');
    const stored = { digest, manifest, bytes: 1, files: 1 };
    this.#packages.set(digest, stored);
    return stored;
  }

  async put(archive: AsyncIterable<Uint8Array>): Promise<StoredPackage> {
    const pieces: Uint8Array[] = [];
    for await (const piece of archive) pieces.push(piece);
    return this.add(JSON.parse(Buffer.concat(pieces).toString()) as PackageManifest);
  }

  async get(digest: string): Promise<StoredPackage | undefined> {
    return this.#packages.get(digest);
  }

  async folder(digest: string): Promise<string> {
    if (!this.#packages.has(digest)) throw new WherryError('package_unknown', digest, { component: 'fake' });
    return `/packages/${digest}`;
  }

  async sweep(used: ReadonlySet<string>): Promise<number> {
    const gone = [...this.#packages.keys()].filter((digest) => !used.has(digest));
    for (const digest of gone) this.#packages.delete(digest);
    return gone.length;
  }
}

/** A builder whose builds end when the test says so. */
export class FakeBuilder implements Builder {
  readonly #packages: FakePackages;
  readonly begun: Source[] = [];
  readonly forgotten: string[] = [];
  /** Builds that have not ended. */
  readonly open: { succeed(): void; fail(why: string): void }[] = [];

  constructor(packages: FakePackages) {
    this.#packages = packages;
  }

  /** Programs run as they are. */
  async keyOf({ stored, args }: Source): Promise<string | undefined> {
    return stored.manifest.runtime === 'process' ? undefined : JSON.stringify([stored.digest, args]);
  }

  async forget(namespace: string): Promise<void> {
    this.forgotten.push(namespace);
  }

  build(source: Source, told: (line: string) => void, signal: AbortSignal): Promise<StoredPackage> {
    this.begun.push(source);
    told('→ building');
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new WherryError('build_failed', why, { component: 'fake' }));
      signal.addEventListener('abort', () => fail('it was cancelled'));
      this.open.push({
        succeed: () =>
          resolve(this.#packages.add(source.stored.manifest, `built from ${source.stored.digest}`)),
        fail,
      });
    });
  }
}
