import { constants, existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { remove } from './removing.ts';

/** Of each namespace; the least recently used go first. */
const mostLayers = 24;

/**
 * Installed dependencies by what they were installed from, so that a change of the code installs nothing. One shelf for each namespace: what one
 * namespace fetched, no other has to trust.
 */
export class Layers {
  readonly #folder: string;

  /** `folder` is the namespace's own. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Puts a copy of a layer at `to`; false where there is none. */
  async take(key: string, to: string): Promise<boolean> {
    const layer = join(this.#folder, key);
    if (!existsSync(layer)) return false;
    const now = new Date();
    await utimes(layer, now, now);
    await copyTree(layer, to);
    return true;
  }

  /** Keeps what stands at `from`. */
  async keep(key: string, from: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const fresh = join(this.#folder, `.new-${key}`);
    await remove(fresh);
    await copyTree(from, fresh);
    await rename(fresh, join(this.#folder, key)).catch(() => rm(fresh, { recursive: true, force: true }));
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => !name.startsWith('.'));
    if (names.length <= mostLayers) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    aged.sort((a, b) => a.at - b.at);
    for (const { name } of aged.slice(0, names.length - mostLayers)) await remove(join(this.#folder, name));
  }
}

/** Copies, and shares the blocks where the file system can. Links stay links. */
export function copyTree(from: string, to: string): Promise<void> {
  const mode = constants.COPYFILE_FICLONE;
  return cp(from, to, { recursive: true, verbatimSymlinks: true, mode, preserveTimestamps: true });
}
