import type { Blocks } from './blocks.ts';
import { spanOf } from './blocks.ts';
import type { DatabaseFile } from './database-file.ts';
import type { SealCheck } from './history-seal.ts';
import { breathe } from './turn.ts';

/**
 * Reads every row of a table of the history and checks its seal, block by block: a search does not see rows whose damage hides them from
 * it. Whatever is found is reported; nothing is changed. Throws `storage_damaged` where rows cannot be reached that are there.
 */
export async function scrub(
  file: DatabaseFile,
  table: 'calls' | 'logs',
  blocks: Blocks,
  check: SealCheck,
): Promise<void> {
  const rows = file.history.prepare(`SELECT * FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq`);
  const backwards = file.history.prepare(
    `SELECT seq FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq DESC`,
  );
  for (const { block } of blocks.all()) {
    await breathe();
    // Again: the youngest block grows, and old ones go, while this breathes.
    const described = blocks.describe(block);
    if (described === undefined) continue;
    const { first, last } = spanOf(block);
    let found = 0;
    let before = first - 1;
    for (const row of rows.iterate(first, last)) {
      found += 1;
      check.passes(row);
      // One that comes twice stands in the place of another.
      if (Number(row['seq']) <= before) file.mustBeWhole();
      before = Number(row['seq']);
    }
    // Searches go from the end, and a number that changed above the rows misleads only who comes from one side.
    let again = 0;
    for (const _ of backwards.iterate(first, last)) again += 1;
    if (found !== again || found !== described.rows) file.mustBeWhole();
    if (found < described.rows)
      check.tell(first, `${described.rows - found} of ${described.rows} rows from here on are missing`);
  }
}
