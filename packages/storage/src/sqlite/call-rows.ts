// Long because: a row is written, sealed, found and read by its columns, and these belong side by side.
import type { CallRecord } from '@wherry/core/call-record';
import type { ErrorCode, Fault } from '@wherry/core/errors';
import type { CallPage, CallQuery } from '@wherry/core/ports/call-records';
import type { StatementSync } from 'node:sqlite';
import { Blocks, type Sought, type Span } from './blocks.ts';
import { CallLinks, linkBytes } from './call-links.ts';
import { callStride, triggers, type CallBatch } from './call-batch.ts';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { idSum, plainNumber, Seal, SealCheck, textSum } from './history-seal.ts';
import { prune } from './prune.ts';
import { group, type Habits, RowWriter } from './row-writer.ts';
import type { Damage } from './sealed-rows.ts';
import { readable, readableOrNone, storable } from './storable-text.ts';
import { scrub } from './scrub.ts';
import { breathe } from './turn.ts';
import { packUuid, timeOfUuid, unpackUuid } from './uuid.ts';

/** What a row of `calls` takes in the file besides its texts, measured. */
const rowBytes = 90;
const habits: Habits = {
  numbered: true,
  // No alias, target of its own, error and fault; over HTTP, and nobody was woken.
  usual: [
    ...([2, 6, 19, 20] as const).map((column) => [column, null] as const),
    ...([3, 13, 15] as const).map((column) => [column, 0] as const),
  ],
  // Instance; function, version, method, path and status; bytes; how long it waited, mostly not at all.
  repeated: [[7], [4, 5, 8, 9, 16], [17, 18], [12]],
};
/** How far a call's own start may be from the moment that its id says. */
const idSlackMs = 60_000;

/** Records of calls, in the database's thread. */
export class CallRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #blocks: Blocks;
  readonly #links: CallLinks;
  readonly #writer: RowWriter;
  readonly #find: StatementSync;
  readonly #check: SealCheck;
  readonly #seal = new Seal('calls', 21);
  /** Ids of rows that are held together until they are inserted: a view for each row there ever was would be the collector's. */
  readonly #ids = Array.from({ length: group }, () => new Uint8Array(16));

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#file = file;
    this.#callees = callees;
    this.#blocks = new Blocks(file, 'calls', report);
    this.#links = new CallLinks(file, report);
    this.#check = new SealCheck(file.history, 'calls', report);
    this.#writer = new RowWriter(file.history, 'calls', 22, habits);
    this.#find = file.history.prepare(
      `SELECT * FROM calls WHERE seq BETWEEN ?1 AND ?2 AND (?3 IS NULL OR callee = ?3) AND (?4 IS NULL OR started >= ?4)
       AND (?5 IS NULL OR started <= ?5) AND (?6 IS NULL OR id = ?6 OR alias = ?7) AND (?8 IS NULL OR instance = ?8)
       AND (?9 IS NULL OR seq IN (SELECT seq FROM call_links WHERE seq BETWEEN ?1 AND ?2 AND trace = ?9))
       ORDER BY seq DESC LIMIT ?10`,
    );
  }

  append(batch: CallBatch): void {
    try {
      this.#file.transaction(this.#file.history, () => this.#write(batch));
    } catch (error) {
      this.#writer.reset();
      this.#links.reset();
      this.#callees.reload();
      this.#blocks.reload();
      throw error;
    }
  }

  async find(query: CallQuery): Promise<readonly CallRecord[]> {
    const callee = query.target === undefined ? undefined : this.#callees.find(query.target);
    if (query.target !== undefined && callee === undefined) return [];
    const sought = { callee, from: query.since, until: query.until };
    if (query.id === undefined) return this.#search(this.#blocks.spans(sought), sought, query);
    const made = idTime(query.id);
    if (made !== undefined) {
      // Where an id of ours says it is, first; the rest only for aliases and for clocks that were set back.
      const near = this.#blocks.spans({ callee, from: made - idSlackMs, until: made + idSlackMs });
      const found = await this.#search(near, sought, query);
      if (found.length > 0) return found;
    }
    return this.#search(this.#blocks.spans(sought), sought, query);
  }

  /** A damaged row is passed over, and ends nothing. */
  async page(
    { target, instance, since, until, limit }: Omit<CallQuery, 'id' | 'trace'>,
    before = Infinity,
  ): Promise<CallPage> {
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return { records: [] };
    const records: CallRecord[] = [];
    for (let next = before; records.length < limit; ) {
      await breathe();
      const span = this.#blocks.spanBefore(next, { callee, from: since, until });
      if (span === undefined) return { records };
      const of = instance === undefined ? null : storable(instance);
      const asked = [callee ?? null, since ?? null, until ?? null, null, null, of, null] as const;
      const left = limit - records.length;
      const rows = this.#find.all(span.first, Math.min(span.last, next - 1), ...asked, left);
      for (const row of rows) if (this.#passes(row)) records.push(this.#record(row));
      next = rows.length < left ? span.first : Number(rows.at(-1)?.['seq']);
      if (records.length >= limit) return { records, next };
    }
    return { records };
  }

  counts(): ReadonlyMap<string, number> {
    return this.#callees.counts();
  }

  async scrub(): Promise<void> {
    this.#links.scrub();
    await scrub(this.#file, 'calls', this.#blocks, this.#check);
  }

  prune(before: number, maxBytes: number): Promise<number> {
    return prune(this.#file, { rows: 'calls', time: 'started', blocks: this.#blocks }, before, maxBytes);
  }

  #write({ count, ids, numbers, texts, callees }: CallBatch): void {
    const stored = texts.map(storable);
    const sums = stored.map(textSum);
    const text = (place: number) => (place < 0 ? null : stored[place]!);
    const sum = (place: number) => (place < 0 ? none : sums[place]!);
    const seal = this.#seal.columns;
    const none = textSum(null);
    const numbersOf = callees.map((callee) => this.#callees.number(callee));
    const calls = new Map<number, number>();
    for (let index = 0, at = 0; index < count; index += 1, at += callStride) {
      const [place, started] = [numbers[at + 3]!, numbers[at + 9]!];
      const callee = place < 0 ? 0 : numbersOf[place]!;
      if (callee > 0) calls.set(callee, (calls.get(callee) ?? 0) + 1);
      const path = text(numbers[at + 8]!);
      const alias = text(numbers[at + 1]!);
      const target = text(numbers[at + 5]!);
      const linked = numbers[at + 20]! >= 0 || numbers[at + 21]! >= 0;
      const texts = (path?.length ?? 0) + (alias?.length ?? 0) + (target?.length ?? 0);
      const bytes = rowBytes + texts + (linked ? linkBytes : 0);
      const values = this.#writer.row();
      values[0] = this.#blocks.add(callee, started, bytes);
      if (linked) this.#links.add(values[0], text(numbers[at + 20]!), text(numbers[at + 21]!));
      const id = this.#ids[index % group]!;
      for (let byte = 0; byte < 16; byte += 1) id[byte] = ids[index * 16 + byte]!;
      values[1] = numbers[at]! < 0 ? id : text(numbers[at]!);
      values[2] = alias;
      values[3] = numbers[at + 2]!;
      values[4] = callee;
      values[5] = numbers[at + 4]! < 0 ? null : numbers[at + 4]!;
      values[6] = target;
      values[7] = text(numbers[at + 6]!);
      values[8] = text(numbers[at + 7]!);
      values[9] = path;
      for (let column = 10; column < 19; column += 1) values[column] = numbers[at + column - 1]!;
      values[19] = text(numbers[at + 18]!);
      values[20] = text(numbers[at + 19]!);
      seal[0] = values[0] as number;
      seal[1] = numbers[at]! < 0 ? idSum(id) : sums[numbers[at]!]!;
      seal[2] = sum(numbers[at + 1]!);
      seal[3] = numbers[at + 2]!;
      seal[4] = callee;
      seal[5] = numbers[at + 4]! < 0 ? none : numbers[at + 4]!;
      seal[6] = sum(numbers[at + 5]!);
      seal[7] = sum(numbers[at + 6]!);
      seal[8] = sum(numbers[at + 7]!);
      seal[9] = sum(numbers[at + 8]!);
      for (let column = 10; column < 19; column += 1) seal[column] = plainNumber(numbers[at + column - 1]!);
      seal[19] = sum(numbers[at + 18]!);
      seal[20] = sum(numbers[at + 19]!);
      values[21] = this.#seal.value();
      this.#writer.written();
    }
    this.#writer.finish();
    this.#links.finish();
    this.#blocks.flush();
    this.#callees.count(calls);
  }

  async #search(
    spans: readonly Span[],
    { callee, from, until }: Sought,
    { id, instance, trace, limit }: CallQuery,
  ): Promise<CallRecord[]> {
    const found: CallRecord[] = [];
    const key = id === undefined ? null : idKey(id);
    const alias = id === undefined ? null : storable(id);
    const of = instance === undefined ? null : storable(instance);
    for (const { first, last } of spans) {
      if (found.length >= limit) break;
      await breathe();
      const left = limit - found.length;
      const rows = this.#find.all(
        first,
        last,
        callee ?? null,
        from ?? null,
        until ?? null,
        key,
        alias,
        of,
        trace ?? null,
        left,
      );
      const records = rows.filter((row) => this.#passes(row)).map((row) => this.#record(row));
      // Where the link itself is damaged, it is nobody's.
      found.push(...records.filter(({ traceId }) => trace === undefined || traceId === trace));
    }
    return found;
  }

  /** A row whose function is not known any more would get another's name, or none. */
  #passes(row: Readonly<Record<string, unknown>>): boolean {
    if (!this.#check.passes(row)) return false;
    if (row['callee'] === 0 || this.#callees.nameOf(Number(row['callee'])) !== undefined) return true;
    this.#check.tell(Number(row['seq']), 'whose call it was is lost');
    return false;
  }

  #record(row: Readonly<Record<string, unknown>>): CallRecord {
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
      ...this.#links.of(Number(row['seq'])),
      ...(error === undefined ? {} : { error: error as ErrorCode }),
      ...(fault === undefined ? {} : { fault: fault as Fault }),
    };
  }
}

function idKey(id: string): string | Uint8Array {
  const bytes = new Uint8Array(16);
  return packUuid(id, bytes, 0) ? bytes : storable(id);
}

function idTime(id: string): number | undefined {
  const bytes = new Uint8Array(16);
  return packUuid(id, bytes, 0) && bytes[6]! >> 4 === 7 ? timeOfUuid(bytes) : undefined;
}
