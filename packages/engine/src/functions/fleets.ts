import {
  type Deployment,
  type DeploymentKey,
  type FunctionRecord,
  keyOf,
  keyText,
} from '@wherry/core/function';
import { fullName } from '@wherry/core/names';
import type { Provider } from '@wherry/core/ports/provider';
import { type Policy, type PolicyDefaults, policyOf } from '@wherry/core/rules/policy';
import { deploymentAt, deploymentsOf, ledVersions, plainShares } from '@wherry/core/rules/versions';
import type { Share, Sticky } from '@wherry/core/traffic';
import { Fleet } from '../fleet/fleet.ts';
import type { FleetParts } from '../fleet/fleet-parts.ts';
import type { ActiveFunction, Leading } from './active-function.ts';
import { Split } from './split.ts';

/**
 * The fleets of all deployments. A version has one from its first call or the first calls that are led to it until nobody can call it any more:
 * earlier versions that nobody asks for cost nothing but their record.
 */
export class Fleets {
  readonly #parts: FleetParts;
  readonly #provider: Provider;
  readonly #defaults: PolicyDefaults;
  readonly #problem: (message: string) => void;
  readonly #byKey = new Map<string, Fleet>();

  constructor(parts: FleetParts, defaults: PolicyDefaults, problem: (message: string) => void) {
    this.#parts = parts;
    this.#provider = parts.provider;
    this.#defaults = defaults;
    this.#problem = problem;
  }

  /** Every fleet that may have instances, also of versions that are on their way out. */
  get all(): readonly Fleet[] {
    return [...this.#byKey.values()];
  }

  of(key: DeploymentKey): Fleet | undefined {
    return this.#byKey.get(keyText(key));
  }

  ofDeployment(deployment: Deployment): Fleet | undefined {
    return this.of(keyOf(deployment));
  }

  /** One for a new version, which nothing leads to yet. */
  made(deployment: Deployment, policy: Policy): Fleet {
    const fleet = new Fleet(deployment, policy, policy.least, this.#parts);
    this.#byKey.set(keyText(fleet.key), fleet);
    return fleet;
  }

  /** The one of a version that is stored. */
  stored(deployment: Deployment): Fleet {
    return this.ofDeployment(deployment) ?? this.made(deployment, this.#policyAsStored(deployment));
  }

  /** What leads calls to which version by a record; nothing is led yet. */
  leading(record: FunctionRecord): Leading {
    const { active, canary, aliases = [], scale } = record;
    const live = this.stored(active);
    live.wanted = startWith(live.policy, scale);
    const at = (version: number): Fleet => this.stored(deploymentAt(record, version));
    const split = (shares: readonly Share[], sticky: Sticky | undefined): Split =>
      new Split(
        shares.map(({ version, weight }) => [at(version), weight]),
        sticky,
      );
    const shares = plainShares(record);
    return {
      fleet: live,
      split: shares.length === 1 ? undefined : split(shares, canary?.sticky),
      aliases: new Map(aliases.map((alias) => [alias.name, split(alias.shares, alias.sticky)])),
    };
  }

  /** Led and unled as the record says; versions that are in it no more finish what they have, and end. */
  settle(record: FunctionRecord, before: FunctionRecord | undefined): void {
    const led = ledVersions(record);
    const there = deploymentsOf(record);
    for (const deployment of there) {
      const fleet = this.ofDeployment(deployment);
      if (led.has(deployment.version)) fleet?.lead();
      else fleet?.rest();
    }
    const numbers = new Set(there.map(({ version }) => version));
    for (const deployment of before === undefined ? [] : deploymentsOf(before))
      if (!numbers.has(deployment.version)) this.#retire(deployment);
  }

  /** All versions of a function that was removed. */
  retireAll({ record }: ActiveFunction): void {
    for (const deployment of deploymentsOf(record)) this.#retire(deployment);
  }

  /** Brings a version that has just gone live to what is wanted of it. */
  fill(fleet: Fleet): void {
    const { wanted, policy } = fleet;
    const why =
      wanted <= policy.least
        ? `at least ${policy.least} (com.openfaas.scale.min)`
        : `${wanted} asked for by hand`;
    if (wanted > 1) void fleet.scale(wanted, why).catch((error: Error) => this.#problem(error.message));
  }

  /** Ends one whose version came to nothing. */
  async abandon(fleet: Fleet): Promise<void> {
    await fleet.abandon();
    await this.#forget(fleet);
  }

  #retire(deployment: Deployment): void {
    const fleet = this.ofDeployment(deployment);
    if (fleet === undefined) return;
    const ended = fleet.retire().then(() => this.#forget(fleet));
    void ended.catch((error: Error) => this.#problem(error.message));
  }

  async #forget(fleet: Fleet): Promise<void> {
    this.#byKey.delete(keyText(fleet.key));
    await this.#provider.forget(fleet.deployment);
  }

  /** A stored specification that can't be understood any more must not keep the gateway from starting. */
  #policyAsStored({ spec }: Deployment): Policy {
    try {
      return policyOf(spec, this.#defaults);
    } catch (error) {
      this.#problem(`${fullName(spec)}: ${(error as Error).message}; the defaults are used`);
      const { labels: _, annotations: __, limits: ___, requests: ____, ...plain } = spec;
      return policyOf(plain, this.#defaults);
    }
  }
}

/** How many instances are wanted of a version: as many as were asked for by hand, within what it may have now. */
function startWith({ least, max }: Policy, scale = least): number {
  return Math.min(max, Math.max(scale, least));
}
