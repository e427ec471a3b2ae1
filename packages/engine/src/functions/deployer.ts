// Long because: deploy, remove and scale change the same desired state under the same lock, and are read together.
import { allows, coversAll, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import {
  type Deployment,
  type DeploymentKey,
  type FunctionRecord,
  type FunctionSpec,
  keyText,
} from '@wherry/core/function';
import { type FunctionName, fullName, printable } from '@wherry/core/names';
import type { Digest } from '@wherry/core/packages';
import type { Clock } from '@wherry/core/ports/clock';
import type { DesiredState } from '@wherry/core/ports/desired-state';
import type { Provider } from '@wherry/core/ports/provider';
import { deployerMayGive } from '@wherry/core/rules/network-grant';
import { type Policy, type PolicyDefaults, policyOf } from '@wherry/core/rules/policy';
import { quotaKeys } from '@wherry/core/rules/quota';
import { Fleet, type FleetParts } from '../fleet/fleet.ts';
import type { NamespaceBook } from '../namespaces/namespace-book.ts';
import { FunctionCounts } from '../record/function-counts.ts';
import type { SecretBook } from '../secrets/secret-book.ts';
import { ActiveFunction } from './active-function.ts';
import type { FunctionTable } from './function-table.ts';
import type { OwnRoutes } from './own-routes.ts';

const component = 'deployer';

/** Changes what is deployed. One change at a time for each function; different functions don't wait for each other. */
export class Deployer {
  readonly #desired: DesiredState;
  readonly #functions: FunctionTable;
  readonly #provider: Provider;
  readonly #clock: Clock;
  readonly #fleetParts: FleetParts;
  readonly #defaults: PolicyDefaults;
  readonly #problem: (message: string) => void;
  readonly #namespaces: NamespaceBook;
  readonly #secrets: SecretBook;
  readonly #routes: OwnRoutes;
  readonly #packageOf: (namespace: string, image: string) => Promise<Digest | undefined>;
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #fleets = new Map<string, Fleet>();
  /** New functions that are being deployed, by namespace. */
  readonly #coming = new Map<string, number>();

  constructor(parts: {
    desired: DesiredState;
    functions: FunctionTable;
    provider: Provider;
    clock: Clock;
    fleet: FleetParts;
    defaults: PolicyDefaults;
    problem: (message: string) => void;
    namespaces: NamespaceBook;
    secrets: SecretBook;
    routes: OwnRoutes;
    packageOf: (namespace: string, image: string) => Promise<Digest | undefined>;
  }) {
    this.#desired = parts.desired;
    this.#functions = parts.functions;
    this.#provider = parts.provider;
    this.#clock = parts.clock;
    this.#fleetParts = parts.fleet;
    this.#defaults = parts.defaults;
    this.#problem = parts.problem;
    this.#namespaces = parts.namespaces;
    this.#secrets = parts.secrets;
    this.#routes = parts.routes;
    this.#packageOf = parts.packageOf;
  }

  /** Every fleet that may have instances, also of versions that are on their way out. */
  get fleets(): readonly Fleet[] {
    return [...this.#fleets.values()];
  }

  /** The fleet of one deployment. */
  fleetOf(key: DeploymentKey): Fleet | undefined {
    return this.#fleets.get(keyText(key));
  }

  /** Takes up what should run, after a start. Nothing is started here; sleeping functions wake on their next call. */
  async load(counts: ReadonlyMap<string, number>): Promise<void> {
    for (const record of await this.#desired.list()) {
      const policy = this.#policyAsStored(record);
      const fleet = this.#newFleet(record.active, policy, startWith(policy, record.scale));
      const taken = this.#routes.use(record, fleet.policy.routes);
      if (taken.length > 0)
        this.#problem(
          `${fullName(record)} does not get ${taken.join(', ')}: the gateway's own, or another function's`,
        );
      this.#functions.put(
        new ActiveFunction(record, fleet, new FunctionCounts(counts.get(fullName(record)) ?? 0)),
      );
    }
  }

  /** Starts what must always run. */
  wakeAlways(): void {
    for (const fn of this.#functions.list()) fn.fleet.maintain();
  }

  /**
   * Deploys a specification as a new version: it is started and has to load before it takes a call; then the old one finishes what
   * it has. When it does not start, nothing changes. `create` false wants the function to exist already.
   */
  deploy(
    spec: FunctionSpec,
    by: Principal,
    options: { mustExist: boolean },
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    return this.#inTurn(spec, async () => {
      const before = this.#functions.get(spec);
      if (before === undefined && options.mustExist) throw unknownFunction(spec);
      const giveBack = before === undefined ? this.#placeFor(spec) : undefined;
      try {
        return await this.#newVersion(spec, by, before);
      } finally {
        giveBack?.();
      }
    });
  }

  /** Its name has been looked up, and its turn has come. */
  async #newVersion(
    spec: FunctionSpec,
    by: Principal,
    before: ActiveFunction | undefined,
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    this.#namespaces.check(spec.namespace);
    const policy = policyOf(spec, this.#defaults);
    checkGrants(spec, policy, by);
    this.#routes.hold(spec, policy.routes, by);
    try {
      return await this.#proved(spec, policy, before);
    } catch (error) {
      this.#routes.use(spec, before?.fleet.policy.routes ?? []);
      throw error;
    }
  }

  /** It may be what it wants to be: a new version, started before it takes the place of the old one. */
  async #proved(
    spec: FunctionSpec,
    policy: Policy,
    before: ActiveFunction | undefined,
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    await this.#secrets.check(spec.namespace, spec.secrets ?? []);
    const version = await this.#desired.nextVersion(spec);
    const named = await this.#packageOf(spec.namespace, spec.image);
    const deployment: Deployment = {
      spec,
      version,
      createdAt: this.#clock.now(),
      ...(named === undefined ? {} : { package: named }),
    };
    await this.#provider.prepare(deployment, policy);
    const fleet = this.#newFleet(deployment, policy, startWith(policy, before?.record.scale));
    const record: FunctionRecord = {
      namespace: spec.namespace,
      name: spec.name,
      revision: (before?.record.revision ?? 0) + 1,
      active: deployment,
      createdAt: before?.record.createdAt ?? deployment.createdAt,
      ...(before?.record.scale === undefined ? {} : { scale: before.record.scale }),
    };
    try {
      await fleet.prove();
      // It may have been removed while the new version started.
      this.#namespaces.check(spec.namespace);
      await this.#desired.put(record);
    } catch (error) {
      await this.#end(fleet, 'abandon');
      throw error;
    }
    this.#switch(record, fleet, before);
    return { record, created: before === undefined };
  }

  /** Removes a function. Calls under way finish; new ones find nothing. */
  remove(name: FunctionName): Promise<void> {
    return this.#inTurn(name, async () => {
      const fn = this.#functions.get(name);
      if (fn === undefined) throw unknownFunction(name);
      await this.#desired.remove(fn, fn.record.revision);
      this.#functions.remove(fn);
      this.#routes.use(fn, []);
      this.#retire(fn.fleet);
    });
  }

  /** Asks for a number of instances; 0 lets the function sleep until its next call. */
  scale(name: FunctionName, wanted: number): Promise<void> {
    return this.#inTurn(name, async () => {
      const fn = this.#functions.get(name);
      if (fn === undefined) throw unknownFunction(name);
      if (!Number.isInteger(wanted) || wanted < 0)
        throw new WherryError('bad_value', `replicas: ${printable(wanted)} is not a whole number from 0`, {
          component,
        });
      const { least, max } = fn.fleet.policy;
      const count = wanted === 0 ? 0 : Math.min(max, Math.max(least, wanted));
      const record: FunctionRecord = {
        ...fn.record,
        revision: fn.record.revision + 1,
        scale: Math.max(least, count),
      };
      await this.#desired.put(record);
      fn.record = record;
      await fn.fleet.scale(count);
    });
  }

  #switch(record: FunctionRecord, fleet: Fleet, before: ActiveFunction | undefined): void {
    if (before === undefined) this.#functions.put(new ActiveFunction(record, fleet, new FunctionCounts(0)));
    else {
      const old = before.fleet;
      before.record = record;
      before.fleet = fleet;
      this.#retire(old);
    }
    this.#routes.use(record, fleet.policy.routes);
    fleet.maintain();
    if (fleet.wanted > 1)
      void fleet.scale(fleet.wanted).catch((error: Error) => this.#problem(error.message));
  }

  #retire(fleet: Fleet): void {
    void this.#end(fleet, 'retire').catch((error: Error) => this.#problem(error.message));
  }

  async #end(fleet: Fleet, how: 'retire' | 'abandon'): Promise<void> {
    await fleet[how]();
    this.#fleets.delete(keyText(fleet.key));
    await this.#provider.forget(fleet.deployment);
  }

  #newFleet(deployment: Deployment, policy: Policy, wanted: number): Fleet {
    const fleet = new Fleet(deployment, policy, wanted, this.#fleetParts);
    this.#fleets.set(keyText(fleet.key), fleet);
    return fleet;
  }

  /** A stored specification that can't be understood any more must not keep the gateway from starting. */
  #policyAsStored(record: FunctionRecord): Policy {
    try {
      return policyOf(record.active.spec, this.#defaults);
    } catch (error) {
      this.#problem(`${fullName(record)}: ${(error as Error).message}; the defaults are used`);
      const { labels: _, annotations: __, limits: ___, requests: ____, ...plain } = record.active.spec;
      return policyOf(plain, this.#defaults);
    }
  }

  /** A new function counts from the moment it is asked for, so that many at once do not all fit into the last place. */
  #placeFor({ namespace, name }: FunctionName): () => void {
    const { functions = Infinity } = this.#namespaces.quota(namespace);
    const coming = this.#coming.get(namespace) ?? 0;
    const have = this.#functions.list(namespace).length + coming;
    if (have >= functions)
      throw new WherryError(
        'quota_exceeded',
        `${namespace} has ${have} of the ${functions} functions it may (${quotaKeys.functions})`,
        {
          component,
          name,
        },
      );
    this.#coming.set(namespace, coming + 1);
    return () => void this.#coming.set(namespace, (this.#coming.get(namespace) ?? 1) - 1);
  }

  #inTurn<T>(name: FunctionName, change: () => Promise<T>): Promise<T> {
    const key = fullName(name);
    const turn = (this.#turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(change);
    this.#turns.set(key, turn);
    const forget = (): void => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }
}

/** How many instances are wanted of a version: as many as were asked for by hand, within what it may have now. */
function startWith({ least, max }: Policy, scale = least): number {
  return Math.min(max, Math.max(scale, least));
}

export function unknownFunction(name: FunctionName): WherryError {
  return new WherryError('function_unknown', `${fullName(name)} is not deployed here`, {
    component,
    name: name.name,
  });
}

/** The machine's own network, and what stands in the operator's: those are not a deployer's to give. */
function checkGrants(spec: FunctionSpec, policy: Policy, by: Principal): void {
  if (allows(by, 'admin') && coversAll(by)) return;
  if (policy.debug !== undefined)
    throw new WherryError(
      'grant_refused',
      'com.wherry.debug opens a port of the machine: it needs the admin scope',
      {
        component,
        name: spec.name,
      },
    );
  const asked = spec.annotations?.['com.wherry.network'] ?? spec.labels?.['com.wherry.network'];
  if (asked === undefined || deployerMayGive(policy.network)) return;
  throw new WherryError(
    'grant_refused',
    `com.wherry.network: ${printable(policy.network.text)} needs the admin scope; a deployer may give internet and functions`,
    { component, name: spec.name },
  );
}
