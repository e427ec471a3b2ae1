import type { ScalingPage, ScalingQuery } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import { scrubTable } from './scrub.ts';
import type { Damage } from './sealed-rows.ts';

/** Decisions over numbers of instances, in the database's thread. Few enough to be whole objects with an index. */
export class ScalingRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #check: SealCheck;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#check = new SealCheck(file.history, 'scalings', report);
    this.#file = file;
    this.#callees = callees;
  }

  append(records: readonly ScalingRecord[]): void {
    try {
      this.#file.transaction(this.#file.history, () => {
        const { history } = this.#file;
        let seq = Number(history.prepare('SELECT max(seq) AS seq FROM scalings').get()?.['seq'] ?? 0);
        const insert = history.prepare('INSERT INTO scalings VALUES (?, ?, ?, ?, ?)');
        for (const record of records) {
          const callee = this.#callees.number(record.deployment);
          const body = JSON.stringify(record);
          seq += 1;
          insert.run(seq, callee, record.at, body, sealOf('scalings', [seq, callee, record.at, body]));
        }
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  find(query: ScalingQuery): readonly ScalingRecord[] {
    return query.limit <= 0 ? [] : this.page(query).records;
  }

  page({ target, since, limit }: ScalingQuery, before = Number.MAX_SAFE_INTEGER): ScalingPage {
    const callee = this.#callees.find(target);
    if (callee === undefined) return { records: [] };
    // Not by the index, as with the ends of instances: it has no seal.
    const sql = `SELECT * FROM scalings NOT INDEXED WHERE seq < ?1 AND callee = ?2 AND (?3 IS NULL OR at >= ?3)
       ORDER BY seq DESC LIMIT ?4`;
    const rows = this.#file.history.prepare(sql).all(before, callee, since ?? null, limit);
    const records = rows
      .filter((row) => this.#check.passes(row))
      .map((row) => JSON.parse(String(row['body'])) as ScalingRecord);
    return rows.length < limit ? { records } : { records, next: Number(rows.at(-1)?.['seq']) };
  }

  /** Checks every row; what is damaged is reported. Throws `storage_damaged` where one stands in the place of another. */
  scrub(): void {
    scrubTable(this.#file, 'scalings', this.#check);
  }

  prune(before: number, most: number): number {
    return this.#file.transaction(this.#file.history, () => {
      const run = (sql: string, value: number) => Number(this.#file.history.prepare(sql).run(value).changes);
      const beyond = 'SELECT seq FROM scalings ORDER BY seq DESC LIMIT -1 OFFSET ?';
      return (
        run('DELETE FROM scalings WHERE at < ?', before) +
        run(`DELETE FROM scalings WHERE seq IN (${beyond})`, Math.max(0, most))
      );
    });
  }
}
