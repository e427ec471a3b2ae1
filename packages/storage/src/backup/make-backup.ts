import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { WherryError } from '@wherry/core/errors';
import { onExit } from './backup-file.ts';
import { fileSource, type Source, textSource, writeBackup } from './backup-writer.ts';
import { type About, backupFormat, configFile, databaseFile, keysFile, packageMemberOf } from './format.ts';
import { mustFit } from './free-space.ts';
import { packKeys, readKeyFiles } from './key-bundle.ts';
import { packageSource } from './package-archive.ts';
import { takeSnapshot } from './snapshot.ts';

/** What backups are made of, and what is said in them about where they come from. */
export interface BackupOrigin {
  readonly home: string;
  readonly program: string;
  readonly host: string;
}

export interface BackupWish {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly history: boolean;
  /** Files with keys by their name in a data folder; left out unless given. */
  readonly keys?: { readonly paths: Readonly<Record<string, string>>; readonly passphrase?: string };
  /** Told how large the content is, before the first byte; throws to call it off. */
  fits?(bytes: number): Promise<void>;
}

const workFolder = /^\.backup-(\d+)-[0-9a-f]+$/;

/**
 * Makes a backup of a data folder, whether or not a gateway works with it, and gives its bytes as they come: a gzipped tar archive. Needs
 * room for a copy of the database beside it. Throws `storage_full`, `storage_failed`, `storage_damaged`.
 */
export async function* makeBackup(origin: BackupOrigin, wish: BackupWish): AsyncGenerator<Buffer> {
  const { home, program, host } = origin;
  const database = join(home, databaseFile);
  if (!existsSync(database))
    throw new WherryError('storage_failed', `there is no database in ${home}`, {
      component: 'backup',
      next: 'Name the data folder: --home FOLDER, or WHERRY_HOME.',
    });
  const { history, at, keys } = wish;
  const work = join(home, `.backup-${process.pid}-${randomBytes(6).toString('hex')}`);
  await mustFit(home, await sizeOf(database), 'a copy of the database');
  await mkdir(work, { mode: 0o700 });
  const forget = onExit(() => rmSync(work, { recursive: true, force: true }));
  try {
    const copy = join(work, databaseFile);
    const { schema, rows, damaged, packages } = await takeSnapshot({ database, target: copy, history });
    const kept = keys === undefined ? 'none' : keys.passphrase === undefined ? 'clear' : 'passphrase';
    const about: About = { format: backupFormat, program, schema, at, host, history, keys: kept };
    const sources: Source[] = [];
    if (keys !== undefined)
      sources.push(textSource(keysFile, await packKeys(await readKeyFiles(keys.paths), keys.passphrase)));
    if (existsSync(join(home, configFile)))
      sources.push(await fileSource(configFile, join(home, configFile)));
    sources.push(await fileSource(databaseFile, copy));
    const missingPackages: string[] = [];
    for (const digest of packages) {
      const found = await packageSource(packageMemberOf(digest), join(home, 'packages', digest));
      if (found === undefined) missingPackages.push(digest);
      else sources.push(found);
    }
    await wish.fits?.(sources.reduce((sum, { size }) => sum + size, 0));
    yield* gzipped(writeBackup(about, sources, { rows, damaged, missingPackages }));
  } finally {
    await rm(work, { recursive: true, force: true });
    forget();
  }
}

/** Removes what backups that were cut off left in a data folder. */
export async function clearWork(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = Number(workFolder.exec(name)?.[1] ?? 0);
    if (pid > 0 && !runs(pid)) await rm(join(home, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function* gzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  // Level 3 is three times as fast as the usual 6, for a tenth more.
  const gzip = createGzip({ level: 3, chunkSize: 65_536 });
  // An error of the one ends the other, and surfaces where the bytes are read.
  pipeline(bytes, gzip, () => {});
  yield* gzip as AsyncIterable<Buffer>;
}

async function sizeOf(database: string): Promise<number> {
  const wal = await stat(`${database}-wal`).catch(() => undefined);
  return (await stat(database)).size + (wal?.size ?? 0);
}
