import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { goOn } from '../audit/offline.ts';
import { flushOne } from '../packages/unpack.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { HomeLock } from '../sqlite/home-lock.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { collect, type Found } from './collect.ts';
import { NewDatabase } from './new-database.ts';
import { PageFile } from './page-file.ts';
import { salvageTables } from './salvage-tables.ts';

export interface SalvagedTable {
  readonly table: string;
  readonly kept: number;
  /** Found and no longer what was written: in quarantine. */
  readonly damaged: number;
  /** Known to have been there, and not found at all. */
  readonly missing: number;
}

export interface SalvageReport {
  /** Nothing is damaged, and nothing was changed. */
  readonly sound: boolean;
  readonly tables: readonly SalvagedTable[];
  /** Damaged rows, by what they are called as far as that can be told; the first thousand. */
  readonly lost: readonly { readonly table: string; readonly key: string; readonly reason: string }[];
  /** Functions that had versions and are not there: removed once, or among the lost. Only where functions are missing. */
  readonly perhapsLost: readonly string[];
  /** Pages and cells that could not be read. */
  readonly unreadable: number;
  /** Pages that the file should have and does not. */
  readonly missingPages: number;
  /** Where the damaged file is now. */
  readonly aside: string | undefined;
}

const mostNamed = 1000;
const readyFile = 'wherry.db.salvaged';

/**
 * Writes the database of a data folder anew from everything in it that still checks out, and moves the damaged one aside. Reads pages,
 * not through SQLite, so that no damage keeps it from the rest. A sound database is left as it is. Throws `home_in_use`, `storage_full`.
 */
export async function salvage(home: string, now: number, dryRun = false): Promise<SalvageReport> {
  const path = join(home, 'wherry.db');
  if (!existsSync(path))
    throw new WherryError('storage_failed', `there is no database in ${home}`, {
      component: 'salvage',
      next: 'Name the data folder: --home FOLDER, or WHERRY_HOME.',
    });
  const lock = new HomeLock(home);
  try {
    if (existsSync(join(home, readyFile)) && !dryRun) {
      const aside = await takePlace(home, path, now);
      await goOn(home, 'salvage', now, { aside });
      return { ...nothing, aside };
    }
    const draft = `${path}.salvaging`;
    const report = rescue(path, draft, now);
    if (dryRun || (report.sound && opens(home))) {
      rmSync(draft, { force: true });
      return report;
    }
    await flushOne(draft);
    renameSync(draft, join(home, readyFile));
    await flushOne(home);
    const aside = await takePlace(home, path, now);
    await goOn(home, 'salvage', now, { aside });
    return { ...report, sound: false, aside };
  } finally {
    lock.release();
  }
}

function rescue(path: string, draft: string, now: number): SalvageReport {
  const counts = new Map(
    salvageTables
      .filter(({ holds }) => holds === undefined)
      .map(({ name }) => [name, { kept: 0, damaged: 0 }]),
  );
  const count = ({ table, row }: Found, as: 'kept' | 'damaged', times = 1): void => {
    counts.get(table.holds?.of ?? table.name)![as] += times * (table.holds?.count(row) ?? 1);
  };
  const lost: { table: string; key: string; reason: string }[] = [];
  const file = new PageFile(path);
  const fresh = new NewDatabase(draft);
  try {
    const damage = (one: Found, reason: string): void => {
      const { table, row } = one;
      count(one, 'damaged');
      fresh.quarantine(now, table.name, row, reason);
      const key = table.key?.(row) ?? '';
      if (lost.length < mostNamed && key !== '') lost.push({ table: table.name, key, reason });
    };
    const { unreadable, expected } = collect(file, (one) => {
      if (one.fault !== undefined) return damage(one, one.fault);
      const added = fresh.add(one.table, one.row);
      if (added === 'kept') count(one, 'kept');
      if (added !== 'contradiction') return;
      count(one, 'kept', -1);
      damage(one, 'it is there twice, with different content');
    });
    for (const [table, dropped] of fresh.dropOrphans(now)) {
      const these = counts.get(table)!;
      these.kept -= dropped;
      these.damaged += dropped;
    }
    const tables = [...counts].map(([table, { kept, damaged }]) => {
      return { table, kept, damaged, missing: Math.max(0, (expected.get(table) ?? 0) - kept - damaged) };
    });
    const hurt = (name: string): boolean =>
      tables.some(({ table, damaged, missing }) => table === name && damaged + missing > 0);
    const missingPages = Math.max(0, file.expected - file.pages);
    const unknown = unreadable > 0 || missingPages > 0;
    const perhapsLost = hurt('functions') ? namesWithout(fresh) : [];
    if (hurt('versions') || !expected.has('versions')) fresh.leapVersions();
    mustBeKnown(path, file, expected.get('schema'));
    const sound = !unknown && file.headerFault === undefined && !tables.some(({ table }) => hurt(table));
    fresh.finish();
    return { sound, tables, lost, perhapsLost, unreadable, missingPages, aside: undefined };
  } finally {
    file.close();
    fresh.abandon();
  }
}

const nothing = { sound: false, tables: [], lost: [], perhapsLost: [], unreadable: 0, missingPages: 0 };

/** What a newer program wrote may be more than is known here: leaving that out would be no rescue. */
function mustBeKnown(path: string, file: PageFile, noted: number | undefined): void {
  if (file.headerFault !== undefined || file.schema <= migrations.length) return;
  if (noted !== undefined && noted <= migrations.length) return;
  throw new WherryError(
    'data_newer',
    `${path} has schema ${file.schema}; this program knows up to ${migrations.length}`,
    {
      component: 'salvage',
    },
  );
}

function namesWithout(fresh: NewDatabase): readonly string[] {
  const kept = new Set(fresh.keys('functions'));
  return fresh.keys('versions').filter((key) => !kept.has(key) && (JSON.parse(key) as string[]).length === 2);
}

/** Whether SQLite, too, finds nothing wrong. */
function opens(home: string): boolean {
  let file: DatabaseFile | undefined;
  try {
    file = new DatabaseFile(home);
    file.mustBeWhole();
    return true;
  } catch {
    // Whatever it says: all of it was read in the other way already.
    return false;
  } finally {
    file?.close();
  }
}

/**
 * The damaged file keeps its name until the moment that the new one has it; its log must be gone before that, for it would be taken for
 * the new one's. Cut off in between, the finished file is there, nothing starts, and this is done again.
 */
async function takePlace(home: string, path: string, now: number): Promise<string> {
  const aside = `${path}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  linkSync(path, aside);
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  await flushOne(home);
  renameSync(join(home, readyFile), path);
  await flushOne(home);
  return aside;
}
