// Long because: the steps of a restore, and what holds when it is cut off between two of them, are read together.
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WherryError } from '@wherry/core/errors';
import { goOn } from '../audit/offline.ts';
import { flushOne, unpack } from '../packages/unpack.ts';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { makeHome } from '../sqlite/database-file.ts';
import { HomeLock } from '../sqlite/home-lock.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { type Saved, verifyBackup } from './backup-file.ts';
import { readBackup, textOf } from './backup-reader.ts';
import { configFile, databaseFile, keysFile, packageOfMember, refused } from './format.ts';
import { mustFit } from './free-space.ts';
import { type KeyFiles, unpackKeys } from './key-bundle.ts';
import { lostSecrets, type SecretCount } from './lost-secrets.ts';
import { filesOf } from './package-archive.ts';
import { mark, unfinished } from './unfinished.ts';

export interface RestoreWish {
  readonly file: string;
  readonly home: string;
  /** A copy of the secrets' key, kept apart from the backup. */
  readonly key?: string;
  readonly passphrase?: string;
  /** Leaves keys that are in the backup where they are. */
  readonly withoutKeys?: boolean;
  /** Puts what is in the data folder aside. */
  readonly force?: boolean;
  /** Checks everything, and changes nothing. */
  readonly dryRun?: boolean;
  readonly now: number;
}

export interface Restored {
  readonly backup: Saved;
  readonly packages: number;
  readonly secrets: SecretCount;
  /** Files with keys that were in the backup, or named. */
  readonly keys: readonly string[];
  /** Where what was there before is now. */
  readonly aside: string | undefined;
  /** Whether config.yaml came with it. */
  readonly config: boolean;
}

/**
 * Puts a backup into a data folder. Every digest is checked before anything is written, everything is written beside before anything takes
 * its place, and what was there is moved aside. Cut off at any point, the folder is as it was, or refuses to be used until this is done
 * again. Throws `backup_refused`, `home_used`, `home_in_use`, `storage_full`.
 */
export async function restoreBackup(wish: RestoreWish): Promise<Restored> {
  const backup = await verifyBackup(wish.file);
  const keys = await keysFor(wish, backup);
  const { home } = wish;
  if (wish.dryRun) return { ...(await rehearse(wish, backup, keys)), backup };
  makeHome(home);
  const lock = new HomeLock(home);
  try {
    mustBeFree(wish);
    await mustFit(
      home,
      backup.members.reduce((sum, { bytes }) => sum + bytes, 0),
      'what is in the backup',
    );
    const stage = await freshStage(home);
    await writeStage(wish.file, stage, backup, keys);
    const secrets = lostSecrets(join(stage, databaseFile), keyFileFor(stage, home));
    const aside = await takePlace(stage, home, wish.now);
    await goOn(home, 'restore', wish.now, {
      made: new Date(backup.at).toISOString(),
      on: backup.host,
      ...(aside === undefined ? {} : { aside }),
    });
    return {
      ...{ backup, secrets, aside },
      packages: backup.members.filter(({ name }) => packageOfMember(name) !== undefined).length,
      keys: Object.keys(keys),
      config: has(backup, configFile),
    };
  } finally {
    lock.release();
  }
}

const has = (backup: Saved, name: string): boolean => backup.members.some((member) => member.name === name);

/** The same up to where something would change. */
async function rehearse(wish: RestoreWish, backup: Saved, keys: KeyFiles): Promise<Omit<Restored, 'backup'>> {
  if (existsSync(wish.home)) mustBeFree(wish);
  return {
    packages: backup.members.filter(({ name }) => packageOfMember(name) !== undefined).length,
    secrets: { readable: 0, lost: [] },
    keys: Object.keys(keys),
    aside: undefined,
    config: has(backup, configFile),
  };
}

async function keysFor(
  { file, key, passphrase, withoutKeys }: RestoreWish,
  backup: Saved,
): Promise<KeyFiles> {
  let found: KeyFiles = {};
  if (backup.keys !== 'none' && !withoutKeys)
    await readBackup(createReadStream(file), migrations.length, async (name, size, content) => {
      const text = name === keysFile ? await textOf(name, size, content) : await drained(content);
      if (name === keysFile) found = await unpackKeys(text, passphrase);
    });
  if (key === undefined) return found;
  new SecretKeys(key);
  return { ...found, 'secrets.key': await readFile(key, 'utf8') };
}

function mustBeFree({ home, force }: RestoreWish): void {
  if (force) return;
  const found = [databaseFile, `${databaseFile}-wal`, 'packages'].find((name) =>
    existsSync(join(home, name)),
  );
  if (found === undefined || unfinished(home) !== undefined) return;
  throw new WherryError('home_used', `${home} is in use already: ${found} is there`, { component: 'backup' });
}

async function freshStage(home: string): Promise<string> {
  const stage = join(home, mark);
  await rm(stage, { recursive: true, force: true });
  await mkdir(join(stage, 'packages'), { recursive: true, mode: 0o700 });
  return stage;
}

/** Everything as it will lie in the data folder; on the disk when this resolves. */
async function writeStage(file: string, stage: string, backup: Saved, keys: KeyFiles): Promise<void> {
  const again = await readBackup(createReadStream(file), migrations.length, async (name, _size, content) => {
    const digest = packageOfMember(name);
    if (digest !== undefined) return writePackage(stage, digest, content);
    if (name === keysFile) return void (await drained(content));
    await write(join(stage, name), content);
  });
  if (JSON.stringify(again.members) !== JSON.stringify(backup.members))
    throw refused('it changed while it was read');
  for (const [name, text] of Object.entries(keys)) {
    await mkdir(dirname(join(stage, name)), { recursive: true, mode: 0o700 });
    await writeFile(join(stage, name), text, { mode: 0o600, flush: true });
  }
  for (const folder of [join(stage, 'packages'), stage]) await flushOne(folder);
}

async function writePackage(stage: string, digest: string, content: AsyncIterable<Buffer>): Promise<void> {
  const archive = join(stage, 'package.tar');
  const folder = join(stage, 'packages', digest);
  const bytes = await write(archive, content);
  // With the same strictness as an upload: no name leads out of it, no links, no bombs.
  await unpack(archive, bytes, await made(folder));
  const files = await filesOf(folder);
  const sizes = { bytes: files.reduce((sum, { size }) => sum + size, 0), files: files.length };
  await writeFile(join(folder, 'sizes.json'), JSON.stringify(sizes), { mode: 0o444, flush: true });
  await flushOne(folder);
  await rm(archive);
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { mode: 0o755 });
  return folder;
}

async function write(path: string, content: AsyncIterable<Buffer>): Promise<number> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(content, file);
  return file.bytesWritten;
}

async function drained(content: AsyncIterable<Buffer>): Promise<string> {
  for await (const _ of content);
  return '';
}

function keyFileFor(stage: string, home: string): string {
  const staged = join(stage, 'secrets.key');
  return existsSync(staged) ? staged : join(home, 'secrets.key');
}

/** Moves what is in the way aside, and what was staged into its place: the database last, for without it nothing starts. */
async function takePlace(stage: string, home: string, now: number): Promise<string | undefined> {
  const staged = await readdir(stage);
  const aside = join(home, `before-restore-${new Date(now).toISOString().replace(/[:.]/g, '-')}`);
  // The log of the old database beside the new one would be taken for its own.
  const replaced = [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`, ...staged];
  let moved = false;
  for (const name of new Set(replaced)) {
    if (!existsSync(join(home, name))) continue;
    if (!moved) await mkdir(aside, { mode: 0o700 });
    moved = true;
    await rename(join(home, name), join(aside, name));
  }
  if (moved) await flushOne(aside);
  staged.sort((a, b) => Number(a === databaseFile) - Number(b === databaseFile));
  for (const name of staged) await rename(join(stage, name), join(home, name));
  await flushOne(home);
  await rm(stage, { recursive: true });
  await flushOne(home);
  return moved ? aside : undefined;
}
