import type { FunctionRecord } from '@wherry/core/function';
import { versionNumber } from '@wherry/core/call-target';
import { type FunctionName, printable } from '@wherry/core/names';
import { deploymentsOf, unknownVersion } from '@wherry/core/rules/versions';
import type { Fleet } from '../fleet/fleet.ts';
import type { Failure } from '../fleet/refusals.ts';
import type { CallInput } from '../invoke/call.ts';
import type { Member } from '../fleet/member.ts';
import type { FunctionCounts } from '../record/function-counts.ts';
import { Depths } from './depths.ts';
import type { Fleets } from './fleets.ts';
import type { Split } from './split.ts';

/** What leads calls to the versions of a function, as its record says it. */
export interface Leading {
  /** Of the live version. */
  readonly fleet: Fleet;
  /** Of the plain name, while a version is tried on it. */
  readonly split: Split | undefined;
  readonly aliases: ReadonlyMap<string, Split>;
}

/** A deployed function: its desired state, the instances of its versions, and its numbers across versions. */
export class ActiveFunction implements FunctionName {
  readonly namespace: string;
  readonly name: string;
  readonly counts: FunctionCounts;
  readonly depths = new Depths();
  readonly #fleets: Fleets;
  record: FunctionRecord;
  fleet: Fleet;
  split: Split | undefined;
  #aliases: ReadonlyMap<string, Split>;
  /** The last version that was to be deployed and did not start; undefined once one did. */
  failedDeploy: (Failure & { readonly version: number }) | undefined;

  constructor(record: FunctionRecord, leading: Leading, counts: FunctionCounts, fleets: Fleets) {
    this.namespace = record.namespace;
    this.name = record.name;
    this.record = record;
    this.counts = counts;
    this.#fleets = fleets;
    this.fleet = leading.fleet;
    this.split = leading.split;
    this.#aliases = leading.aliases;
  }

  /** Calls that come from now on go where the record says now. */
  follow(record: FunctionRecord, { fleet, split, aliases }: Leading): void {
    this.record = record;
    this.fleet = fleet;
    this.split = split;
    this.#aliases = aliases;
  }

  /** The version that takes a call for one of its versions by number, or for an alias. Throws `version_unknown`. */
  versionFor(qualifier: string, input: CallInput): Fleet {
    const version = versionNumber(qualifier);
    if (version === undefined)
      return (
        this.#aliases.get(qualifier) ?? unknownVersion(this, `version or alias ${printable(qualifier)}`)
      ).pick(input);
    const deployment = deploymentsOf(this.record).find((one) => one.version === version);
    return this.#fleets.stored(deployment ?? unknownVersion(this, `version ${version}`));
  }

  /** Of all versions that have instances or had some. */
  get fleets(): readonly Fleet[] {
    return deploymentsOf(this.record).flatMap((deployment) => this.#fleets.ofDeployment(deployment) ?? []);
  }

  /** The instances of all versions. */
  get members(): readonly Member[] {
    return this.fleets.flatMap(({ members }) => members);
  }

  /** Whose places are taken: those of the live version, and not of others. */
  get replicas(): number {
    const { awake, starting, paused, target, policy } = this.fleet;
    if (awake || starting) return target;
    return paused ? 0 : policy.min;
  }

  get availableReplicas(): number {
    return this.fleet.ready;
  }
}
