// What can be done with a data folder while no gateway works with it, or beside one: for the command line.
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { acceptLog, verifyFolder } from '@wherry/storage/audit/offline';
import { verifyExport } from '@wherry/storage/audit/verify-export';
import { checkedOnTheWay, saveBackup, verifyBackup, type Saved } from '@wherry/storage/backup/backup-file';
import { backupName, FolderBackups } from '@wherry/storage/backup/folder-backups';
import { makeBackup } from '@wherry/storage/backup/make-backup';
import { type Restored, restoreBackup } from '@wherry/storage/backup/restore';
import { salvage, type SalvageReport } from '@wherry/storage/salvage/salvage';
import { HomeLock } from '@wherry/storage/sqlite/home-lock';
import { configuration } from './config/resolve.ts';
import type { Settings } from './config/settings.ts';

export { acceptLog, verifyExport, verifyFolder };
export { salvage, type SalvageReport };
export { backupName, checkedOnTheWay, type Restored, restoreBackup, type Saved, saveBackup, verifyBackup };

type Env = Readonly<Record<string, string | undefined>>;

const root = join(import.meta.dirname, '../../..');

export interface LocalBackup {
  readonly home: string;
  readonly env: Env;
  readonly history: boolean;
  /** `clear`, or what to seal them with. Absent leaves them out. */
  readonly keys?: 'clear' | { readonly passphrase: string };
}

/**
 * A backup of a folder of this machine, as it comes. The only way to one with keys: over the network they never go. Holds the folder's lock
 * where no gateway does, so that none clears packages away meanwhile.
 */
export async function* backupFolder({ home, env, history, keys }: LocalBackup): AsyncGenerator<Uint8Array> {
  const settings = await settingsOf(home, env);
  const lock = lockIfFree(home);
  try {
    yield* makeBackup(
      { home, program: version(), host: hostname() },
      {
        ...{ at: Date.now(), history },
        ...(keys === undefined
          ? {}
          : {
              keys: {
                paths: keyPaths(settings),
                ...(keys === 'clear' ? {} : { passphrase: keys.passphrase }),
              },
            }),
      },
    );
  } finally {
    lock?.release();
  }
}

/** Backups that were made by themselves, of a folder of this machine. */
export async function backupsOf(home: string, env: Env): ReturnType<FolderBackups['list']> {
  const folder = (await settingsOf(home, env))['backup.folder'] || join(home, 'backups');
  return new FolderBackups({ home, program: version(), host: hostname() }, folder).list();
}

/** Where the gateway of that folder looks for the keys of its secrets. */
export async function secretKeysOf(home: string, env: Env): Promise<string> {
  return keyPaths(await settingsOf(home, env))['secrets.key'];
}

async function settingsOf(home: string, env: Env): Promise<Settings> {
  return (await configuration(['--home', home], env, '')).settings;
}

/** Where everything lies that is a key, by its name in a backup. */
function keyPaths(settings: Settings): Readonly<Record<string, string>> & { 'secrets.key': string } {
  const { home } = settings;
  const paths = {
    'secrets.key': settings['secrets.keyFile'] || join(home, 'secrets.key'),
    'payload.secret': settings['build.payloadSecret'] || join(home, 'payload.secret'),
    'audit.key': join(home, 'audit.key'),
    'admin.token': join(home, 'admin.token'),
    'builder.key': join(home, 'builder.key'),
    'callback.key': join(home, 'callback.key'),
  };
  const certificates = join(home, 'tls');
  return {
    ...paths,
    ...Object.fromEntries(namesIn(certificates).map((name) => [`tls/${name}`, join(certificates, name)])),
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asWherryError(error, 'backup');
  }
}

function lockIfFree(home: string): HomeLock | undefined {
  try {
    return new HomeLock(home);
  } catch (error) {
    if (error instanceof WherryError && error.code === 'home_in_use') return undefined;
    throw error;
  }
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
