import type { ScalingQuery, ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScalingRecord } from '@wherry/core/scaling-record';

/** Decisions over numbers of instances that end with the process. */
export class MemoryScalingRecords implements ScalingRecords {
  #records: ScalingRecord[] = [];

  async append(records: readonly ScalingRecord[]): Promise<void> {
    for (const record of records) this.#records.push(structuredClone(record));
  }

  async find({ target, since = -Infinity, limit }: ScalingQuery): Promise<readonly ScalingRecord[]> {
    return this.#records
      .filter(
        ({ deployment, at }) =>
          deployment.name === target.name && deployment.namespace === target.namespace && at >= since,
      )
      .reverse()
      .slice(0, Math.max(0, limit))
      .map((record) => structuredClone(record));
  }

  async prune(before: number, most: number): Promise<number> {
    const young = this.#records.filter(({ at }) => at >= before);
    const kept = young.slice(Math.max(0, young.length - most));
    const dropped = this.#records.length - kept.length;
    this.#records = kept;
    return dropped;
  }
}
