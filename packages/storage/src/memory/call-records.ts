import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery, CallRecords } from '@wherry/core/ports/call-records';
import { keepNewest } from './keep-newest.ts';

/** What one record counts for when the oldest are dropped for size. */
const weight = 200;

/** Records of calls that end with the process. */
export class MemoryCallRecords implements CallRecords {
  #records: CallRecord[] = [];
  readonly #counts = new Map<string, number>();

  async append(records: readonly CallRecord[]): Promise<void> {
    for (const record of records) {
      this.#records.push(structuredClone(record));
      if (record.deployment === undefined) continue;
      const of = `${record.deployment.name}.${record.deployment.namespace}`;
      this.#counts.set(of, (this.#counts.get(of) ?? 0) + 1);
    }
  }

  async find({ target, id, instance, since, until, limit }: CallQuery): Promise<readonly CallRecord[]> {
    const found: CallRecord[] = [];
    for (let index = this.#records.length - 1; index >= 0 && found.length < limit; index -= 1) {
      const record = this.#records[index]!;
      const { deployment } = record;
      if (
        target !== undefined &&
        !(deployment?.name === target.name && deployment.namespace === target.namespace)
      )
        continue;
      if (id !== undefined && record.id !== id && record.alias !== id) continue;
      if (instance !== undefined && record.instance !== instance) continue;
      if (record.startedAt < (since ?? -Infinity) || record.startedAt > (until ?? Infinity)) continue;
      found.push(structuredClone(record));
    }
    return found;
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
    return dropped;
  }
}
