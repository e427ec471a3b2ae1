import type { StatementSync } from 'node:sqlite';
import type { CallRecord } from '@wherry/core/call-record';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
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
  readonly #insert: StatementSync;

  constructor(file: DatabaseFile, report: (damage: Damage) => void) {
    this.#file = file;
    this.#check = new SealCheck(file.history, 'call_links', report);
    this.#find = file.history.prepare('SELECT * FROM call_links WHERE seq = ?');
    this.#insert = file.history.prepare('INSERT INTO call_links VALUES (?, ?, ?, ?)');
  }

  /** Only within the transaction that writes the call. */
  add(seq: number, trace: Text, replayOf: Text): void {
    const values = [seq, trace, replayOf] as const;
    this.#insert.run(...values, sealOf('call_links', values));
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
