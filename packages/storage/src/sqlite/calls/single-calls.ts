import type { CallRecord } from '@wherry/core/call-record';
import type { ErrorCode, Fault } from '@wherry/core/errors';
import type { CallQuery } from '@wherry/core/ports/call-records';
import type { StatementSync } from 'node:sqlite';
import { triggers } from '../../calls/pack-calls.ts';
import { type Span } from '../blocks.ts';
import { type NumberedRows, rowsOf } from '../numbered-rows.ts';
import type { Callees } from '../callees.ts';
import type { DatabaseFile } from '../database-file.ts';
import { SealCheck } from '../history-seal.ts';
import { type Kept, keepRows, nothingKept } from '../prune.ts';
import { readable, readableOrNone, storable } from '../storable-text.ts';
import type { Damage } from '../sealed-rows.ts';
import { packUuid, unpackUuid } from '../uuid.ts';

type Row = Readonly<Record<string, unknown>>;

/** A record and its number. */
export interface FoundCall {
  readonly seq: number;
  readonly record: CallRecord;
}

/** Calls that have a row each, as all had before schema 15: none is added, and the last goes when it is too old to be kept. */
export class SingleCalls implements NumberedRows {
  readonly check: SealCheck;
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #links: SealCheck;
  readonly #find: StatementSync;
  readonly #link: StatementSync;
  readonly #rows: NumberedRows;
  readonly #last: number;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    const { history } = file;
    this.#file = file;
    this.#callees = callees;
    this.check = new SealCheck(history, 'calls', report);
    this.#links = new SealCheck(history, 'call_links', report);
    this.#rows = rowsOf(history, 'calls');
    this.#last = this.#rows.last();
    this.#link = history.prepare('SELECT * FROM call_links WHERE seq = ?');
    this.#find = history.prepare(
      `SELECT * FROM calls WHERE seq BETWEEN ?1 AND ?2 AND (?3 IS NULL OR callee = ?3) AND (?4 IS NULL OR started >= ?4)
       AND (?5 IS NULL OR started <= ?5) AND (?6 IS NULL OR id = ?6 OR alias = ?7) AND (?8 IS NULL OR instance = ?8)
       AND (?9 IS NULL OR seq IN (SELECT seq FROM call_links WHERE seq BETWEEN ?1 AND ?2 AND trace = ?9))
       ORDER BY seq DESC`,
    );
  }

  last(): number {
    return this.#last;
  }

  count(first: number, last: number): number {
    return first > this.#last ? 0 : this.#rows.count(first, last);
  }

  /** Newest first; damaged ones are reported and left out. */
  *find({ first, last }: Span, query: Omit<CallQuery, 'limit'>): Generator<FoundCall> {
    const { target, id, instance, trace, since, until } = query;
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (first > this.#last || (target !== undefined && callee === undefined)) return;
    const whose = [callee ?? null, since ?? null, until ?? null] as const;
    const called = id === undefined ? [null, null] : [idKey(id), storable(id)];
    const of = instance === undefined ? null : storable(instance);
    for (const row of this.#find.iterate(first, last, ...whose, ...called, of, trace ?? null)) {
      if (!this.passes(row)) continue;
      const record = this.#record(row);
      // Where the link itself is damaged, it is nobody's.
      if (trace === undefined || record.traceId === trace) yield { seq: Number(row['seq']), record };
    }
  }

  /** A row whose function is not known any more would get another's name, or none. */
  passes(row: Row): boolean {
    if (!this.check.passes(row)) return false;
    if (row['callee'] === 0 || this.#callees.nameOf(Number(row['callee'])) !== undefined) return true;
    this.check.tell(Number(row['seq']), 'whose call it was is lost');
    return false;
  }

  /** Only within a transaction. */
  keep(span: Span, before: number, most: number): Kept {
    if (span.first > this.#last) return nothingKept;
    const { history } = this.#file;
    const kept = keepRows(history, 'calls', 'started', span, before, most);
    const alone =
      'DELETE FROM call_links WHERE seq BETWEEN ?1 AND ?2 AND seq NOT IN (SELECT seq FROM calls WHERE seq BETWEEN ?1 AND ?2)';
    history.prepare(alone).run(span.first, span.last);
    return kept;
  }

  scrubLinks(): void {
    for (const row of this.#file.history.prepare('SELECT * FROM call_links').iterate())
      this.#links.passes(row);
  }

  #record(row: Row): CallRecord {
    const id = row['id'];
    const name = row['callee'] === 0 ? undefined : this.#callees.nameOf(Number(row['callee']));
    const [alias, instance] = [readableOrNone(row['alias']), readableOrNone(row['instance'])];
    const [error, fault] = [readableOrNone(row['error']), readableOrNone(row['fault'])];
    return {
      id: id instanceof Uint8Array && id.length === 16 ? unpackUuid(id) : readable(id),
      ...(alias === undefined ? {} : { alias }),
      trigger: triggers[Number(row['trigger'])] ?? 'internal',
      target: readableOrNone(row['target']) ?? name?.name ?? '',
      ...(name === undefined ? {} : { deployment: { ...name, version: Number(row['version']) } }),
      ...(instance === undefined ? {} : { instance }),
      method: readable(row['method']),
      path: readable(row['path']),
      startedAt: Number(row['started']),
      totalMs: Number(row['total']),
      waitMs: Number(row['wait']),
      wakeMs: Number(row['wake']),
      runMs: Number(row['run']),
      cold: row['cold'] === 1,
      status: Number(row['status']),
      bytesIn: Number(row['bytes_in']),
      bytesOut: Number(row['bytes_out']),
      ...this.#linksOf(Number(row['seq'])),
      ...(error === undefined ? {} : { error: error as ErrorCode }),
      ...(fault === undefined ? {} : { fault: fault as Fault }),
    };
  }

  #linksOf(seq: number): Pick<CallRecord, 'traceId' | 'replayOf'> {
    const row = this.#link.get(seq);
    if (row === undefined || !this.#links.passes(row)) return {};
    const [traceId, replayOf] = [readableOrNone(row['trace']), readableOrNone(row['replay_of'])];
    return { ...(traceId === undefined ? {} : { traceId }), ...(replayOf === undefined ? {} : { replayOf }) };
  }
}

function idKey(id: string): string | Uint8Array {
  const bytes = new Uint8Array(16);
  return packUuid(id, bytes, 0) ? bytes : storable(id);
}
