import { spanOf, type Blocks } from './blocks.ts';
import type { DatabaseFile } from './database-file.ts';
import { breathe } from './turn.ts';

/** Free pages given back to the file system at a time: about a hundred milliseconds of work at the very most. */
const vacuumPages = 500;

/** An append-only table and what describes its blocks. */
interface Table {
  readonly rows: 'calls' | 'logs';
  readonly time: 'started' | 'at';
  readonly blocks: Blocks;
}

/**
 * Drops what is older than `before`, then the oldest of the rest until no more than about `maxBytes` are left; block by block, each in a
 * transaction of its own, and then gives the free pages back. Returns how many rows went.
 */
export async function prune(
  file: DatabaseFile,
  table: Table,
  before: number,
  maxBytes: number,
): Promise<number> {
  const list = table.blocks.all();
  let kept = list.reduce((sum, row) => sum + row.bytes, 0);
  let dropped = 0;
  for (const { block, rows, bytes, earliest } of list) {
    if (earliest >= before && kept <= maxBytes) continue;
    await breathe();
    const others = kept - bytes;
    const left = keepOf(file, table, block, before, maxBytes - others);
    kept = others + left.bytes;
    dropped += rows - left.rows;
  }
  if (dropped > 0) await shrink(file);
  return dropped;
}

/** Keeps of a block what is young enough, and of that the newest that fit into `room`. Returns what is left. */
function keepOf(
  file: DatabaseFile,
  { rows, time, blocks }: Table,
  block: number,
  before: number,
  room: number,
): { rows: number; bytes: number } {
  const connection = file.history;
  const { first, last } = spanOf(block);
  const left = file.transaction(connection, () => {
    // Read again: the youngest block may have grown since the blocks were listed.
    const was = blocks.describe(block);
    if (was === undefined) return { rows: 0, bytes: 0 };
    const rowBytes = was.bytes / Math.max(1, was.rows);
    connection
      .prepare(`DELETE FROM ${rows} WHERE seq BETWEEN ? AND ? AND ${time} < ?`)
      .run(first, last, before);
    const fitting = Math.max(0, Math.floor(room / rowBytes));
    const newest = `SELECT seq FROM ${rows} WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ?3`;
    const excess = `DELETE FROM ${rows} WHERE seq BETWEEN ?1 AND ?2 AND seq NOT IN (${newest})`;
    if (was.rows > fitting) connection.prepare(excess).run(first, last, fitting);
    if (rows === 'calls')
      connection
        .prepare(
          'DELETE FROM call_links WHERE seq BETWEEN ?1 AND ?2 AND seq NOT IN (SELECT seq FROM calls WHERE seq BETWEEN ?1 AND ?2)',
        )
        .run(first, last);
    const measure = `SELECT count(*) AS rows, min(${time}) AS earliest, max(${time}) AS latest FROM ${rows} WHERE seq BETWEEN ? AND ?`;
    const now = connection.prepare(measure).get(first, last);
    const count = Number(now?.['rows']);
    const bytes = Math.round(count * rowBytes);
    if (count === 0) connection.prepare(`DELETE FROM ${blocks.name} WHERE block=?`).run(block);
    else {
      const [earliest, latest] = [Number(now?.['earliest']), Number(now?.['latest'])];
      blocks.put({ ...was, rows: count, bytes, earliest, latest });
    }
    return { rows: count, bytes };
  });
  // The youngest block is also held in memory, to be appended to.
  blocks.reload();
  return left;
}

/** Gives free pages back, a few at a time. */
export async function shrink(file: DatabaseFile): Promise<void> {
  const free = () => Number(file.history.prepare('PRAGMA freelist_count').get()?.['freelist_count']);
  for (let before = Infinity, now = free(); now > 0 && now < before; before = now, now = free()) {
    await breathe();
    file.history.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
  }
}
