import type { DatabaseSync } from 'node:sqlite';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';

/** From this step of the schema on, `sizes` has its number and a checksum of its text. */
const notedFrom = 7;
const origin = 'schema';
const writer = 'schema by Wherry ';

/** Notes what the schema is now. Within the transaction of the step that made it so. */
export function noteSchema(connection: DatabaseSync, schema: number): void {
  if (schema < notedFrom) return;
  connection.prepare('INSERT OR REPLACE INTO sizes VALUES (?, ?, ?)').run(origin, schema, sumOf(connection));
  connection.exec(`DELETE FROM sizes WHERE origin LIKE '${writer}%'`);
  connection.prepare('INSERT INTO sizes (origin, rows) VALUES (?, ?)').run(writer + version(), schema);
}

/** The number that was noted; undefined where none was. */
export function notedSchema(connection: DatabaseSync): number | undefined {
  try {
    const row = connection.prepare('SELECT rows FROM sizes WHERE origin=?').get(origin);
    return row === undefined ? undefined : Number(row['rows']);
  } catch {
    return undefined;
  }
}

/** Which Wherry brought the schema to where it is, as ` of Wherry 1.2.3`; empty where that was not noted. */
export function schemaWriter(connection: DatabaseSync): string {
  const row = connection.prepare(`SELECT origin FROM sizes WHERE origin LIKE '${writer}%'`).get();
  return row === undefined ? '' : ` of ${String(row['origin']).slice('schema by '.length)}`;
}

function version(): string {
  return (createRequire(import.meta.url)('@wherry/storage/package.json') as { version: string }).version;
}

/**
 * What is wrong with the schema, undefined where nothing is: a letter that changed in it renames a column, and whoever reads that by its
 * name finds nothing.
 */
export function schemaFault(connection: DatabaseSync): string | undefined {
  const noted = connection.prepare('SELECT sum FROM sizes WHERE origin=?').get(origin)?.['sum'];
  if (noted !== sumOf(connection)) return 'its schema is not what it was';
  const roots = connection
    .prepare(
      'SELECT count(*) AS n FROM sqlite_schema WHERE rootpage > 0 GROUP BY rootpage HAVING count(*) > 1',
    )
    .all();
  return roots.length > 0 ? 'two tables have one place' : undefined;
}

/** Not where things are, nor in which order: a copy differs in that. */
function sumOf(connection: DatabaseSync): number {
  const texts = connection.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
  return crc32(texts.map((row) => Object.values(row).join('\n')).join('\n\n'));
}
