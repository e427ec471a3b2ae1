// A writer of 1 KiB calls as a program: `bare` writes rows with SQLite itself, `queue` puts calls into the gateway's queue. Both are on
// disk before they count. Prints a line of JSON.
//   node queue-writer.ts bare|queue IN_FLIGHT SECONDS
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { sampleItem } from '@wherry/testkit/samples';
import { percentile } from '../kit/statistics.ts';

const [how = '', inFlight = '64', seconds = '2'] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'bench-queue-'));
const body = Buffer.alloc(1024, 'x');
const until = performance.now() + Number(seconds) * 1000;
const latencies: number[] = [];

/** As many rows to a commit as there are calls in flight in the other case: the least that durable writing can cost. */
function bare(): void {
  const database = new DatabaseSync(join(home, 'bare.db'));
  database.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows (seq INTEGER PRIMARY KEY, body BLOB)',
  );
  const insert = database.prepare('INSERT INTO rows (body) VALUES (?)');
  while (performance.now() < until) {
    const from = performance.now();
    database.exec('BEGIN');
    for (let i = 0; i < Number(inFlight); i++) insert.run(body);
    database.exec('COMMIT');
    for (let i = 0; i < Number(inFlight); i++) latencies.push(performance.now() - from);
  }
  database.close();
}

async function queued(): Promise<void> {
  const store = await openStore({ home, now: Date.now });
  let count = 0;
  const writer = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = performance.now();
      await store.queue.enqueue([sampleItem((count += 1), { body })]);
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, writer));
  await store.close();
}

try {
  if (how === 'bare') bare();
  else await queued();
  process.stdout.write(
    JSON.stringify({ perSecond: latencies.length / Number(seconds), p99Ms: percentile(latencies, 0.99) }),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
