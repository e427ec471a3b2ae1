import { fullName } from '@wherry/core/names';
import type { QueueQuery, QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall } from '@wherry/core/queued-call';
import type { DatabaseFile } from '../database-file.ts';
import type { QueueItems } from './queue-items.ts';
import type { QueueNames } from './queue-names.ts';
import { outcomeOf } from './queue-outcomes.ts';
import { changedAtOnce } from './queue-batch.ts';
import { dead, idColumn, idOf, running, type StateRow } from './queue-seals.ts';
import { type ReadRow, rowOf } from './queue-states.ts';
import { QueuedCalls, stateNames } from './queued-calls.ts';
import { breathe } from '../turn.ts';

/** Rows that are looked at in one go. */
const span = 4096;
/** SQLite orders numbers below texts, and these below bytes: an id is a text or 16 bytes. */
const aboveAll = new Uint8Array(17).fill(255);
const belowAll = 0;

/** Rows whose ids lie from one on and below another. */
interface Span {
  readonly below: string | Uint8Array;
  readonly from: string | Uint8Array | number;
}

/** Finds items by what people know of them. */
export class QueueSearch {
  readonly #file: DatabaseFile;
  readonly #lanes: QueueNames;
  readonly #names: QueueNames;
  readonly #shown: QueuedCalls;

  constructor(
    file: DatabaseFile,
    { lanes, names, items }: { lanes: QueueNames; names: QueueNames; items: QueueItems },
  ) {
    this.#file = file;
    this.#lanes = lanes;
    this.#names = names;
    this.#shown = new QueuedCalls(lanes, names, items);
  }

  async find(query: QueueQuery): Promise<readonly QueuedCall[]> {
    const callee = query.of === undefined ? undefined : this.#names.find(fullName(query.of));
    if (query.of !== undefined && callee === undefined) return [];
    if (query.id !== undefined) return this.#byId(query.id, callee, query).slice(0, query.limit);
    const over = query.state === 'done' || query.state === 'cancelled';
    const live = over ? [] : await this.#live(query, callee);
    const past = query.state === undefined || over ? await this.#past(query, callee) : [];
    // What ended between the two looks is in both.
    const ended = new Set(past.map(({ item }) => item.id));
    const found = [...past, ...live.filter(({ item }) => !ended.has(item.id))];
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
    { ids, of, lane }: QueueSelection,
    what: 'cancel' | 'redrive' | 'discard',
  ): { row: StateRow; id: string }[] {
    const over = what !== 'cancel';
    const callee = of === undefined ? undefined : (this.#names.find(fullName(of)) ?? -1);
    const inLane = lane === undefined ? undefined : (this.#lanes.find(lane) ?? -1);
    const fits = (row: StateRow) =>
      (callee === undefined || row.callee === callee) &&
      (inLane === undefined || row.lane === inLane) &&
      (row.state === dead) === over;
    if (ids !== undefined)
      return ids.flatMap((id) => this.#liveById(id).slice(0, 1)).filter(({ row }) => fits(row));
    const sql = `SELECT s.*, i.id FROM queue_states s JOIN queue_items i ON i.seq=s.seq
      WHERE ${over ? 's.state=2' : 's.state<2'} AND (?1 IS NULL OR s.callee=?1) AND (?2 IS NULL OR s.lane=?2)
      ${what === 'redrive' ? `AND instr(s.note, '"editedAs":') = 0` : ''} LIMIT ${changedAtOnce}`;
    return this.#file.durable
      .prepare(sql)
      .all(callee ?? null, inLane ?? null)
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

  async #live({ state, lane, before, limit }: QueueQuery, callee: number | undefined): Promise<QueuedCall[]> {
    const wanted = stateNames.findIndex((name) => name === state);
    const of = lane === undefined ? undefined : (this.#lanes.find(lane) ?? -1);
    const index = this.#indexOfFew(wanted);
    // A cross join is done in the order in which it is written.
    const tables =
      index === undefined
        ? 'queue_items i CROSS JOIN queue_states s'
        : `queue_states s INDEXED BY ${index} CROSS JOIN queue_items i`;
    const rows = this.#file.durable.prepare(
      `SELECT s.*, i.id AS id FROM ${tables} ON s.seq=i.seq WHERE i.id<?1 AND i.id>=?2 ${wanted < 0 ? '' : `AND s.state=${wanted}`}
       AND (?3 IS NULL OR s.callee=?3) AND (?4 IS NULL OR s.lane=?4) ORDER BY i.id DESC LIMIT ?5`,
    );
    const found: QueuedCall[] = [];
    const all = [{ below: before === undefined ? aboveAll : idColumn(before), from: belowAll }];
    for await (const { below, from } of index === undefined ? this.#spans('queue_items', before) : all) {
      // What is damaged takes no place in what was asked for: it is read on behind it.
      for (let top = below; found.length < limit; ) {
        const wish = limit - found.length;
        const read = rows.all(top, from, callee ?? null, of ?? null, wish);
        for (const row of read) found.push(...this.#shown.live(rowOf(row)));
        if (read.length < wish) break;
        top = read.at(-1)?.['id'] as Span['below'];
      }
      if (found.length === limit) break;
    }
    return found;
  }

  /** Of a state in which few are, the index that holds them: looking through everything for them would take longer. */
  #indexOfFew(state: number): string | undefined {
    const index = state === running ? 'queue_leases' : state === dead ? 'queue_dead' : undefined;
    if (index === undefined) return undefined;
    const sql = `SELECT 1 FROM queue_states INDEXED BY ${index} WHERE state=${state} LIMIT 1 OFFSET ${span}`;
    return this.#file.durable.prepare(sql).get() === undefined ? index : undefined;
  }

  async #past({ state, lane, before, limit }: QueueQuery, callee: number | undefined): Promise<QueuedCall[]> {
    const wanted = state === undefined ? null : state === 'cancelled' ? 1 : 0;
    const rows = this.#file.durable.prepare(
      `SELECT * FROM queue_outcomes WHERE id<?1 AND id>=?2 AND (?3 IS NULL OR state=?3) AND (?4 IS NULL OR callee=?4) ORDER BY id DESC`,
    );
    const found: QueuedCall[] = [];
    for await (const { below, from } of this.#spans('queue_outcomes', before))
      for (const row of rows.iterate(below, from, wanted, callee ?? null)) {
        const outcome = outcomeOf(row);
        const past = outcome === undefined ? undefined : this.#shown.past(outcome, false);
        if (past !== undefined && (lane === undefined || past.item.lane === lane)) found.push(past);
        if (found.length === limit) return found;
      }
    return found;
  }

  /** Ids of a table from the newest down, so many rows at a time: in between others have their turn. */
  async *#spans(table: 'queue_items' | 'queue_outcomes', before?: string): AsyncGenerator<Span> {
    const lowest = this.#file.durable.prepare(
      `SELECT id FROM ${table} WHERE id<? ORDER BY id DESC LIMIT 1 OFFSET ${span - 1}`,
    );
    for (let below = before === undefined ? aboveAll : idColumn(before); ; ) {
      await breathe();
      const from = lowest.get(below)?.['id'] as string | Uint8Array | undefined;
      yield { below, from: from ?? belowAll };
      if (from === undefined) return;
      below = from;
    }
  }
}
