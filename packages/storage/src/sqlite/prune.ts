import type { DatabaseSync } from 'node:sqlite';
import { blockRows, type Blocks, type Span, spanOf } from './blocks.ts';
import type { DatabaseFile } from './database-file.ts';
import { breathe } from './turn.ts';

/** Free pages given back to the file system at a time: about a hundred milliseconds of work at the very most. */
const vacuumPages = 500;

/** An append-only history and what describes its blocks. */
interface History {
  readonly blocks: Blocks;
  /** Drops all with these numbers but what is young enough, and of that the newest `most`. Within a transaction. */
  keep(span: Span, before: number, most: number): Kept;
}

/** What is left of a block. */
export interface Kept {
  readonly rows: number;
  readonly earliest: number;
  readonly latest: number;
}

export const nothingKept: Kept = { rows: 0, earliest: Infinity, latest: -Infinity };

/**
 * Drops what is older than `before`, then the oldest of the rest until no more than about `maxBytes` are left; block by block, each in a
 * transaction of its own, and then gives the free pages back. Returns how many rows went.
 */
export async function prune(
  file: DatabaseFile,
  history: History,
  before: number,
  maxBytes: number,
): Promise<number> {
  const list = history.blocks.all();
  let kept = list.reduce((sum, row) => sum + row.bytes, 0);
  let dropped = 0;
  for (const { block, rows, bytes, earliest } of list) {
    if (earliest >= before && kept <= maxBytes) continue;
    await breathe();
    const others = kept - bytes;
    const left = keepOf(file, history, block, before, maxBytes - others);
    kept = others + left.bytes;
    dropped += rows - left.rows;
  }
  if (dropped > 0) await shrink(file);
  return dropped;
}

/** Keeps of a block what is young enough, and of that the newest that fit into `room`. Returns what is left. */
function keepOf(
  file: DatabaseFile,
  { blocks, keep }: History,
  block: number,
  before: number,
  room: number,
): { rows: number; bytes: number } {
  const left = file.transaction(file.history, () => {
    // Read again: the youngest block may have grown since the blocks were listed.
    const was = blocks.describe(block);
    if (was === undefined) return { rows: 0, bytes: 0 };
    const rowBytes = was.bytes / Math.max(1, was.rows);
    const fitting = Math.max(0, Math.floor(room / rowBytes));
    const kept = keep(spanOf(block), before, fitting);
    const bytes = Math.round(kept.rows * rowBytes);
    if (kept.rows > 0) blocks.put({ ...was, ...kept, bytes });
    else file.history.prepare(`DELETE FROM ${blocks.name} WHERE block=?`).run(block);
    return { rows: kept.rows, bytes };
  });
  // The youngest block is also held in memory, to be appended to.
  blocks.reload();
  return left;
}

/** The same for a table that has a row for each. */
export function keepRows(
  connection: DatabaseSync,
  table: 'calls' | 'logs',
  time: 'started' | 'at',
  { first, last }: Span,
  before: number,
  most: number,
): Kept {
  const within = `FROM ${table} WHERE seq BETWEEN ?1 AND ?2`;
  connection.prepare(`DELETE ${within} AND ${time} < ?3`).run(first, last, before);
  const newest = `SELECT seq ${within} ORDER BY seq DESC LIMIT ?3`;
  const excess = `DELETE ${within} AND seq NOT IN (${newest})`;
  if (most < blockRows) connection.prepare(excess).run(first, last, most);
  const measure = `SELECT count(*) AS rows, min(${time}) AS earliest, max(${time}) AS latest ${within}`;
  const left = connection.prepare(measure).get(first, last);
  const rows = Number(left?.['rows']);
  return rows === 0
    ? nothingKept
    : { rows, earliest: Number(left?.['earliest']), latest: Number(left?.['latest']) };
}

/** Gives free pages back, a few at a time. */
export async function shrink(file: DatabaseFile): Promise<void> {
  const free = () => Number(file.history.prepare('PRAGMA freelist_count').get()?.['freelist_count']);
  for (let before = Infinity, now = free(); now > 0 && now < before; before = now, now = free()) {
    await breathe();
    file.history.exec(`PRAGMA incremental_vacuum(${vacuumPages})`);
  }
}
