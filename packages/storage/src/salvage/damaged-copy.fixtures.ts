import { DatabaseSync } from 'node:sqlite';
import { historySealed, sealOf } from '../sqlite/history-seal.ts';
import { checksumOf, sealedTables } from '../sqlite/sealed-rows.ts';

const page = 4096;

/** A copy of a database, and what is wrong with it. */
export interface Damaged {
  readonly damaged: Buffer;
  /** Pages of which something is changed or gone. */
  readonly touched: (page: number) => boolean;
  readonly what: string;
}

/** Mostly one flipped bit; sometimes a few, a page of zeros, or an end that is missing. */
export function damage(bytes: Buffer, random: () => number): Damaged {
  const damaged = Buffer.from(bytes);
  const below = (most: number): number => Math.floor(random() * most);
  const lot = random();
  if (lot < 0.12) {
    // A file of no length is a new one, and not damaged.
    const length = 1 + below(bytes.length - 1);
    const whole = Math.floor(length / page);
    return {
      damaged: damaged.subarray(0, length),
      touched: (one) => one > whole,
      what: `cut off at ${length}`,
    };
  }
  if (lot < 0.16) {
    const zeroed = below(bytes.length / page);
    damaged.fill(0, zeroed * page, (zeroed + 1) * page);
    return { damaged, touched: (one) => one === zeroed + 1, what: `page ${zeroed + 1} of zeros` };
  }
  const bits = Array.from({ length: lot < 0.8 ? 1 : 2 + below(4) }, () => below(bytes.length * 8));
  for (const bit of bits) damaged[bit >> 3]! ^= 1 << (bit & 7);
  const pages = new Set(bits.map((bit) => Math.floor((bit >> 3) / page) + 1));
  return { damaged, touched: (one) => pages.has(one), what: `bits ${bits.join()}` };
}

/** Every checksum is that of what is there now: what a store without checksums would have. */
export function makeFit(path: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    for (const table of sealedTables) {
      for (const { seq, key, body } of database.prepare(`SELECT * FROM ${table}`).all())
        database
          .prepare(`UPDATE ${table} SET checksum=? WHERE seq=?`)
          .run(checksumOf(table, String(key), String(body)), seq as number);
      database.exec(`UPDATE sizes SET sum=(SELECT sum(checksum) FROM ${table}) WHERE origin='${table}'`);
    }
    for (const table of historySealed) {
      const number =
        { callees: 'id', metric_series: 'id', call_blocks: 'block', log_blocks: 'block' }[table as string] ??
        'seq';
      for (const row of database.prepare(`SELECT * FROM ${table}`).all()) {
        const values = Object.values(row).slice(0, -1) as Parameters<typeof sealOf>[1];
        database
          .prepare(`UPDATE ${table} SET seal=? WHERE ${number}=?`)
          .run(sealOf(table, values), row[number] as number);
      }
    }
  } catch {
    // Not all of it can be read: that is what it is, too.
  } finally {
    database?.close();
  }
}
