import type { StatementSync } from 'node:sqlite';
import type { CallRecord } from '@wherry/core/call-record';
import type { DatabaseFile } from './database-file.ts';
import { Seal, SealCheck, textSum } from './history-seal.ts';
import { RowWriter } from './row-writer.ts';
import type { Damage } from './sealed-rows.ts';
import { readableOrNone } from './storable-text.ts';

type Text = string | Uint8Array | null;
type Links = Pick<CallRecord, 'traceId' | 'replayOf'>;

/** What a row takes in the file, roughly. */
export const linkBytes = 64;

/** What calls have to do with others: beside their rows, because most have nothing. */
export class CallLinks {
  readonly #file: DatabaseFile;
  readonly #check: SealCheck;
  readonly #find: StatementSync;
  readonly #writer: RowWriter;
  readonly #seal = new Seal('call_links', 3);

  constructor(file: DatabaseFile, report: (damage: Damage) => void) {
    this.#file = file;
    this.#check = new SealCheck(file.history, 'call_links', report);
    this.#find = file.history.prepare('SELECT * FROM call_links WHERE seq = ?');
    this.#writer = new RowWriter(file.history, 'call_links', 4);
  }

  /** Only within the transaction that writes the call, which calls `finish` before it commits. */
  add(seq: number, trace: Text, replayOf: Text): void {
    const { columns } = this.#seal;
    columns[0] = seq;
    columns[1] = textSum(trace);
    columns[2] = textSum(replayOf);
    const values = this.#writer.row();
    values[0] = seq;
    values[1] = trace;
    values[2] = replayOf;
    values[3] = this.#seal.value();
    this.#writer.written();
  }

  finish(): void {
    this.#writer.finish();
  }

  /** Forgets rows of a transaction that failed. */
  reset(): void {
    this.#writer.reset();
  }

  of(seq: number): Links {
    const row = this.#find.get(seq);
    if (row === undefined || !this.#check.passes(row)) return {};
    const [traceId, replayOf] = [readableOrNone(row['trace']), readableOrNone(row['replay_of'])];
    return { ...(traceId === undefined ? {} : { traceId }), ...(replayOf === undefined ? {} : { replayOf }) };
  }

  /** Checks every row; what is damaged is reported. */
  scrub(): void {
    for (const row of this.#file.history.prepare('SELECT * FROM call_links').iterate())
      this.#check.passes(row);
  }
}
