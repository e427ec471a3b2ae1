import type { CallRecord } from '@wherry/core/call-record';
import type { CallPage, CallQuery } from '@wherry/core/ports/call-records';
import { begunBy, startSlackMs } from '../../calls/before.ts';
import type { CallBatch } from '../../calls/pack-calls.ts';
import { Blocks, type Span } from '../blocks.ts';
import { CallChunks, chunkBytes } from './call-chunks.ts';
import type { Callees } from '../callees.ts';
import type { DatabaseFile } from '../database-file.ts';
import { type Kept, prune } from '../prune.ts';
import type { Damage } from '../sealed-rows.ts';
import { scrub } from '../scrub.ts';
import { type FoundCall, SingleCalls } from './single-calls.ts';
import { breathe } from '../turn.ts';
import { packUuid, timeOfUuid } from '../uuid.ts';

/** How far a call's own start may be from the moment that its id says. */
const idSlackMs = 60_000;

/** Records of calls, in the database's thread. */
export class CallRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #chunks: CallChunks;
  readonly #singles: SingleCalls;
  readonly #blocks: Blocks;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#file = file;
    this.#callees = callees;
    const chunks = (this.#chunks = new CallChunks(file, report));
    const singles = (this.#singles = new SingleCalls(file, callees, report));
    const numbered = {
      last: () => Math.max(chunks.last(), singles.last()),
      count: (first: number, last: number) => chunks.count(first, last) + singles.count(first, last),
    };
    this.#blocks = new Blocks(file, 'call_blocks', numbered, report);
  }

  append(batch: CallBatch): void {
    try {
      this.#file.transaction(this.#file.history, () => this.#write(batch));
    } catch (error) {
      this.#callees.reload();
      this.#blocks.reload();
      throw error;
    }
  }

  async find(query: CallQuery): Promise<readonly CallRecord[]> {
    if (query.before !== undefined) return (await this.page(query)).records;
    const callee = query.target === undefined ? undefined : this.#callees.find(query.target);
    if (query.target !== undefined && callee === undefined) return [];
    const all = { callee, from: query.since, until: query.until };
    const made = query.id === undefined ? undefined : idTime(query.id);
    if (made !== undefined) {
      // Where an id of ours says it is, first; the rest only for aliases and for clocks that were set back.
      const near = { callee, from: made - idSlackMs, until: made + idSlackMs };
      const found = await this.#search(this.#blocks.spans(near), query);
      // What comes out of the queue is tried again, under the same id, whenever it is due.
      if (found.some(({ trigger }) => trigger !== 'http'))
        return this.#search(this.#blocks.spans({ ...all, from: near.from }), query);
      if (found.length > 0) return found;
    }
    return this.#search(this.#blocks.spans(all), query);
  }

  /** A damaged row is passed over, and ends nothing. */
  async page({ before, ...asked }: CallQuery, place?: number): Promise<CallPage> {
    const from = place ?? (await this.#placeOf(before));
    const query = from === undefined ? begunBy(asked, before) : asked;
    const { target, since, until, limit } = query;
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return { records: [] };
    const records: CallRecord[] = [];
    for (let next = from ?? Infinity; ; ) {
      await breathe();
      const span = this.#blocks.spanBefore(next, { callee, from: since, until });
      if (span === undefined) return { records };
      const { first, last } = span;
      for (const { seq, record } of this.#within({ first, last: Math.min(last, next - 1) }, query)) {
        records.push(record);
        if (records.length >= limit) return { records, next: seq };
      }
      next = first;
    }
  }

  counts(): ReadonlyMap<string, number> {
    return this.#callees.counts();
  }

  scrub(): Promise<void> {
    const singles = this.#singles;
    singles.scrubLinks();
    const tables = [
      { table: 'calls', holds: (row: Readonly<Record<string, unknown>>) => (singles.check.passes(row), 1) },
      { table: 'call_chunks', holds: (row: Readonly<Record<string, unknown>>) => this.#chunks.holds(row) },
    ] as const;
    return scrub(this.#file, this.#blocks, tables, (from, reason) => singles.check.tell(from, reason));
  }

  prune(before: number, maxBytes: number): Promise<number> {
    const keep = (span: Span, before: number, most: number): Kept => {
      // Newer than all that have a row each.
      const chunked = this.#chunks.keep(span, before, most);
      const single = this.#singles.keep(span, before, most - chunked.rows);
      return {
        rows: chunked.rows + single.rows,
        earliest: Math.min(chunked.earliest, single.earliest),
        latest: Math.max(chunked.latest, single.latest),
      };
    };
    return prune(this.#file, { blocks: this.#blocks, keep }, before, maxBytes);
  }

  #write({ bytes: all, chunks }: CallBatch): void {
    const counted = new Map<number, number>();
    let start = 0;
    for (const { rows, end, earliest, latest, callees, calls } of chunks) {
      const body = all.subarray(start, end);
      start = end;
      const numbers = callees.map((callee) => this.#callees.number(callee));
      for (const [place, number] of numbers.entries())
        counted.set(number, (counted.get(number) ?? 0) + calls[place]!);
      const bytes = body.length + chunkBytes;
      const seq = this.#blocks.addTogether(numbers, { rows, bytes, earliest, latest });
      this.#chunks.add(seq, rows, body);
    }
    this.#blocks.flush();
    this.#callees.count(counted);
  }

  async #placeOf(before: CallQuery['before']): Promise<number | undefined> {
    if (before === undefined) return undefined;
    const { id, startedAt } = before;
    const [since, until] = [startedAt - startSlackMs, startedAt + startSlackMs];
    for (const span of this.#blocks.spans({ from: since, until })) {
      await breathe();
      for (const { seq, record } of this.#within(span, { id, since, until }))
        if (record.id === id) return seq;
    }
    return undefined;
  }

  async #search(spans: readonly Span[], query: CallQuery): Promise<CallRecord[]> {
    const found: CallRecord[] = [];
    for (const span of spans) {
      if (found.length >= query.limit) break;
      await breathe();
      for (const { record } of this.#within(span, query)) {
        found.push(record);
        if (found.length >= query.limit) break;
      }
    }
    return found;
  }

  *#within(span: Span, query: Omit<CallQuery, 'limit'>): Generator<FoundCall> {
    yield* this.#chunks.find(span, query);
    yield* this.#singles.find(span, query);
  }
}

function idTime(id: string): number | undefined {
  const bytes = new Uint8Array(16);
  return packUuid(id, bytes, 0) && bytes[6]! >> 4 === 7 ? timeOfUuid(bytes) : undefined;
}
