import type { AuditEntry, AuditRecord, AuditVerdict, ChainedRecord } from '@wherry/core/audit-record';
import type { AuditAppend, AuditLog, AuditQuery } from '@wherry/core/ports/audit-log';
import { beginning, link, recordIn } from '../audit/chain.ts';
import { ChainCheck, pruneRecord } from '../audit/chain-check.ts';
import { leftOpen, ownEntry } from '../audit/left-open.ts';
import { matches } from '../audit/matching.ts';

/** An audit log that ends with the process. Its chain is not proved by any key. */
export class MemoryAuditLog implements AuditLog {
  #rows: ChainedRecord[] = [];
  readonly #open = new Map<number, AuditEntry>();
  #intents = 0;

  async recover(): Promise<number> {
    const left = [...this.#open];
    await this.append(left.map(([intent, entry]) => ({ intent, entry: leftOpen(entry) })));
    return left.length;
  }

  async begin(entry: AuditEntry): Promise<number> {
    this.#open.set(++this.#intents, structuredClone(entry));
    return this.#intents;
  }

  async drop(intent: number): Promise<void> {
    this.#open.delete(intent);
  }

  async append(records: readonly AuditAppend[]): Promise<void> {
    this.#rows.push(...link(this.#rows.at(-1) ?? beginning, records, undefined));
    for (const { intent } of records) if (intent !== undefined) this.#open.delete(intent);
  }

  async find(query: AuditQuery): Promise<readonly AuditRecord[]> {
    const { before = Infinity, limit } = query;
    return this.#rows
      .filter(({ seq }) => seq < before)
      .flatMap(({ body }) => recordIn(body) ?? [])
      .filter((record) => matches(record, query))
      .reverse()
      .slice(0, Math.max(0, limit));
  }

  async read(after: number, limit: number): Promise<readonly ChainedRecord[]> {
    return this.#rows.filter(({ seq }) => seq > after).slice(0, limit);
  }

  async verify(): Promise<AuditVerdict> {
    const check = new ChainCheck(undefined, 0);
    for (const row of this.#rows) check.take(row);
    return check.finish(undefined);
  }

  async head(): Promise<Omit<ChainedRecord, 'body'>> {
    const { seq, hash } = this.#rows.at(-1) ?? beginning;
    return { seq, hash, key: '', mac: '' };
  }

  async prune(before: number, at: number): Promise<number> {
    const young = this.#rows.findIndex(({ body }) => (recordIn(body)?.at ?? Infinity) >= before);
    const count = young < 0 ? this.#rows.length - 1 : young;
    const last = this.#rows[count - 1];
    if (last === undefined) return 0;
    const change = { upTo: String(last.seq), hash: last.hash, records: String(count) };
    await this.append([{ entry: ownEntry(pruneRecord, at, change) }]);
    this.#rows = this.#rows.slice(count);
    return count;
  }
}
