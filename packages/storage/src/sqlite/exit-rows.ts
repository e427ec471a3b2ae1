import type { Exit } from '@wherry/core/instance';
import type { ExitPage, ExitQuery } from '@wherry/core/ports/log-archive';
import type { StatementSync } from 'node:sqlite';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { shrink } from './prune.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import { scrubTable } from './scrub.ts';
import type { Damage } from './sealed-rows.ts';

/** What a row takes beside its body. */
const rowBytes = 60;
/** No function has more of the room than this part. */
const share = 1 / 8;
/** Rows that are looked through in one go; other work goes in between. */
const stretchRows = 2_000;

/** How instances ended, in the database's thread. Few enough to be whole objects with an index. */
export class ExitRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #check: SealCheck;
  readonly #find: StatementSync;
  readonly #reach: StatementSync;
  /** The greatest number there was: one that went is not given again, so that no page that is still to come has a new end. */
  #last = 0;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#check = new SealCheck(file.history, 'exits', report);
    this.#file = file;
    this.#callees = callees;
    // Not by the index, which has no seal: a number that changed there would lead past a row, or to another function's.
    this.#find = file.history.prepare(
      `SELECT * FROM exits NOT INDEXED WHERE seq BETWEEN ?1 AND ?2 AND (?3 IS NULL OR callee = ?3) AND (?4 IS NULL OR at >= ?4)
       AND (?5 IS NULL OR at <= ?5) ORDER BY seq DESC`,
    );
    this.#reach = file.history.prepare(
      `SELECT seq FROM exits NOT INDEXED WHERE seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ${stretchRows - 1}`,
    );
  }

  append(exits: readonly Exit[]): void {
    try {
      this.#file.transaction(this.#file.history, () => {
        const { history } = this.#file;
        const kept = Number(history.prepare('SELECT max(seq) AS seq FROM exits').get()?.['seq'] ?? 0);
        let seq = Math.max(kept, this.#last);
        const insert = history.prepare('INSERT INTO exits VALUES (?, ?, ?, ?, ?)');
        for (const exit of exits) {
          const callee = this.#callees.number(exit.deployment);
          const body = JSON.stringify(exit);
          seq += 1;
          insert.run(seq, callee, exit.at, body, sealOf('exits', [seq, callee, exit.at, body]));
        }
        this.#last = seq;
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  find(query: ExitQuery): readonly Exit[] {
    const found: Exit[] = [];
    for (let next: number | undefined, first = true; first || next !== undefined; first = false) {
      const page = this.page({ ...query, limit: query.limit - found.length }, Infinity, next);
      found.push(...page.exits);
      if (found.length >= query.limit) break;
      next = page.next;
    }
    return found;
  }

  /** Ends at `limit`, at so many bytes, or with a stretch that was looked through: whoever asks for little of much keeps nobody waiting. */
  page(
    { target, instance, kind, since, until, limit }: ExitQuery,
    bytes: number,
    before = Number.MAX_SAFE_INTEGER,
  ): ExitPage {
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return { exits: [] };
    const last = before - 1;
    const first = this.#reach.get(last)?.['seq'];
    const asked = [callee ?? null, since ?? null, until ?? null] as const;
    const exits: Exit[] = [];
    let left = bytes;
    for (const row of this.#find.iterate(Number(first ?? Number.MIN_SAFE_INTEGER), last, ...asked)) {
      if (!this.#check.passes(row)) continue;
      const body = String(row['body']);
      const exit = JSON.parse(body) as Exit;
      if (instance !== undefined && exit.instance !== instance) continue;
      if (kind !== undefined && exit.kind !== kind) continue;
      exits.push(exit);
      left -= body.length;
      if (exits.length >= limit || left <= 0) return { exits, next: Number(row['seq']) };
    }
    return first === undefined ? { exits } : { exits, next: Number(first) };
  }

  /** Checks every row; what is damaged is reported. Throws `storage_damaged` where one stands in the place of another. */
  scrub(): void {
    scrubTable(this.#file, 'exits', this.#check);
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
