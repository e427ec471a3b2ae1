import type { ScalingPage, ScalingQuery, ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';

/** Decisions over numbers of instances that end with the process. */
export class MemoryScalingRecords implements ScalingRecords {
  /** Each with its number; one that went is not given again. */
  #records: { readonly seq: number; readonly record: ScalingRecord }[] = [];
  #last = 0;

  async append(records: readonly ScalingRecord[]): Promise<void> {
    for (const record of records)
      this.#records.push({ seq: (this.#last += 1), record: structuredClone(record) });
  }

  async find(query: ScalingQuery): Promise<readonly ScalingRecord[]> {
    return query.limit <= 0 ? [] : (await this.page(query)).records;
  }

  async page({ target, since = -Infinity, limit }: ScalingQuery, before = Infinity): Promise<ScalingPage> {
    const found = this.#records
      .filter(
        ({ seq, record: { deployment, at } }) =>
          seq < before &&
          deployment.name === target.name &&
          deployment.namespace === target.namespace &&
          at >= since,
      )
      .reverse()
      .slice(0, limit);
    const records = found.map(({ record }) => structuredClone(record));
    return found.length < limit ? { records } : { records, next: found.at(-1)!.seq };
  }

  async prune(before: number, most: number): Promise<number> {
    const young = this.#records.filter(({ record }) => record.at >= before);
    const kept = young.slice(Math.max(0, young.length - most));
    const dropped = this.#records.length - kept.length;
    this.#records = kept;
    return dropped;
  }
}
