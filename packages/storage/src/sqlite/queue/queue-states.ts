import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from '../database-file.ts';
import { dead, running, sealOfState, type StateRow, waiting } from './queue-seals.ts';

interface LaneCount {
  waiting: number;
  running: number;
  dead: number;
  /** Nothing before this `seq` waits or runs: dead letters that lie there are passed once. */
  from: number;
}

/** Where every item stands: rows that change, each under its seal, and how many there are in each lane. */
export class QueueStates {
  readonly #file: DatabaseFile;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;
  readonly #one: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #oldest: StatementSync;
  readonly #ready: StatementSync;
  readonly #overdue: StatementSync;
  readonly #leaseEnds: StatementSync;
  readonly #lanes = new Map<number, LaneCount>();

  constructor(file: DatabaseFile) {
    this.#file = file;
    const prepare = (sql: string) => {
      const statement = file.durable.prepare(sql);
      // A flipped bit can make a number that is none to Node, and would throw where it is read.
      statement.setReadBigInts(true);
      return statement;
    };
    this.#update = prepare(
      'UPDATE queue_states SET state=?, due=?, expires=?, epoch=?, attempts=?, crashes=?, holder=?, note=?, checksum=? WHERE seq=?',
    );
    this.#remove = prepare('DELETE FROM queue_states WHERE seq=?');
    this.#one = prepare('SELECT * FROM queue_states WHERE seq=?');
    this.#due = prepare(
      'SELECT * FROM queue_states INDEXED BY queue_due WHERE lane=? AND state=0 AND due<=? ORDER BY due, seq LIMIT ?',
    );
    this.#ready = prepare(
      'SELECT count(*) AS n FROM (SELECT 1 FROM queue_states INDEXED BY queue_due WHERE lane=? AND state=0 AND due<=? LIMIT 2000)',
    );
    this.#nextDue = prepare(
      'SELECT due FROM queue_states INDEXED BY queue_due WHERE lane=? AND state=0 ORDER BY due, seq LIMIT 1',
    );
    this.#oldest = prepare(
      `SELECT seq, enqueued FROM queue_states INDEXED BY queue_lane WHERE lane=? AND seq>=? AND state<${dead} ORDER BY seq LIMIT 1`,
    );
    this.#leaseEnds = prepare(
      'SELECT lane, min(due) AS due FROM queue_states INDEXED BY queue_leases WHERE state=1 GROUP BY lane',
    );
    this.#overdue = prepare('SELECT * FROM queue_states INDEXED BY queue_leases WHERE state=1 AND due<=?');
    this.reload();
  }

  /** The values of a new row, in the order of the table. */
  columns(row: StateRow): (number | string)[] {
    this.#count(row, 1);
    return [
      ...[row.seq, row.lane, row.callee, row.state, row.due, row.expires, row.enqueued],
      ...[row.epoch, row.attempts, row.crashes, row.holder, row.note, sealOfState(row)],
    ];
  }

  get(seq: number): ReadRow | undefined {
    const row = this.#one.get(seq);
    return row === undefined ? undefined : rowOf(row);
  }

  /** What is due in a lane, first what has been due for longest. */
  due(lane: number, now: number, most: number): ReadRow[] {
    return this.#due.all(lane, now, most).map(rowOf);
  }

  /** How many could begin, counted no further than matters. */
  ready(lane: number, now: number): number {
    return Number(this.#ready.get(lane, now)?.['n']);
  }

  nextDue(lane: number): number | undefined {
    const row = this.#nextDue.get(lane);
    return row === undefined ? undefined : Number(row['due']);
  }

  /** When what came first was enqueued, of what waits or runs in a lane. */
  oldest(lane: number): number | undefined {
    const count = this.#lanes.get(lane);
    if (count === undefined || count.waiting + count.running === 0) return undefined;
    const row = this.#oldest.get(lane, count.from);
    if (row === undefined) return undefined;
    count.from = Number(row['seq']);
    return Number(row['enqueued']);
  }

  /** When the first lease of each lane ends that has any. */
  leaseEnds(): ReadonlyMap<number, number> {
    const rows = this.#leaseEnds.all();
    return new Map(rows.map(({ lane, due }) => [Number(lane), Number(due)]));
  }

  /** What is held although its lease is over. */
  overdue(now: number): ReadRow[] {
    return this.#overdue.all(now).map(rowOf);
  }

  write(row: StateRow, was: number): void {
    const { state, due, expires, epoch, attempts, crashes, holder, note, seq } = row;
    const seal = sealOfState(row);
    this.#update.run(state, due, expires, epoch, attempts, crashes, holder, note, seal, seq);
    this.#count({ lane: row.lane, seq, state: was }, -1);
    this.#count(row, 1);
  }

  /** A dead letter stays as it is, and says which call took its place: one, ever. */
  givePlace(seq: number | undefined, to: string): boolean {
    const row = seq === undefined ? undefined : this.get(seq);
    if (row === undefined || !row.sound || row.state !== dead) return false;
    const said = JSON.parse(row.note || '{}') as { readonly editedAs?: string };
    if (said.editedAs !== undefined) return false;
    this.write(Object.assign(row, { note: JSON.stringify({ ...said, editedAs: to }) }), dead);
    return true;
  }

  remove(row: StateRow, was: number): void {
    this.#remove.run(row.seq);
    this.#count({ lane: row.lane, seq: row.seq, state: was }, -1);
  }

  /** Lanes in which there is anything. */
  lanes(): ({ readonly lane: number } & Readonly<Omit<LaneCount, 'from'>>)[] {
    return [...this.#lanes].map(([lane, count]) => ({ lane, ...count }));
  }

  isEmpty(lane: number): boolean {
    return !this.#lanes.has(lane);
  }

  /** Counts anew: at the start, and after a failed transaction. */
  reload(): void {
    this.#lanes.clear();
    for (const [state, index] of [
      [waiting, 'queue_due'],
      [running, 'queue_leases'],
      [dead, 'queue_dead'],
    ] as const) {
      const sql = `SELECT lane, count(*) AS n FROM queue_states INDEXED BY ${index} WHERE state=${state} GROUP BY lane`;
      for (const { lane, n } of this.#file.durable.prepare(sql).iterate())
        this.#count({ lane: Number(lane), seq: 0, state }, Number(n));
    }
  }

  #count({ lane, seq, state }: Pick<StateRow, 'lane' | 'seq' | 'state'>, by: number): void {
    let count = this.#lanes.get(lane);
    if (count === undefined) this.#lanes.set(lane, (count = { waiting: 0, running: 0, dead: 0, from: seq }));
    if (state !== dead) count.from = Math.min(count.from, seq);
    count[state === waiting ? 'waiting' : state === running ? 'running' : 'dead'] += by;
    if (count.waiting === 0 && count.running === 0 && count.dead === 0) this.#lanes.delete(lane);
  }
}

/** A row as it was found: sound where it is what was written. */
export type ReadRow = StateRow & { readonly sound: boolean };

export function rowOf(row: Readonly<Record<string, unknown>>): ReadRow {
  const number = (name: keyof StateRow): number => numberIn(row[name]);
  const read = {
    ...{ seq: number('seq'), lane: number('lane'), callee: number('callee'), state: number('state') },
    ...{ due: number('due'), expires: number('expires'), enqueued: number('enqueued') },
    ...{ epoch: number('epoch'), attempts: number('attempts'), crashes: number('crashes') },
    ...{ holder: number('holder'), note: String(row['note']) },
  };
  return { ...read, sound: sealOfState(read) === Number(row['checksum']) };
}

/** A bit may make a number into nothing or into empty bytes, which are 0 to Node and no number to an index. */
const numberIn = (column: unknown): number =>
  typeof column === 'number' || typeof column === 'bigint' ? Number(column) : Number.NaN;
