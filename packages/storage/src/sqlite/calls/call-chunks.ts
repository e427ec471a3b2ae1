import type { CallQuery } from '@wherry/core/ports/call-records';
import type { StatementSync } from 'node:sqlite';
import { CallChunk } from '../../calls/call-chunk.ts';
import { chunkRows, packCalls } from '../../calls/pack-calls.ts';
import type { NumberedRows } from '../numbered-rows.ts';
import type { Span } from '../blocks.ts';
import type { DatabaseFile } from '../database-file.ts';
import { SealCheck, sealOf } from '../history-seal.ts';
import { type Kept, nothingKept } from '../prune.ts';
import type { Damage } from '../sealed-rows.ts';
import type { FoundCall } from './single-calls.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a chunk takes in the file beside its body: its number, its length and its seal. */
export const chunkBytes = 16;

/** Calls in chunks, each a row with the number of its first call. */
export class CallChunks implements NumberedRows {
  readonly #check: SealCheck;
  readonly #newest: StatementSync;
  readonly #oldest: StatementSync;
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;

  constructor({ history }: DatabaseFile, report: (damage: Damage) => void) {
    this.#check = new SealCheck(history, 'call_chunks', report);
    const within = 'SELECT * FROM call_chunks WHERE seq BETWEEN ? AND ? ORDER BY seq';
    this.#oldest = history.prepare(within);
    this.#newest = history.prepare(`${within} DESC`);
    this.#last = history.prepare('SELECT max(seq) AS seq FROM call_chunks');
    this.#insert = history.prepare('INSERT INTO call_chunks VALUES (?, ?, ?, ?)');
    this.#remove = history.prepare('DELETE FROM call_chunks WHERE seq = ?');
  }

  /** As if the last chunk were full: how many are in it is not believed before its seal was looked at, and numbers may be left out. */
  last(): number {
    const seq = this.#last.get()?.['seq'] ?? undefined;
    return seq === undefined ? 0 : Number(seq) + chunkRows - 1;
  }

  count(first: number, last: number): number {
    let count = 0;
    for (const row of this.#oldest.iterate(first, last)) count += this.holds(row);
    return count;
  }

  /** Only within a transaction. */
  add(seq: number, rows: number, body: Uint8Array): void {
    this.#insert.run(seq, rows, body, sealOf('call_chunks', [seq, rows, body]));
  }

  /** Newest first; damaged chunks are reported and left out. */
  *find({ first, last }: Span, query: Omit<CallQuery, 'limit'>): Generator<FoundCall> {
    for (const row of this.#newest.iterate(first, last)) {
      const chunk = this.#open(row);
      if (chunk === undefined) continue;
      const from = Number(row['seq']);
      for (const place of chunk.find(query))
        if (from + place <= last) yield { seq: from + place, record: chunk.record(place) };
    }
  }

  /** How many calls a row has, or had before it was damaged. */
  holds(row: Row): number {
    const said = Number(row['rows']);
    return this.#open(row)?.rows ?? (said > 0 && said <= chunkRows ? Math.floor(said) : 0);
  }

  /** A chunk of which something stays is taken apart: what stays keeps its numbers. Only within a transaction. */
  keep({ first, last }: Span, before: number, most: number): Kept {
    let kept = nothingKept;
    // All at once: what is changed must not be read on.
    for (const row of this.#newest.all(first, last)) {
      const chunk = this.#open(row);
      const seq = Number(row['seq']);
      const rows = chunk === undefined ? [] : [...chunk.find({ since: before })];
      const staying = rows.slice(0, Math.max(0, most - kept.rows));
      const times = staying.map((place) => chunk!.startedAt(place));
      if (chunk === undefined || staying.length < chunk.rows) this.#remove.run(seq);
      if (chunk !== undefined && staying.length < chunk.rows)
        for (const place of staying) this.add(seq + place, 1, packCalls([chunk.record(place)]).bytes);
      kept = {
        rows: kept.rows + staying.length,
        earliest: Math.min(kept.earliest, ...times),
        latest: Math.max(kept.latest, ...times),
      };
    }
    return kept;
  }

  #open(row: Row): CallChunk | undefined {
    if (!this.#check.passes(row)) return undefined;
    try {
      return new CallChunk(row['body'] as Uint8Array);
    } catch (error) {
      this.#check.tell(Number(row['seq']), `it holds no calls: ${(error as Error).message}`);
      return undefined;
    }
  }
}
