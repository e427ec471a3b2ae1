import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backups, StoredBackup } from '@wherry/core/ports/backups';
import { saveBackup } from './backup-file.ts';
import { mustFit } from './free-space.ts';
import { type BackupOrigin, makeBackup } from './make-backup.ts';

const named = /^wherry-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.backup\.tar\.gz$/;
const cutOff = /^wherry-[\dTZ-]+\.backup\.tar\.gz\.part-[0-9a-f]+$/;
/** Younger than this, somebody may still be writing it. */
const abandonedMs = 86_400_000;

/** The name of a backup that was made at that moment: their order is that of time, and no file system minds it. */
export function backupName(at: number): string {
  return `wherry-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup.tar.gz`;
}

/** Backups of a data folder in another folder, named by when they were made: what is there is all that is known of them. */
export class FolderBackups implements Backups {
  readonly #origin: BackupOrigin;
  readonly #folder: string;

  constructor(origin: BackupOrigin, folder: string) {
    this.#origin = origin;
    this.#folder = folder;
  }

  stream({ at, history }: { at: number; history: boolean }): AsyncIterable<Uint8Array> {
    return makeBackup(this.#origin, { at, history });
  }

  async make({ at, history }: { at: number; history: boolean }): Promise<StoredBackup> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#clear(at);
    const fits = (bytes: number): Promise<void> => mustFit(this.#folder, bytes, 'the backup');
    const path = join(this.#folder, backupName(at));
    const { bytes } = await saveBackup(makeBackup(this.#origin, { at, history, fits }), path);
    return { path, at, bytes };
  }

  async list(): Promise<readonly StoredBackup[]> {
    const found: StoredBackup[] = [];
    for (const name of await this.#names()) {
      const [, day, hours, minutes, seconds] = named.exec(name) ?? [];
      const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
      if (Number.isNaN(at)) continue;
      const path = join(this.#folder, name);
      found.push({ path, at, bytes: (await stat(path)).size });
    }
    return found.sort((a, b) => b.at - a.at);
  }

  async keep(count: number): Promise<number> {
    const old = (await this.list()).slice(Math.max(1, count));
    for (const { path } of old) await rm(path);
    return old.length;
  }

  async #clear(now: number): Promise<void> {
    for (const name of await this.#names()) {
      if (!cutOff.test(name)) continue;
      const path = join(this.#folder, name);
      if ((await stat(path)).mtimeMs < now - abandonedMs) await rm(path, { force: true });
    }
  }

  async #names(): Promise<readonly string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }
}
