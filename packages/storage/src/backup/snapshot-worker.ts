// A thread with a connection of its own: whatever the copy takes, no write of the gateway waits for it.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { BuildResult } from '@wherry/core/ports/build-catalogue';
import type { FunctionRecord } from '@wherry/core/function';
import { packageDigest } from '@wherry/core/packages';
import { deploymentsOf } from '@wherry/core/rules/versions';
import { createPrivate } from '../sqlite/home-lock.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { checkedRows, sealedTables } from '../sqlite/sealed-rows.ts';
import { failureOf } from '../sqlite/sqlite-failure.ts';
import { historyTables } from './history-tables.ts';
import type { Snapshot, SnapshotAsk } from './snapshot.ts';

const { database, target, history } = workerData as SnapshotAsk;

function copy(): Snapshot {
  createPrivate(target);
  const source = new DatabaseSync(database, { timeout: 5000 });
  try {
    source.exec('PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA cache_size=-2048');
    const schema = Number(source.prepare('PRAGMA user_version').get()?.['user_version']);
    if (schema > migrations.length)
      throw new Error(`the database has schema ${schema}, which this program does not know`);
    if (history) source.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
    else copyState(source, schema);
  } finally {
    source.close();
  }
  return look();
}

/** Everything but the history, of one moment. */
function copyState(source: DatabaseSync, schema: number): void {
  const objects = source
    .prepare(`SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
    .all();
  source.prepare('ATTACH ? AS copy').run(target);
  source.exec('PRAGMA copy.auto_vacuum=INCREMENTAL; BEGIN');
  for (const { sql } of objects)
    source.exec(String(sql).replace(/^CREATE (TABLE|INDEX|UNIQUE INDEX) /i, 'CREATE $1 copy.'));
  for (const { name, type } of objects)
    if (type === 'table' && !historyTables.has(String(name)))
      source.exec(`INSERT INTO copy."${name}" SELECT * FROM main."${name}"`);
  source.exec(`PRAGMA copy.user_version=${schema}; COMMIT; DETACH copy`);
}

/** What the copy holds; read from the copy, so that it is what was saved. */
function look(): Snapshot {
  const file = new DatabaseSync(target);
  try {
    const schema = Number(file.prepare('PRAGMA user_version').get()?.['user_version']);
    const names = file
      .prepare(`SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
      .all()
      .map(({ name }) => String(name));
    const rows: Record<string, number> = {};
    for (const name of names) {
      // A chunk is as many calls as it holds.
      const [of, count] = name === 'call_chunks' ? ['calls', 'coalesce(sum(rows), 0)'] : [name, 'count(*)'];
      rows[of] = (rows[of] ?? 0) + Number(file.prepare(`SELECT ${count} AS n FROM "${name}"`).get()?.['n']);
    }
    const used = new Set<string>();
    let damaged = 0;
    for (const table of sealedTables) {
      if (!names.includes(table)) continue;
      for (const { body, sound } of checkedRows(file, table)) {
        if (!sound) damaged += 1;
        else for (const digest of digestsIn(table, body as string)) used.add(digest);
      }
    }
    return { schema, rows, damaged, packages: [...used].sort() };
  } finally {
    file.close();
  }
}

function digestsIn(table: string, body: string): string[] {
  if (table === 'builds' || table === 'images') return [(JSON.parse(body) as BuildResult).digest];
  if (table !== 'functions') return [];
  return deploymentsOf(JSON.parse(body) as FunctionRecord)
    .flatMap(({ package: named, spec }) => [named, packageDigest(spec.image)])
    .filter((digest) => digest !== undefined);
}

try {
  parentPort!.postMessage({ done: copy() });
} catch (error) {
  const { code, message, next } = failureOf(error, database);
  parentPort!.postMessage({ failed: { code, message, next } });
}
