import { fullName } from '@wherry/core/names';
import type { QueueQuery, QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall } from '@wherry/core/queued-call';
import type { DatabaseFile } from '../database-file.ts';
import type { QueueItems } from './queue-items.ts';
import type { QueueNames } from './queue-names.ts';
import { outcomeOf } from './queue-outcomes.ts';
import { changedAtOnce } from './queue-batch.ts';
import { dead, idColumn, idOf, type running, type StateRow } from './queue-seals.ts';
import { type ReadRow, rowOf } from './queue-states.ts';
import { QueuedCalls, stateNames } from './queued-calls.ts';
import { breathe } from '../turn.ts';

/** Rows that are looked at in one go. */
const span = 4096;

/** Finds items by what people know of them. */
export class QueueSearch {
  readonly #file: DatabaseFile;
  readonly #names: QueueNames;
  readonly #shown: QueuedCalls;

  constructor(
    file: DatabaseFile,
    { lanes, names, items }: { lanes: QueueNames; names: QueueNames; items: QueueItems },
  ) {
    this.#file = file;
    this.#names = names;
    this.#shown = new QueuedCalls(lanes, names, items);
  }

  async find(query: QueueQuery): Promise<readonly QueuedCall[]> {
    const callee = query.of === undefined ? undefined : this.#names.find(fullName(query.of));
    if (query.of !== undefined && callee === undefined) return [];
    if (query.id !== undefined) return this.#byId(query.id, callee, query).slice(0, query.limit);
    const over = query.state === 'done' || query.state === 'cancelled';
    const found = over ? [] : await this.#live(query, callee);
    if (query.state === undefined || over) found.push(...(await this.#past(query, callee)));
    return found.sort((a, b) => (a.item.id < b.item.id ? 1 : -1)).slice(0, query.limit);
  }

  /** Every row in a state that few are in. */
  all(state: typeof running): ReadRow[] {
    return this.#file.durable
      .prepare(`SELECT * FROM queue_states INDEXED BY queue_leases WHERE state=${state}`)
      .all()
      .map(rowOf);
  }

  dueAfter(latest: number): ReadRow[] {
    return this.#file.durable
      .prepare('SELECT * FROM queue_states WHERE state=0 AND due>?')
      .all(latest)
      .map(rowOf);
  }

  deadUntil(now: number): ReadRow[] {
    const sql = 'SELECT * FROM queue_states INDEXED BY queue_dead WHERE state=2 AND expires<=?';
    return this.#file.durable.prepare(sql).all(now).map(rowOf);
  }

  /** What a change of a selection is about: dead letters, or what is not over. Where it names no ids, no more than `changedAtOnce`. */
  selected(
    { ids, of }: QueueSelection,
    what: 'cancel' | 'redrive' | 'discard',
  ): { row: StateRow; id: string }[] {
    const over = what !== 'cancel';
    const callee = of === undefined ? undefined : (this.#names.find(fullName(of)) ?? -1);
    const fits = (row: StateRow) =>
      (callee === undefined || row.callee === callee) && (row.state === dead) === over;
    if (ids !== undefined)
      return ids.flatMap((id) => this.#liveById(id).slice(0, 1)).filter(({ row }) => fits(row));
    const sql = `SELECT s.*, i.id FROM queue_states s JOIN queue_items i ON i.seq=s.seq
      WHERE ${over ? 's.state=2' : 's.state<2'} AND (?1 IS NULL OR s.callee=?1)
      ${what === 'redrive' ? `AND instr(s.note, '"editedAs":') = 0` : ''} LIMIT ${changedAtOnce}`;
    return this.#file.durable
      .prepare(sql)
      .all(callee ?? null)
      .map((row) => ({ row: rowOf(row), id: idOf(row['id']) }));
  }

  #liveById(id: string): { row: StateRow; id: string }[] {
    const own = this.#file.durable.prepare('SELECT seq, id FROM queue_items WHERE id=?').all(idColumn(id));
    const aliased = this.#file.durable
      .prepare('SELECT seq, id FROM queue_items WHERE alias=? ORDER BY seq DESC LIMIT 20')
      .all(id);
    const one = this.#file.durable.prepare('SELECT * FROM queue_states WHERE seq=?');
    return [...own, ...aliased.filter(({ seq }) => seq !== own[0]?.['seq'])].flatMap((found) => {
      const row = one.get(found['seq'] as number);
      return row === undefined ? [] : [{ row: rowOf(row), id: idOf(found['id']) }];
    });
  }

  #byId(id: string, callee: number | undefined, query: QueueQuery): QueuedCall[] {
    const sql =
      'SELECT * FROM queue_outcomes WHERE id=? UNION SELECT * FROM (SELECT * FROM queue_outcomes WHERE alias=? ORDER BY seq DESC LIMIT 20)';
    const past = this.#file.durable
      .prepare(sql)
      .all(idColumn(id), id)
      .flatMap((row) => outcomeOf(row) ?? [])
      .filter((outcome) => callee === undefined || outcome.callee === callee)
      .map((outcome) => this.#shown.past(outcome, true));
    const live = this.#liveById(id)
      .filter(({ row }) => callee === undefined || row.callee === callee)
      .flatMap(({ row }) => this.#shown.live(row, query.body === true));
    const all = [...past, ...live].filter(({ state }) => query.state === undefined || query.state === state);
    // Anybody can send the id of somebody's call as an id of their own: it is still that call's.
    const rank = ({ item }: QueuedCall): number => (item.id === id ? 0 : 1);
    return all.sort((a, b) => rank(a) - rank(b) || (a.item.id < b.item.id ? 1 : -1));
  }

  async #live({ state, before, limit }: QueueQuery, callee: number | undefined): Promise<QueuedCall[]> {
    const wanted = state === undefined ? null : stateNames.indexOf(state as (typeof stateNames)[number]);
    const rows = this.#file.durable.prepare(
      `SELECT * FROM queue_states WHERE seq>?1 AND seq<=?2 AND (?3 IS NULL OR state=?3) AND (?4 IS NULL OR callee=?4)
       ORDER BY seq DESC LIMIT ?5`,
    );
    const found: QueuedCall[] = [];
    for (let top = this.#top('queue_items', before); top > 0 && found.length < limit; top -= span) {
      await breathe();
      for (const row of rows.all(top - span, top, wanted, callee ?? null, limit - found.length))
        found.push(...this.#shown.live(rowOf(row)));
    }
    return found;
  }

  async #past({ state, before, limit }: QueueQuery, callee: number | undefined): Promise<QueuedCall[]> {
    const wanted = state === undefined ? null : state === 'cancelled' ? 1 : 0;
    const rows = this.#file.durable.prepare(
      `SELECT * FROM queue_outcomes WHERE seq>?1 AND seq<=?2 AND (?3 IS NULL OR state=?3) AND (?4 IS NULL OR callee=?4)
       ORDER BY seq DESC LIMIT ?5`,
    );
    const found: QueuedCall[] = [];
    for (let top = this.#top('queue_outcomes'); top > 0 && found.length < limit; top -= span) {
      await breathe();
      for (const row of rows.all(top - span, top, wanted, callee ?? null, limit)) {
        const outcome = outcomeOf(row);
        if (outcome !== undefined && (before === undefined || outcome.id < before))
          found.push(this.#shown.past(outcome, false));
      }
    }
    return found;
  }

  #top(table: 'queue_items' | 'queue_outcomes', before?: string): number {
    const sql = `SELECT max(seq) AS seq FROM ${table}`;
    const found =
      before === undefined
        ? this.#file.durable.prepare(sql).get()
        : this.#file.durable.prepare(`${sql} WHERE id<?`).get(idColumn(before));
    return Number(found?.['seq'] ?? 0);
  }
}
