import type { FunctionRecord } from '@wherry/core/function';
import type { FunctionName } from '@wherry/core/names';
import type { Fleet } from '../fleet/fleet.ts';
import type { FunctionCounts } from '../record/function-counts.ts';
import { Depths } from './depths.ts';

/** A deployed function: its desired state, the instances of its active version, and its numbers across versions. */
export class ActiveFunction implements FunctionName {
  readonly namespace: string;
  readonly name: string;
  readonly counts: FunctionCounts;
  readonly depths = new Depths();
  record: FunctionRecord;
  fleet: Fleet;

  constructor(record: FunctionRecord, fleet: Fleet, counts: FunctionCounts) {
    this.namespace = record.namespace;
    this.name = record.name;
    this.record = record;
    this.fleet = fleet;
    this.counts = counts;
  }

  /** Whose places are taken: not those of versions that still finish. */
  get replicas(): number {
    const { awake, starting, paused, wanted, policy } = this.fleet;
    if (awake || starting) return Math.max(wanted, policy.least);
    return paused ? 0 : policy.min;
  }

  get availableReplicas(): number {
    return this.fleet.ready;
  }
}
