import type { Blocks } from './blocks.ts';
import { spanOf } from './blocks.ts';
import type { DatabaseFile } from './database-file.ts';
import type { SealCheck } from './history-seal.ts';
import { breathe } from './turn.ts';

/** A table of an append-only history, numbered by `seq`. */
interface Scrubbed {
  readonly table: 'calls' | 'call_chunks' | 'logs';
  /** Checks a row and reports what is wrong with it; says how many things that happened it holds, or held. */
  holds(row: Readonly<Record<string, unknown>>): number;
}

/**
 * Reads every row of a history and has it checked, block by block: a search does not see rows whose damage hides them from it. Whatever is
 * found is reported, what is missing from a number on to `tell`; nothing is changed. Throws `storage_damaged` where rows cannot be reached
 * that are there.
 */
export async function scrub(
  file: DatabaseFile,
  blocks: Blocks,
  tables: readonly Scrubbed[],
  tell: (from: number, reason: string) => void,
): Promise<void> {
  const connection = file.history;
  const readers = tables.map(({ table, holds }) => ({
    holds,
    rows: connection.prepare(`SELECT * FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq`),
    backwards: connection.prepare(`SELECT seq FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq DESC`),
  }));
  for (const { block } of blocks.all()) {
    await breathe();
    // Again: the youngest block grows, and old ones go, while this breathes.
    const described = blocks.describe(block);
    if (described === undefined) continue;
    const { first, last } = spanOf(block);
    let held = 0;
    let doubted = false;
    for (const { rows, backwards, holds } of readers) {
      let found = 0;
      let before = first - 1;
      for (const row of rows.iterate(first, last)) {
        found += 1;
        held += holds(row);
        // One that comes twice stands in the place of another.
        if (Number(row['seq']) <= before) file.mustBeWhole();
        before = Number(row['seq']);
      }
      // Searches go from the end, and a number that changed above the rows misleads only who comes from one side.
      let again = 0;
      for (const _ of backwards.iterate(first, last)) again += 1;
      doubted ||= found !== again;
    }
    if (doubted || held !== described.rows) file.mustBeWhole();
    if (held < described.rows)
      tell(first, `${described.rows - held} of ${described.rows} rows from here on are missing`);
  }
}

/** The same for a table without blocks, whose rows are few. */
export function scrubTable(file: DatabaseFile, table: 'exits' | 'scalings', check: SealCheck): void {
  let before = 0;
  for (const row of file.history.prepare(`SELECT * FROM ${table} ORDER BY seq`).iterate()) {
    check.passes(row);
    if (Number(row['seq']) <= before) file.mustBeWhole();
    before = Number(row['seq']);
  }
}
