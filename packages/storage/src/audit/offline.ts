import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WherryError } from '@wherry/core/errors';
import type { AuditVerdict } from '@wherry/core/audit-record';
import { AuditRows } from '../sqlite/audit-rows.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { HomeLock } from '../sqlite/home-lock.ts';

/** Verifies the audit log of a data folder, whether or not a gateway works with it. Changes nothing. Throws `audit_refused`. */
export async function verifyFolder(home: string): Promise<AuditVerdict> {
  const path = databaseIn(home);
  const durable = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const refuse = (): never => {
    throw new Error('it is only read');
  };
  try {
    return await new AuditRows({ path, durable, transaction: refuse, release: refuse }, true).verify();
  } catch (error) {
    throw new WherryError('audit_refused', `${path}: ${(error as Error).message}`, {
      component: 'audit',
      cause: error,
      next: 'A database that an older Wherry wrote has no audit log. One that is damaged: wherry salvage',
    });
  } finally {
    durable.close();
  }
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
export async function goOn(
  home: string,
  what: 'audit.accept' | 'restore' | 'salvage',
  now: number,
  change: Readonly<Record<string, string>>,
): Promise<AuditVerdict> {
  databaseIn(home);
  const file = new DatabaseFile(home);
  try {
    return await new AuditRows(file).accept(what, now, change);
  } finally {
    file.close();
  }
}

function databaseIn(home: string): string {
  const path = join(home, 'wherry.db');
  if (existsSync(path)) return path;
  throw new WherryError('storage_failed', `there is no database in ${home}`, {
    component: 'audit',
    next: 'Name the data folder: --home FOLDER, or WHERRY_HOME.',
  });
}
