import { closeSync, fchmodSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WherryError } from '@wherry/core/errors';
import { failureOf, isBusy } from './sqlite-failure.ts';

/**
 * Keeps a second gateway out of a data folder. An exclusive transaction on an empty database of its own is the one lock that Node offers
 * and that the kernel releases when the process dies, however it dies. Nothing else in this process may open `lock.db`: closing any
 * handle on it would drop the lock.
 */
export class HomeLock {
  readonly #connection: DatabaseSync;

  constructor(home: string) {
    const path = join(home, 'lock.db');
    try {
      createPrivate(path);
      this.#connection = new DatabaseSync(path, { timeout: 0 });
      this.#connection.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      throw isBusy(error) ? inUse(home, error) : failureOf(error, path);
    }
  }

  release(): void {
    this.#connection.close();
  }
}

/** Makes a file that only its owner reads, whatever the umask says; leaves an existing one's content alone. */
export function createPrivate(path: string): void {
  try {
    const file = openSync(path, 'a', 0o600);
    fchmodSync(file, 0o600);
    closeSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new WherryError(full ? 'storage_full' : 'storage_failed', `${path}: ${(error as Error).message}`, {
      component: 'storage',
      cause: error,
      ...(full ? {} : { next: 'Make the data folder writable for the user that runs the gateway.' }),
    });
  }
}

function inUse(home: string, cause: unknown): WherryError {
  return new WherryError('home_in_use', `${home} is used by ${holder(home)}`, {
    component: 'storage',
    cause,
  });
}

/** Who holds the folder, as far as the running gateway's own note says it. */
function holder(home: string): string {
  try {
    const note: unknown = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8'));
    const pid = (note as { pid?: unknown }).pid;
    const address = firstAddress(note);
    if (typeof pid === 'number') return `process ${pid}${address === undefined ? '' : ` at ${address}`}`;
  } catch {
    // The note is a courtesy: without it the refusal stands all the same.
  }
  return 'another process';
}

function firstAddress(value: unknown): string | undefined {
  if (typeof value === 'string') return /^https?:\/\/[\w.:[\]-]+/.exec(value)?.[0];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = firstAddress(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
