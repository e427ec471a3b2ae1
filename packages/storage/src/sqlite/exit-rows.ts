import type { Exit } from '@wherry/core/instance';
import type { FunctionName } from '@wherry/core/names';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';

/** How instances ended, in the database's thread. Few enough to be whole objects with an index. */
export class ExitRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;

  constructor(file: DatabaseFile, callees: Callees) {
    this.#file = file;
    this.#callees = callees;
  }

  append(exits: readonly Exit[]): void {
    try {
      this.#file.transaction(this.#file.history, () => {
        const insert = this.#file.history.prepare('INSERT INTO exits (callee, at, body) VALUES (?, ?, ?)');
        for (const exit of exits)
          insert.run(this.#callees.number(exit.deployment), exit.at, JSON.stringify(exit));
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  find(target: FunctionName, limit: number): readonly Exit[] {
    const callee = this.#callees.find(target);
    if (callee === undefined) return [];
    const sql = 'SELECT body FROM exits WHERE callee = ? ORDER BY seq DESC LIMIT ?';
    return this.#file.history
      .prepare(sql)
      .all(callee, Math.max(0, limit))
      .map((row) => JSON.parse(String(row['body'])) as Exit);
  }

  prune(before: number): number {
    return this.#file.transaction(this.#file.history, () =>
      Number(this.#file.history.prepare('DELETE FROM exits WHERE at < ?').run(before).changes),
    );
  }
}
