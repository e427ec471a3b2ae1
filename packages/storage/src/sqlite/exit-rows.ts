import type { Exit } from '@wherry/core/instance';
import type { ExitQuery } from '@wherry/core/ports/log-archive';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { shrink } from './prune.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import type { Damage } from './sealed-rows.ts';

/** What a row takes beside its body. */
const rowBytes = 60;
/** No function has more of the room than this part. */
const share = 1 / 8;

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

  find({ target, instance, kind, since, until, limit }: ExitQuery): readonly Exit[] {
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return [];
    // Not by the index, which has no seal: a number that changed there would lead past a row, or to another function's.
    const sql = `SELECT * FROM exits NOT INDEXED WHERE (?1 IS NULL OR callee = ?1) AND (?2 IS NULL OR at >= ?2)
       AND (?3 IS NULL OR at <= ?3) ORDER BY seq DESC`;
    const found: Exit[] = [];
    const rows = this.#file.history.prepare(sql).iterate(callee ?? null, since ?? null, until ?? null);
    for (const row of rows) {
      if (found.length >= limit) break;
      if (!this.#check.passes(row)) continue;
      const exit = JSON.parse(String(row['body'])) as Exit;
      if (instance !== undefined && exit.instance !== instance) continue;
      if (kind === undefined || exit.kind === kind) found.push(exit);
    }
    return found;
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

  async prune(before: number, maxBytes: number): Promise<number> {
    const { history } = this.#file;
    const drop = (sql: string, ...values: readonly number[]): number =>
      this.#file.transaction(history, () => Number(history.prepare(sql).run(...values).changes));
    const old = drop('DELETE FROM exits WHERE at < ?', before);
    const size = `octet_length(body) + ${rowBytes}`;
    const held = Number(history.prepare(`SELECT sum(${size}) AS bytes FROM exits`).get()?.['bytes'] ?? 0);
    let gone = old;
    // Only then is it worth it to look whose they are.
    if (held > maxBytes * share) {
      const beyond = (order: string) =>
        `DELETE FROM exits WHERE seq IN (SELECT seq FROM (SELECT seq, sum(${size}) OVER (${order}) AS bytes FROM exits) WHERE bytes > ?)`;
      gone += drop(beyond('PARTITION BY callee ORDER BY seq DESC'), maxBytes * share);
      gone += drop(beyond('ORDER BY seq DESC'), maxBytes);
    }
    if (gone > 0) await shrink(this.#file);
    return gone;
  }
}
