import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { most } from '../metrics/series-index.ts';
import { migrate } from '../sqlite/database-file.ts';
import { floorKey, versionLeap } from '../sqlite/desired-rows.ts';
import { type HistoryTable, historySealed, sealOf } from '../sqlite/history-seal.ts';
import { createPrivate } from '../sqlite/home-lock.ts';
import { sealOfName } from '../sqlite/queue/queue-names.ts';
import { checksumOf, sealedTables } from '../sqlite/sealed-rows.ts';
import type { Value } from './cells.ts';
import { describeHistory } from './describe-history.ts';
import type { SalvageTable } from './salvage-tables.ts';

/** How many damaged rows are put into quarantine; all are counted. */
const mostQuarantined = 10_000;
/** A database that is written from rows that were found in another one. Nothing else opens it before it is finished. */
export class NewDatabase {
  readonly #database: DatabaseSync;
  readonly #inserts = new Map<string, StatementSync>();
  readonly #bodies = new Map<string, string>();
  #quarantined = 0;

  constructor(path: string) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
    createPrivate(path);
    this.#database = new DatabaseSync(path);
    // It is worth nothing until it is finished, and flushed as a whole then.
    this.#database.exec('PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF');
    migrate(this.#database, path);
    this.#database.exec('BEGIN');
  }

  /** Takes a sound row. `contradiction` where another sound row of the same key says something else: then neither is kept. */
  add(table: SalvageTable, row: readonly Value[]): 'kept' | 'known' | 'contradiction' {
    const { name } = table;
    if (isOneOf(sealedTables, name)) return this.#addSealed(name, String(row[1]), String(row[2]));
    const values = isOneOf(historySealed, name)
      ? sealed(name, row)
      : name === 'queue_names'
        ? named(name, row)
        : row;
    const { changes } = this.#insert(name, table.columns.length).run(...(values as Value[]));
    if (changes === 0) return 'known';
    return 'kept';
  }

  quarantine(at: number, origin: string, row: readonly Value[], reason: string): void {
    if ((this.#quarantined += 1) > mostQuarantined) return;
    const [key, body] = isOneOf(sealedTables, origin)
      ? [row[1], row[2]]
      : [null, JSON.stringify(row, plainly)];
    this.#insert('quarantine', 6).run(null, at, origin, key ?? null, body ?? null, reason);
  }

  /** What is of no use without something that was lost: by table, how many rows went. */
  dropOrphans(at: number): Map<string, number> {
    const dropped = new Map<string, number>();
    const orphans: readonly (readonly [table: string, where: string, reason: string])[] = [
      ['queue_items', 'seq NOT IN (SELECT seq FROM queue_states)', 'where it stood is lost'],
      ['queue_states', 'seq NOT IN (SELECT seq FROM queue_items)', 'its call is lost'],
      [
        'queue_states',
        'callee NOT IN (SELECT id FROM queue_names) OR lane NOT IN (SELECT id FROM queue_lanes)',
        'whose call it is, is lost',
      ],
      ['queue_items', 'seq NOT IN (SELECT seq FROM queue_states)', 'where it stood is lost'],
      ...(['calls', 'logs', 'exits', 'scalings', 'captures'] as const).map(
        (table) =>
          [table, 'callee <> 0 AND callee NOT IN (SELECT id FROM callees)', 'whose it is, is lost'] as const,
      ),
      ['call_links', 'seq NOT IN (SELECT seq FROM calls)', 'its call is lost'],
      [
        'metric_blocks',
        `seq % ${most.numbers} NOT IN (SELECT id FROM metric_series)`,
        'which numbers these are, is lost',
      ],
    ];
    for (const [table, where, reason] of orphans) {
      for (const row of this.#database
        .prepare(`SELECT * FROM ${table} WHERE ${where} LIMIT ${mostQuarantined}`)
        .all())
        this.quarantine(at, table, Object.values(row) as Value[], reason);
      const { changes } = this.#database.prepare(`DELETE FROM ${table} WHERE ${where}`).run();
      dropped.set(table, (dropped.get(table) ?? 0) + Number(changes));
    }
    return dropped;
  }

  /** Which version comes next is known only where no counter was lost; else numbering leaps, as at a start. */
  leapVersions(): void {
    const before = Number(this.#bodies.get(bodyKey('versions', floorKey)) ?? 0);
    this.#database.prepare('DELETE FROM versions WHERE key=?').run(floorKey);
    this.#bodies.delete(bodyKey('versions', floorKey));
    this.#addSealed('versions', floorKey, String(before + versionLeap));
  }

  /** Keys of a table that were kept. */
  keys(table: string): string[] {
    return this.#database
      .prepare(`SELECT key FROM ${table}`)
      .all()
      .map(({ key }) => String(key));
  }

  finish(): void {
    for (const table of sealedTables)
      this.#database
        .prepare(`INSERT OR REPLACE INTO sizes SELECT ?, count(*), coalesce(sum(checksum), 0) FROM ${table}`)
        .run(table);
    describeHistory(this.#database);
    this.#database.exec('COMMIT');
    this.#database.close();
  }

  abandon(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #addSealed(table: string, key: string, body: string): 'kept' | 'known' | 'contradiction' {
    const known = this.#bodies.get(bodyKey(table, key));
    if (known === body) return 'known';
    if (known !== undefined) {
      this.#database.prepare(`DELETE FROM ${table} WHERE key=?`).run(key);
      return 'contradiction';
    }
    this.#bodies.set(bodyKey(table, key), body);
    this.#insert(table, 4).run(null, key, body, checksumOf(table, key, body));
    return 'kept';
  }

  #insert(table: string, columns: number): StatementSync {
    let insert = this.#inserts.get(table);
    if (insert === undefined) {
      const sql = `INSERT OR IGNORE INTO ${table} VALUES (${new Array(columns).fill('?').join(',')})`;
      this.#inserts.set(table, (insert = this.#database.prepare(sql)));
    }
    return insert;
  }
}

const bodyKey = (table: string, key: string): string => `${table}\n${key}`;

/** With the seal that it has now; one of before there were seals gets it here. */
function sealed(table: HistoryTable, row: readonly Value[]): readonly Value[] {
  const values = row.slice(0, -1);
  return [...values, sealOf(table, values)];
}

function named(table: string, [id, name]: readonly Value[]): readonly Value[] {
  return [id!, name!, sealOfName(table, Number(id), String(name))];
}

function plainly(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}
