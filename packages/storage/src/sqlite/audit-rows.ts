// Long because: the records, their head and what they are held against are written and judged together.
import { dirname } from 'node:path';
import type {
  AuditEntry,
  AuditHead,
  AuditRecord,
  AuditVerdict,
  ChainedRecord,
} from '@wherry/core/audit-record';
import { WherryError } from '@wherry/core/errors';
import type { AuditAppend, AuditQuery } from '@wherry/core/ports/audit-log';
import { boundedEntry, canonical } from '@wherry/core/audit-record';
import { AuditKey } from '../audit/audit-key.ts';
import { beginning, link, proof, recordIn } from '../audit/chain.ts';
import { ChainCheck, faultKey, pruneRecord } from '../audit/chain-check.ts';
import { HeadFile, type NotedHead } from '../audit/head-file.ts';
import { leftOpen, ownEntry } from '../audit/left-open.ts';
import { matches } from '../audit/matching.ts';
import { tailFault } from '../audit/tail.ts';
import { join } from 'node:path';
import { auditKeyFile } from '../audit/audit-key.ts';
import type { DatabaseFile } from './database-file.ts';
import { checksumOf } from './sealed-rows.ts';
import { breathe } from './turn.ts';

/** Rows that are read in one go; other work goes in between. */
const pageRows = 1000;
/** Faults that one record accepts. */
const acceptsAtOnce = 12;

/** What of a database the log needs. */
export type AuditFile = Pick<DatabaseFile, 'path' | 'durable' | 'transaction' | 'release'>;

/** The audit log, in the database's thread. Where its end is not what is noted apart, nothing is written until somebody accepts that. */
export class AuditRows {
  readonly #file: AuditFile;
  readonly #readOnly: boolean;
  readonly #home: string;
  readonly #noted: HeadFile;
  #key: AuditKey | undefined;
  #last: AuditHead = beginning;
  #fault: string | undefined;
  /** Why the head is behind the records, where it could not be written. */
  #behind: string | undefined;

  /** `readOnly`: also what is noted apart stays as it is. */
  constructor(file: AuditFile, readOnly = false) {
    this.#file = file;
    this.#readOnly = readOnly;
    this.#home = dirname(file.path);
    this.#noted = new HeadFile(this.#home);
    this.#last = lastOf(file);
    try {
      this.#key = AuditKey.read(join(this.#home, auditKeyFile));
      this.#look();
    } catch (error) {
      this.#fault = (error as Error).message;
    }
  }

  recover(): number {
    this.#mustFit();
    const rows = this.#file.durable.prepare('SELECT id, body, checksum FROM audit_intents ORDER BY id').all();
    const left = rows.flatMap(({ id, body, checksum }): AuditAppend[] => {
      if (checksum !== intentSum(String(body))) return [];
      return [{ intent: Number(id), entry: leftOpen(JSON.parse(String(body)) as AuditEntry) }];
    });
    if (left.length > 0) this.append(left);
    return left.length;
  }

  begin(entry: AuditEntry, frees: boolean): number {
    this.#mustFit();
    const body = canonical(boundedEntry(entry));
    const write = (): number =>
      Number(
        this.#file.durable
          .prepare('INSERT INTO audit_intents (body, checksum) VALUES (?, ?)')
          .run(body, intentSum(body)).lastInsertRowid,
      );
    return frees ? this.#file.release(write) : this.#file.transaction(this.#file.durable, write);
  }

  drop(intent: number): void {
    this.#file.release(
      () => void this.#file.durable.prepare('DELETE FROM audit_intents WHERE id=?').run(intent),
    );
  }

  append(records: readonly AuditAppend[]): void {
    this.#mustFit();
    this.#write(records);
  }

  async find(query: AuditQuery): Promise<readonly AuditRecord[]> {
    const found: AuditRecord[] = [];
    const page = this.#file.durable.prepare(
      'SELECT seq, body FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
    );
    let before = query.before ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      const rows = page.all(before, pageRows);
      for (const { body } of rows) {
        if (found.length >= query.limit) return found;
        const record = recordIn(String(body));
        if (record !== undefined && matches(record, query)) found.push(record);
      }
      if (rows.length < pageRows) return found;
      before = Number(rows.at(-1)?.['seq']);
      await breathe();
    }
  }

  read(after: number, limit: number): readonly ChainedRecord[] {
    return this.#file.durable
      .prepare('SELECT seq, body, hash, key, mac FROM audit WHERE seq > ? ORDER BY seq LIMIT ?')
      .all(after, limit)
      .map(chained);
  }

  head(): Omit<ChainedRecord, 'body'> {
    const { seq, hash } = this.#last;
    return { seq, hash, ...proof(hash, this.#key) };
  }

  async verify(): Promise<AuditVerdict> {
    // Both of one moment: what is written meanwhile is for the next time.
    const [key, noted, end] = [this.#key, this.#noted.read(this.#key), lastOf(this.#file).seq];
    const head = noted.kind === 'noted' && noted.proved ? noted : undefined;
    const check = new ChainCheck(key, head?.seq ?? 0);
    for (let after = 0; after < end; ) {
      const rows = this.read(after, pageRows);
      for (const row of rows) {
        if (row.seq > end) break;
        check.take(row);
        if (head !== undefined) check.hold(row, head, end);
      }
      if (rows.length === 0) break;
      after = rows.at(-1)!.seq;
      await breathe();
    }
    const doubt = headDoubt(noted, key, end);
    if (doubt !== undefined) check.unproved(end, doubt);
    return check.finish(head);
  }

  /** The chain goes on from what is there; a record says what was not as it should be. For who works on the data folder itself. */
  async accept(what: string, at: number, change: Readonly<Record<string, string>>): Promise<AuditVerdict> {
    const verdict = await this.verify();
    // One that is there and cannot be used is not replaced.
    this.#key = AuditKey.read(join(this.#home, auditKeyFile)) ?? AuditKey.make(this.#home);
    this.#last = lastOf(this.#file);
    this.#fault = undefined;
    this.#noted.begin(this.#last, this.#key);
    const open = verdict.faults.map(faultKey);
    const entries = [ownEntry(what, at, { ...change, ...accepted(open.slice(0, acceptsAtOnce)) })];
    for (let from = acceptsAtOnce; from < open.length; from += acceptsAtOnce)
      entries.push(ownEntry(what, at, accepted(open.slice(from, from + acceptsAtOnce))));
    this.#write(entries.map((entry) => ({ entry })));
    return verdict;
  }

  async prune(before: number, at: number): Promise<number> {
    this.#mustFit();
    let last: ChainedRecord | undefined;
    let count = 0;
    for (let young = false; !young; ) {
      const rows = this.read(last?.seq ?? 0, pageRows);
      for (const row of rows) {
        young ||= row.seq >= this.#last.seq || (recordIn(row.body)?.at ?? Infinity) >= before;
        if (young) break;
        last = row;
        count += 1;
      }
      if (rows.length < pageRows) break;
      await breathe();
    }
    if (last === undefined) return 0;
    const { seq, hash } = last;
    const change = { upTo: String(seq), hash, records: String(count) };
    this.#write([{ entry: ownEntry(pruneRecord, at, change) }], () =>
      this.#file.durable.prepare('DELETE FROM audit WHERE seq <= ?').run(seq),
    );
    return count;
  }

  #write(records: readonly AuditAppend[], also: () => void = () => {}): void {
    const key = this.#begun();
    const rows = link(this.#last, records, key);
    const { durable } = this.#file;
    // The change was made, or is over: this has to go through on a full disk too.
    this.#file.release(() => {
      const insert = durable.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)');
      for (const row of rows)
        insert.run(row.seq, row.body, row.hash, row.key, row.mac, auditSum(row.seq, row.body, row.hash));
      const settle = durable.prepare('DELETE FROM audit_intents WHERE id=?');
      for (const { intent } of records) if (intent !== undefined) settle.run(intent);
      also();
    });
    this.#last = rows.at(-1) ?? this.#last;
    this.#catchUp(key);
  }

  /** The records are on the disk whatever becomes of this; but nothing more is written until it is done. */
  #catchUp(key: AuditKey): void {
    try {
      if (this.#noted.read(key).kind === 'none') this.#noted.begin(this.#last, key);
      else this.#noted.write(this.#last, key);
      this.#behind = undefined;
    } catch (error) {
      this.#behind = `audit.head cannot be written: ${(error as Error).message}`;
    }
  }

  /** A chain that begins gets its key and its head before its first record. */
  #begun(): AuditKey {
    if (this.#key !== undefined && this.#noted.read(this.#key).kind !== 'none') return this.#key;
    this.#key ??= AuditKey.make(this.#home);
    this.#noted.begin(this.#last, this.#key);
    return this.#key;
  }

  /** Holds the end of the chain against what is noted; what was written after the note, and proves itself, is noted now. */
  #look(): void {
    const noted = this.#noted.read(this.#key);
    if (noted.kind === 'none' && this.#last.seq === 0) return;
    this.#fault = headDoubt(noted, this.#key, this.#last.seq);
    if (this.#fault !== undefined || noted.kind !== 'noted' || this.#key === undefined) return;
    this.#fault = tailFault(noted, this.#key, this.#last.seq, (after) => this.read(after, pageRows));
    const behind = this.#last.seq > noted.seq || noted.torn;
    if (this.#fault === undefined && behind && !this.#readOnly) this.#noted.begin(this.#last, this.#key);
  }

  #mustFit(): void {
    if (this.#behind !== undefined && this.#key !== undefined) this.#catchUp(this.#key);
    const fault = this.#fault ?? this.#behind;
    if (fault === undefined) return;
    throw new WherryError('audit_unavailable', fault, {
      component: 'audit',
      next: 'Nothing was changed. See what is wrong: wherry audit verify. If it can be explained, stop the gateway and run: wherry audit accept',
    });
  }
}

/** Why what is noted apart of the chain is no proof; undefined where it is one. */
function headDoubt(noted: NotedHead, key: AuditKey | undefined, last: number): string | undefined {
  if (noted.kind === 'none')
    return last === 0 ? undefined : 'audit.head is gone, which says where the log ends';
  if (noted.kind === 'garbled') return 'audit.head is damaged';
  if (key === undefined) return 'audit.key is gone, or cannot be used';
  if (!noted.proved) return 'audit.head was not written with the key in audit.key';
  return noted.torn && last <= noted.seq ? 'one of the two lines of audit.head is damaged' : undefined;
}

function lastOf(file: AuditFile): AuditHead {
  const row = file.durable.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get();
  return row === undefined ? beginning : { seq: Number(row['seq']), hash: String(row['hash']) };
}

function chained(row: Readonly<Record<string, unknown>>): ChainedRecord {
  const text = (name: string): string => String(row[name]);
  return {
    seq: Number(row['seq']),
    body: text('body'),
    hash: text('hash'),
    key: text('key'),
    mac: text('mac'),
  };
}

const accepted = (faults: readonly string[]): Readonly<Record<string, string>> =>
  faults.length === 0 ? {} : { accepts: faults.join(' ') };

/** For a salvage: a damaged row is told from a sound one without the others. */
export function auditSum(seq: number, body: string, hash: string): number {
  return checksumOf('audit', String(seq), `${body}\n${hash}`);
}

export function intentSum(body: string): number {
  return checksumOf('audit_intents', '', body);
}
