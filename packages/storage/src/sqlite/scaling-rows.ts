import type { ScalingQuery } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';

/** Decisions over numbers of instances, in the database's thread. Few enough to be whole objects with an index. */
export class ScalingRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;

  constructor(file: DatabaseFile, callees: Callees) {
    this.#file = file;
    this.#callees = callees;
  }

  append(records: readonly ScalingRecord[]): void {
    try {
      this.#file.transaction(this.#file.history, () => {
        const insert = this.#file.history.prepare('INSERT INTO scalings (callee, at, body) VALUES (?, ?, ?)');
        for (const record of records)
          insert.run(this.#callees.number(record.deployment), record.at, JSON.stringify(record));
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  find({ target, since, limit }: ScalingQuery): readonly ScalingRecord[] {
    const callee = this.#callees.find(target);
    if (callee === undefined) return [];
    const sql =
      'SELECT body FROM scalings WHERE callee = ?1 AND (?2 IS NULL OR at >= ?2) ORDER BY seq DESC LIMIT ?3';
    return this.#file.history
      .prepare(sql)
      .all(callee, since ?? null, Math.max(0, limit))
      .map((row) => JSON.parse(String(row['body'])) as ScalingRecord);
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
