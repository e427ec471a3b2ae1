import type { CallRecord } from '@wherry/core/call-record';
import type { CallPage, CallQuery, CallRecords } from '@wherry/core/ports/call-records';
import { begunBy, startSlackMs } from '../calls/before.ts';
import { keepNewest } from './keep-newest.ts';

/** What one record counts for when the oldest are dropped for size. */
const weight = 200;

/** Records of calls that end with the process. */
export class MemoryCallRecords implements CallRecords {
  #records: CallRecord[] = [];
  /** How many went: what places in the list are counted from. */
  #dropped = 0;
  readonly #counts = new Map<string, number>();

  async append(records: readonly CallRecord[]): Promise<void> {
    for (const record of records) {
      this.#records.push(structuredClone(record));
      if (record.deployment === undefined) continue;
      const of = `${record.deployment.name}.${record.deployment.namespace}`;
      this.#counts.set(of, (this.#counts.get(of) ?? 0) + 1);
    }
  }

  async find(query: CallQuery): Promise<readonly CallRecord[]> {
    return (await this.page(query)).records;
  }

  async page({ before, ...asked }: CallQuery, next?: number): Promise<CallPage> {
    const from = next ?? this.#placeOf(before);
    const query = from === undefined ? begunBy(asked, before) : asked;
    const records: CallRecord[] = [];
    let place = Math.min(from ?? Infinity, this.#dropped + this.#records.length) - 1;
    for (; place >= this.#dropped && records.length < query.limit; place -= 1) {
      const record = this.#records[place - this.#dropped]!;
      if (fits(record, query)) records.push(structuredClone(record));
    }
    return place < this.#dropped ? { records } : { records, next: place + 1 };
  }

  #placeOf(before: CallQuery['before']): number | undefined {
    const found = this.#records.findIndex(
      ({ id, startedAt }) => id === before?.id && Math.abs(startedAt - before.startedAt) <= startSlackMs,
    );
    return found < 0 ? undefined : this.#dropped + found;
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.#counts);
  }

  async prune(before: number, maxBytes: number): Promise<number> {
    const kept = keepNewest(
      this.#records,
      (record) => record.startedAt >= before,
      () => weight,
      maxBytes,
    );
    const dropped = this.#records.length - kept.length;
    this.#records = kept;
    this.#dropped += dropped;
    return dropped;
  }
}

function fits(record: CallRecord, { target, id, instance, trace, since, until }: CallQuery): boolean {
  const { deployment } = record;
  if (
    target !== undefined &&
    !(deployment?.name === target.name && deployment.namespace === target.namespace)
  )
    return false;
  if (id !== undefined && record.id !== id && record.alias !== id) return false;
  if (instance !== undefined && record.instance !== instance) return false;
  if (trace !== undefined && record.traceId !== trace) return false;
  return record.startedAt >= (since ?? -Infinity) && record.startedAt <= (until ?? Infinity);
}
