import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { checkManifest, manifestFile, type Digest } from '@wherry/core/packages';
import type { PackageStore, StoredPackage } from '@wherry/core/ports/package-store';
import { checkArchive } from './check-archive.ts';
import { spool } from './spool.ts';
import { flushOne, unpack } from './unpack.ts';

/** What isn't a package yet, or no longer. Cleared when the store is opened. */
const temporary = '.temporary-';
/** How large a package is, beside it: counting its files each time would take longer than anything else about it. */
const sizesFile = 'sizes.json';

/**
 * Packages in folders named by their digest: `code/`, the manifest, and their sizes. A folder appears whole or not at all: it is
 * made under another name, flushed, and renamed. One process at a time uses it; the data folder's lock sees to that.
 */
export class DiskPackageStore implements PackageStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens `<home>/packages`, and clears what a crash left. */
  static async open(home: string): Promise<DiskPackageStore> {
    const folder = join(home, 'packages');
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      // Functions run as another user and must get in; the data folder above keeps everybody else out.
      await chmod(folder, 0o755);
      for (const name of await readdir(folder)) {
        if (name.startsWith(temporary)) await rm(join(folder, name), { recursive: true, force: true });
      }
    } catch (error) {
      throw storageError(error);
    }
    return new DiskPackageStore(folder);
  }

  async put(archive: AsyncIterable<Uint8Array>, allow: readonly string[]): Promise<StoredPackage> {
    const work = join(this.#folder, `${temporary}${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(work, { mode: 0o700 });
      const upload = join(work, 'upload');
      const { digest, bytes } = await spool(archive, upload);
      const known = await this.get(digest);
      if (known !== undefined) return known;
      const checked = await checkArchive(upload, bytes, allow);
      const made = join(work, 'package');
      await mkdir(made, { mode: 0o755 });
      await unpack(upload, bytes, made);
      const sizes = { bytes: checked.bytes, files: checked.files };
      await writeFile(join(made, sizesFile), JSON.stringify(sizes), { mode: 0o444, flush: true });
      await this.#settle(made, digest);
      return { digest, manifest: checked.manifest, ...sizes };
    } catch (error) {
      throw storageError(error);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async get(digest: Digest): Promise<StoredPackage | undefined> {
    if (!isDigest(digest)) return undefined;
    try {
      const folder = join(this.#folder, digest);
      const [manifest, sizes] = await Promise.all([
        readFile(join(folder, manifestFile), 'utf8'),
        readFile(join(folder, sizesFile), 'utf8'),
      ]);
      const { bytes, files } = JSON.parse(sizes) as { bytes: number; files: number };
      return { digest, manifest: checkManifest(JSON.parse(manifest)), bytes, files };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw storageError(error);
    }
  }

  async folder(digest: Digest): Promise<string> {
    const code = join(this.#folder, digest, 'code');
    const there =
      isDigest(digest) &&
      (await stat(code).then(
        (found) => found.isDirectory(),
        () => false,
      ));
    if (!there)
      throw new WherryError('package_unknown', `there is no package ${JSON.stringify(digest.slice(0, 64))}`, {
        component: 'packages',
      });
    return code;
  }

  async sweep(used: ReadonlySet<Digest>): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#folder)) {
      if (!isDigest(name) || used.has(name)) continue;
      // Renamed first: a package is whole or not there, also when this is cut short.
      const doomed = join(this.#folder, `${temporary}${randomBytes(8).toString('hex')}`);
      await rename(join(this.#folder, name), doomed);
      await rm(doomed, { recursive: true, force: true });
      removed += 1;
    }
    return removed;
  }

  /** Gives a finished folder its name. Where somebody else was faster, theirs is the same to the byte. */
  async #settle(made: string, digest: Digest): Promise<void> {
    await flushOne(made);
    try {
      await rename(made, join(this.#folder, digest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
      if ((await this.get(digest)) === undefined) throw error;
    }
    await flushOne(this.#folder);
  }
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Errors of the file system as the operator should read them; all others as they are. */
function storageError(error: unknown): WherryError {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof WherryError || syscall === undefined) return asWherryError(error, 'packages');
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new WherryError(full ? 'storage_full' : 'storage_failed', `packages: ${message}`, {
    component: 'packages',
    cause: error,
  });
}
