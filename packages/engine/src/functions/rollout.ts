import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { FunctionRecord } from '@wherry/core/function';
import { type FunctionName, fullName } from '@wherry/core/names';
import {
  aborted,
  aliased,
  deploymentAt,
  goneLive,
  ledVersions,
  shared,
  stepBack,
  unaliased,
  unknownVersion,
} from '@wherry/core/rules/versions';
import type { Alias, Canary } from '@wherry/core/traffic';
import { stillRuns } from '../fleet/refusals.ts';
import type { ActiveFunction } from './active-function.ts';
import { type DeployerParts, followRecord, unknownFunction, type Trial } from './deployer.ts';
import { checkGrants, secretsOf } from './grants.ts';

/**
 * Leads calls to other versions than before. Nothing new comes to be: a version keeps its number when it goes live again, so its calls, lines and
 * failures stay together (docs/decisions/0014). No call fails on the way: who takes calls next is awake before it does, and who took them
 * before finishes what it has.
 */
export class Rollout {
  readonly #parts: DeployerParts;

  constructor(parts: DeployerParts) {
    this.#parts = parts;
  }

  /**
   * Makes an earlier version live; without a number, the one a step back. A trial ends with that. It is started first, and when it does not start, nothing changes. Throws `version_unknown`.
   */
  rollback(name: FunctionName, by: Principal, to?: number): Promise<void> {
    return this.#turn(name, async (fn) => {
      const { record } = fn;
      const back = to ?? stepBack(record) ?? unknownVersion(record, 'earlier version to go back to');
      deploymentAt(record, back);
      if (back !== record.active.version) await this.#goLive(fn, back, by);
      else if (record.canary !== undefined) await this.#put(fn, aborted(record));
    });
  }

  /** Gives the version that is being tried another share of the calls. Throws `no_canary`. */
  share(name: FunctionName, { percent, sticky }: Trial): Promise<void> {
    return this.#turn(name, async (fn) => {
      const canary = canaryOf(fn);
      const kept = sticky ?? canary.sticky;
      const asked = { version: canary.version, percent, ...(kept === undefined ? {} : { sticky: kept }) };
      await this.#awake(fn, percent === 0 ? [] : [canary.version], () =>
        this.#put(fn, shared(fn.record, asked)),
      );
    });
  }

  /** The version that is being tried takes all calls from now on. Throws `no_canary`. */
  promote(name: FunctionName, by: Principal): Promise<void> {
    return this.#turn(name, (fn) => this.#goLive(fn, canaryOf(fn).version, by));
  }

  /** The live version takes all calls again. Throws `no_canary`. */
  abort(name: FunctionName): Promise<void> {
    return this.#turn(name, (fn) => {
      canaryOf(fn);
      return this.#put(fn, aborted(fn.record));
    });
  }

  /** Makes an alias or leads it elsewhere. Versions that nothing led to so far are started first. Throws `version_unknown`. */
  setAlias(name: FunctionName, alias: Alias): Promise<void> {
    return this.#turn(name, (fn) => {
      const record = aliased(fn.record, alias);
      const led = ledVersions(fn.record);
      const news = alias.shares.map(({ version }) => version).filter((version) => !led.has(version));
      return this.#awake(fn, news, () => this.#put(fn, record));
    });
  }

  /** Throws `version_unknown` where there is no such alias. */
  removeAlias(name: FunctionName, alias: string): Promise<void> {
    return this.#turn(name, (fn) => this.#put(fn, unaliased(fn.record, alias)));
  }

  #turn(name: FunctionName, change: (fn: ActiveFunction) => Promise<void>): Promise<void> {
    const { turns, functions } = this.#parts;
    return turns.take(name, () => {
      const fn = functions.get(name);
      if (fn === undefined) throw unknownFunction(name);
      return change(fn);
    });
  }

  /** A version that there is takes the function's addresses: whoever brings it must be allowed to give what it has. */
  async #goLive(fn: ActiveFunction, version: number, by: Principal): Promise<void> {
    const { fleets, routes, secrets, provider } = this.#parts;
    const deployment = deploymentAt(fn.record, version);
    const { policy } = fleets.stored(deployment);
    const { spec } = deployment;
    checkGrants(spec, policy, by, fn.fleet.policy);
    routes.hold(fn, policy.routes, by);
    try {
      await secrets.check(spec.namespace, secretsOf(spec, policy));
      await provider.prepare(deployment, policy);
      await this.#awake(fn, [version], () => this.#put(fn, goneLive(fn.record, deployment)));
    } catch (error) {
      routes.use(fn, fn.fleet.policy.routes);
      throw stillRuns(error);
    }
  }

  /** Does something while these versions are awake and stay it; starts those that sleep. */
  async #awake(fn: ActiveFunction, versions: readonly number[], change: () => Promise<void>): Promise<void> {
    const fleets = versions.map((version) => this.#parts.fleets.stored(deploymentAt(fn.record, version)));
    for (const fleet of fleets) fleet.hold();
    try {
      for (const fleet of fleets) if (!fleet.awake) await fleet.prove();
      await change();
    } finally {
      for (const fleet of fleets) fleet.release();
    }
  }

  async #put(fn: ActiveFunction, record: FunctionRecord): Promise<void> {
    await this.#parts.desired.put(record);
    followRecord(fn, record, this.#parts);
  }
}

function canaryOf({ record }: ActiveFunction): Canary {
  if (record.canary !== undefined) return record.canary;
  throw new WherryError(
    'no_canary',
    `all calls of ${fullName(record)} go to version ${record.active.version}`,
    {
      component: 'rollout',
      name: record.name,
    },
  );
}
