import type { ScalingQuery } from '@wherry/core/ports/scaling-records';
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

  find({ target, since, limit }: ScalingQuery): readonly ScalingRecord[] {
    const callee = this.#callees.find(target);
    if (callee === undefined) return [];
    // Not by the index, as with the ends of instances: it has no seal.
    const sql =
      'SELECT * FROM scalings NOT INDEXED WHERE callee = ?1 AND (?2 IS NULL OR at >= ?2) ORDER BY seq DESC LIMIT ?3';
    return this.#file.history
      .prepare(sql)
      .all(callee, since ?? null, Math.max(0, limit))
      .filter((row) => this.#check.passes(row))
      .map((row) => JSON.parse(String(row['body'])) as ScalingRecord);
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
