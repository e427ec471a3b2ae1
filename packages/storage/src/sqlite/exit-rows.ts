import type { Exit } from '@wherry/core/instance';
import type { FunctionName } from '@wherry/core/names';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import type { Damage } from './sealed-rows.ts';

/** How instances ended, in the database's thread. Few enough to be whole objects with an index. */
export class ExitRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #check: SealCheck;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#check = new SealCheck(file.history, 'exits', report);
    this.#file = file;
    this.#callees = callees;
  }

  append(exits: readonly Exit[]): void {
    try {
      this.#file.transaction(this.#file.history, () => {
        const { history } = this.#file;
        let seq = Number(history.prepare('SELECT max(seq) AS seq FROM exits').get()?.['seq'] ?? 0);
        const insert = history.prepare('INSERT INTO exits VALUES (?, ?, ?, ?, ?)');
        for (const exit of exits) {
          const callee = this.#callees.number(exit.deployment);
          const body = JSON.stringify(exit);
          seq += 1;
          insert.run(seq, callee, exit.at, body, sealOf('exits', [seq, callee, exit.at, body]));
        }
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  find(target: FunctionName | undefined, limit: number): readonly Exit[] {
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return [];
    // Not by the index, which has no seal: a number that changed there would lead past a row, or to another function's.
    const which = callee === undefined ? '' : 'WHERE callee = ?';
    const sql = `SELECT * FROM exits NOT INDEXED ${which} ORDER BY seq DESC LIMIT ?`;
    return this.#file.history
      .prepare(sql)
      .all(...(callee === undefined ? [] : [callee]), Math.max(0, limit))
      .filter((row) => this.#check.passes(row))
      .map((row) => JSON.parse(String(row['body'])) as Exit);
  }

  /** Checks every row; what is damaged is reported. Throws `storage_damaged` where one stands in the place of another. */
  scrub(): void {
    let before = 0;
    for (const row of this.#file.history.prepare('SELECT * FROM exits ORDER BY seq').iterate()) {
      this.#check.passes(row);
      if (Number(row['seq']) <= before) this.#file.mustBeWhole();
      before = Number(row['seq']);
    }
  }

  prune(before: number): number {
    return this.#file.transaction(this.#file.history, () =>
      Number(this.#file.history.prepare('DELETE FROM exits WHERE at < ?').run(before).changes),
    );
  }
}
