import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** From this step of the schema on, `sizes` has its number and a checksum of its text. */
const notedFrom = 6;
const origin = 'schema';

/** Notes what the schema is now. Within the transaction of the step that made it so. */
export function noteSchema(connection: DatabaseSync, schema: number): void {
  if (schema < notedFrom) return;
  connection.prepare('INSERT OR REPLACE INTO sizes VALUES (?, ?, ?)').run(origin, schema, sumOf(connection));
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
