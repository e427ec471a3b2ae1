import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { AuditVerdict } from '@wherry/core/audit-record';
import { AuditRows } from '../sqlite/audit-rows.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { HomeLock } from '../sqlite/home-lock.ts';

/** Verifies the audit log of a data folder, whether or not a gateway works with it. */
export function verifyFolder(home: string): Promise<AuditVerdict> {
  return within(home, (rows) => rows.verify());
}

/** Takes the log of a data folder as it is, and notes that. Throws `home_in_use`. */
export async function acceptLog(home: string, now: number): Promise<AuditVerdict> {
  const lock = new HomeLock(home);
  try {
    return await goOn(home, 'audit.accept', now, {});
  } finally {
    lock.release();
  }
}

/** The same after something that replaced the database. Whoever calls holds the folder's lock. */
export function goOn(
  home: string,
  what: 'audit.accept' | 'restore' | 'salvage',
  now: number,
  change: Readonly<Record<string, string>>,
): Promise<AuditVerdict> {
  return within(home, (rows) => rows.accept(what, now, change));
}

async function within<T>(home: string, work: (rows: AuditRows) => Promise<T>): Promise<T> {
  if (!existsSync(join(home, 'wherry.db')))
    throw new WherryError('storage_failed', `there is no database in ${home}`, {
      component: 'audit',
      next: 'Name the data folder: --home FOLDER, or WHERRY_HOME.',
    });
  const file = new DatabaseFile(home);
  try {
    return await work(new AuditRows(file));
  } finally {
    file.close();
  }
}
