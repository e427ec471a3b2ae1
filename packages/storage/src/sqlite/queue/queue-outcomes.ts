import type { StatementSync } from 'node:sqlite';
import type { DatabaseFile } from '../database-file.ts';
import { idColumn, idOf, sealOf } from './queue-seals.ts';

/** What became of a call that is over. */
export interface Outcome {
  readonly id: string;
  readonly alias: string | null;
  readonly callee: number;
  readonly cancelled: boolean;
  readonly keptUntil: number;
  /** JSON: the item without its body, its attempts, and the answer without its body. */
  readonly head: string;
  readonly body: Uint8Array;
}

/** Outcomes of calls that are over, in the order they ended, until they are forgotten. */
export class QueueOutcomes {
  readonly #insert: StatementSync;
  readonly #oldest: StatementSync;
  readonly #drop: StatementSync;
  readonly #measure: StatementSync;
  /** What heads and bodies take; counted when it is first asked for. */
  #bytes: number | undefined;

  constructor(file: DatabaseFile) {
    const prepare = (sql: string) => file.durable.prepare(sql);
    this.#insert = prepare(
      'INSERT INTO queue_outcomes (id, alias, callee, state, kept, head, body, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#oldest = prepare(
      'SELECT seq, kept, length(head) + length(body) AS bytes FROM queue_outcomes ORDER BY seq LIMIT ?',
    );
    this.#measure = prepare('SELECT sum(length(head) + length(body)) AS bytes FROM queue_outcomes');
    this.#drop = prepare('DELETE FROM queue_outcomes WHERE seq=?');
  }

  add({ id, alias, callee, cancelled, keptUntil, head, body }: Outcome): void {
    const state = cancelled ? 1 : 0;
    const seal = sealOf(sealedKey(id, alias, callee, state, keptUntil), head, body);
    this.#insert.run(idColumn(id), alias, callee, state, keptUntil, head, body, seal);
    if (this.#bytes !== undefined) this.#bytes += head.length + body.length;
  }

  /**
   * Drops up to `most` of the oldest: those whose time is over, and those above `mostBytes`. All are kept for the same time, so that none older
   * hides behind a younger.
   */
  prune(now: number, mostBytes: number, most: number): number {
    let bytes = (this.#bytes ??= Number(this.#measure.get()?.['bytes'] ?? 0));
    let dropped = 0;
    for (const { seq, kept, bytes: its } of this.#oldest.all(most)) {
      if (Number(kept) > now && bytes <= mostBytes) break;
      this.#drop.run(seq as number);
      bytes -= Number(its);
      dropped += 1;
    }
    this.#bytes = bytes;
    return dropped;
  }

  /** After a failed transaction. */
  reload(): void {
    this.#bytes = undefined;
  }
}

/** Undefined where the row is no longer what was written. */
export function outcomeOf(row: Readonly<Record<string, unknown>>): Outcome | undefined {
  const id = idOf(row['id']);
  const [callee, state, keptUntil] = [Number(row['callee']), Number(row['state']), Number(row['kept'])];
  const { head, body, alias } = row;
  if (typeof head !== 'string' || !(body instanceof Uint8Array)) return undefined;
  if (alias !== null && typeof alias !== 'string') return undefined;
  if (sealOf(sealedKey(id, alias, callee, state, keptUntil), head, body) !== Number(row['checksum']))
    return undefined;
  return {
    id,
    alias,
    callee,
    cancelled: state === 1,
    keptUntil,
    head,
    body,
  };
}

function sealedKey(
  id: string,
  alias: string | null,
  callee: number,
  state: number,
  keptUntil: number,
): string {
  return `${id} ${callee} ${state} ${keptUntil} ${alias ?? ''}`;
}
