import type { DatabaseFile } from '../database-file.ts';
import { dead, running, waiting } from './queue-seals.ts';
import { type ReadRow, rowOf } from './queue-states.ts';
import { breathe } from '../turn.ts';

/** Rows that are looked at in one go: about two milliseconds of work. */
const span = 512;

/**
 * Looks through everything that waits, once after each start: what is no longer what was written, what lost its other half, and what an index does
 * not lead to any more, which nothing else would ever notice. Works between the writes of others. Bodies are looked at when they are handed out.
 * Resolves with whether the indexes were made anew.
 */
export async function scrub(
  file: DatabaseFile,
  found: { readonly damaged: (row: ReadRow) => void; readonly orphan: (seq: number) => void },
): Promise<boolean> {
  const connection = file.durable;
  const rows = connection.prepare(
    `SELECT s.*, i.seq AS item, CASE s.state
       WHEN ${waiting} THEN NOT EXISTS (${entry('queue_due', 't.lane=s.lane AND t.due=s.due', waiting)})
       WHEN ${running} THEN NOT EXISTS (${entry('queue_leases', 't.due=s.due', running)})
       ELSE NOT EXISTS (${entry('queue_dead', 'true', dead)}) END
       OR NOT EXISTS (${entry('queue_lane', 't.lane=s.lane', 's.state')}) AS unlisted
     FROM queue_states s LEFT JOIN queue_items i ON i.seq=s.seq WHERE s.seq>? ORDER BY s.seq LIMIT ${span}`,
  );
  rows.setReadBigInts(true);
  const orphans = connection.prepare(
    `SELECT i.seq FROM queue_items i LEFT JOIN queue_states s ON s.seq=i.seq WHERE i.seq>? AND i.seq<=? AND s.seq IS NULL`,
  );
  let mend = false;
  for (let after = 0; ; ) {
    await breathe();
    const group = rows.all(after);
    const last = group.length === span ? Number(group.at(-1)?.['seq']) : Number.MAX_SAFE_INTEGER;
    for (const row of group) {
      const read = rowOf(row);
      const sound = read.sound && row['item'] !== null;
      if (!sound) found.damaged(read);
      // What is damaged may still be listed as what it was.
      mend ||= !sound || Number(row['unlisted']) === 1;
    }
    for (const { seq } of orphans.all(after, last)) found.orphan(Number(seq));
    if (group.length < span) break;
    after = last;
  }
  if (mend) connection.exec('REINDEX queue_states');
  return mend;
}

/** `seq` is looked at twice: as it stands among the columns of the index, and as the row that the entry leads to. */
const entry = (index: string, columns: string, state: number | 's.state'): string =>
  `SELECT 1 FROM queue_states t INDEXED BY ${index}
   WHERE ${columns} AND t.state=${state} AND t.seq=s.seq AND +t.seq=s.seq`;
