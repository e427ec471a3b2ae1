// Long because: deploy, remove and scale change the same desired state, and are read together.
import type { Principal } from '@wherry/core/access';
import { asWherryError, WherryError } from '@wherry/core/errors';
import type { Deployment, DeploymentKey, FunctionRecord, FunctionSpec } from '@wherry/core/function';
import { type FunctionName, fullName, printable } from '@wherry/core/names';
import type { Digest } from '@wherry/core/packages';
import type { FunctionEvent } from '@wherry/core/platform-event';
import type { Clock } from '@wherry/core/ports/clock';
import type { DesiredState } from '@wherry/core/ports/desired-state';
import type { Provider } from '@wherry/core/ports/provider';
import { type Policy, type PolicyDefaults, policyOf } from '@wherry/core/rules/policy';
import { quotaKeys } from '@wherry/core/rules/quota';
import { goneLive, tried } from '@wherry/core/rules/versions';
import type { Canary } from '@wherry/core/traffic';
import type { EventBook } from '../events/event-book.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { stillRuns } from '../fleet/refusals.ts';
import type { NamespaceBook } from '../namespaces/namespace-book.ts';
import { FunctionCounts } from '../record/function-counts.ts';
import type { ScheduleBook } from '../schedules/schedule-book.ts';
import type { SecretBook } from '../secrets/secret-book.ts';
import { ActiveFunction } from './active-function.ts';
import type { Fleets } from './fleets.ts';
import type { FunctionTable } from './function-table.ts';
import { checkGrants, secretsOf } from './grants.ts';
import type { OwnRoutes } from './own-routes.ts';
import type { Turns } from './turns.ts';

const component = 'deployer';

/** How much of the calls a new version gets at first; without, all of them. */
export type Trial = Omit<Canary, 'version'>;

export interface DeployOptions {
  /** The function has to be there already. */
  readonly mustExist: boolean;
  readonly canary?: Trial;
}

/** What changing functions works with. */
export interface DeployerParts {
  readonly desired: DesiredState;
  readonly functions: FunctionTable;
  readonly fleets: Fleets;
  readonly turns: Turns;
  readonly provider: Provider;
  readonly clock: Clock;
  readonly defaults: PolicyDefaults;
  readonly problem: (message: string) => void;
  readonly namespaces: NamespaceBook;
  readonly secrets: SecretBook;
  readonly routes: OwnRoutes;
  readonly schedules: ScheduleBook;
  /** Of a function that is gone: what it left that must not outlive it. Never rejects. */
  readonly forget: (name: FunctionName) => Promise<void>;
  readonly events: Pick<EventBook, 'tell'>;
  readonly packageOf: (namespace: string, image: string) => Promise<Digest | undefined>;
}

/** Changes what is deployed. One change at a time for each function; different functions don't wait for each other. */
export class Deployer {
  readonly #parts: DeployerParts;
  /** New functions that are being deployed, by namespace. */
  readonly #coming = new Map<string, number>();

  constructor(parts: DeployerParts) {
    this.#parts = parts;
  }

  /** Every fleet that may have instances, also of versions that are on their way out. */
  get fleets(): readonly Fleet[] {
    return this.#parts.fleets.all;
  }

  /** The fleet of one deployment. */
  fleetOf(key: DeploymentKey): Fleet | undefined {
    return this.#parts.fleets.of(key);
  }

  /** Takes up what should run, after a start. Nothing is started here; sleeping functions wake on their next call. */
  async load(counts: ReadonlyMap<string, number>): Promise<void> {
    const { desired, fleets, functions, routes, problem } = this.#parts;
    for (const record of await desired.list()) {
      const leading = fleets.leading(record);
      fleets.settle(record, undefined);
      const taken = routes.use(record, leading.fleet.policy.routes);
      if (taken.length > 0)
        problem(
          `${fullName(record)} does not get ${taken.join(', ')}: the gateway's own, or another function's`,
        );
      const earlier = new FunctionCounts(counts.get(fullName(record)) ?? 0);
      functions.put(new ActiveFunction(record, leading, earlier, fleets));
    }
  }

  /** Starts what must always run. */
  wakeAlways(): void {
    for (const fleet of this.fleets) fleet.maintain();
  }

  /**
   * Deploys a specification as a new version: it is started and has to load before it takes a call; then the old one finishes what
   * it has. When it does not start, nothing changes. With `canary` the old one stays live, and the new one takes its share; without, a trial that
   * is going on ends.
   */
  deploy(
    spec: FunctionSpec,
    by: Principal,
    options: DeployOptions,
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    const { turns, functions } = this.#parts;
    return turns.take(spec, async () => {
      const before = functions.get(spec);
      if (before === undefined && options.mustExist) throw unknownFunction(spec);
      if (before === undefined && options.canary !== undefined)
        throw new WherryError(
          'bad_value',
          `canary: ${fullName(spec)} has no version yet to take the other calls`,
          {
            component,
            next: 'Deploy it without a share first.',
          },
        );
      const giveBack = before === undefined ? this.#placeFor(spec) : undefined;
      try {
        return await this.#newVersion(spec, by, before, options.canary);
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
    canary: Trial | undefined,
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    const { namespaces, routes, schedules, defaults } = this.#parts;
    namespaces.check(spec.namespace);
    const policy = policyOf(spec, defaults);
    checkGrants(spec, policy, by);
    schedules.check(policy.schedule);
    routes.hold(spec, policy.routes, by);
    try {
      return await this.#proved(spec, policy, before, canary);
    } catch (error) {
      routes.use(spec, before?.fleet.policy.routes ?? []);
      throw error;
    }
  }

  /** It may be what it wants to be: a new version, started before it takes the place of the old one. */
  async #proved(
    spec: FunctionSpec,
    policy: Policy,
    before: ActiveFunction | undefined,
    canary: Trial | undefined,
  ): Promise<{ record: FunctionRecord; created: boolean }> {
    const { secrets, desired, packageOf, clock, provider, fleets, namespaces } = this.#parts;
    await secrets.check(spec.namespace, secretsOf(spec, policy));
    const version = await desired.nextVersion(spec);
    const named = await packageOf(spec.namespace, spec.image);
    const deployment: Deployment = {
      spec,
      version,
      createdAt: clock.now(),
      ...(named === undefined ? {} : { package: named }),
    };
    await provider.prepare(deployment, policy);
    const fleet = fleets.made(deployment, policy);
    const record = recordWith(deployment, before?.record, canary);
    // Between its proof and its first call it must not be taken for one that nobody needs.
    fleet.hold();
    try {
      await fleet.prove();
      // It may have been removed while the new version started.
      namespaces.check(spec.namespace);
      await desired.put(record);
    } catch (error) {
      if (before !== undefined) before.failedDeploy = failureOf(error, version, clock);
      await fleets.abandon(fleet);
      throw before === undefined ? error : stillRuns(error);
    }
    this.#switch(record, before);
    fleet.release();
    return { record, created: before === undefined };
  }

  /** Removes a function with all its versions. Calls under way finish; new ones find nothing. */
  remove(name: FunctionName): Promise<void> {
    const { turns, functions, desired, routes, schedules, fleets } = this.#parts;
    return turns.take(name, async () => {
      const fn = functions.get(name);
      if (fn === undefined) throw unknownFunction(name);
      await desired.remove(fn, fn.record.revision);
      functions.remove(fn);
      routes.use(fn, []);
      schedules.changed(fn);
      fleets.retireAll(fn);
      await this.#parts.forget(fn);
      tellChange('removed', fn.record, this.#parts);
    });
  }

  /** Asks for a number of instances of the live version; 0 lets it sleep until its next call. */
  scale(name: FunctionName, wanted: number): Promise<void> {
    const { turns, functions, desired } = this.#parts;
    return turns.take(name, async () => {
      const fn = functions.get(name);
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
      await desired.put(record);
      fn.record = record;
      tellChange('changed', record, this.#parts);
      await fn.fleet.scale(count);
    });
  }

  #switch(record: FunctionRecord, before: ActiveFunction | undefined): void {
    const { functions, fleets, routes, schedules } = this.#parts;
    if (before !== undefined) return followRecord(before, record, this.#parts);
    const leading = fleets.leading(record);
    fleets.settle(record, undefined);
    functions.put(new ActiveFunction(record, leading, new FunctionCounts(0), fleets));
    routes.use(record, leading.fleet.policy.routes);
    schedules.changed(record);
    leading.fleet.maintain();
    fleets.fill(leading.fleet);
    tellChange('deployed', record, this.#parts);
  }

  /** A new function counts from the moment it is asked for, so that many at once do not all fit into the last place. */
  #placeFor({ namespace, name }: FunctionName): () => void {
    const { functions = Infinity } = this.#parts.namespaces.quota(namespace);
    const coming = this.#coming.get(namespace) ?? 0;
    const have = this.#parts.functions.list(namespace).length + coming;
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
}

/** Calls of a function go where its new record says: versions that are led no more finish what they have. */
export function followRecord(
  fn: ActiveFunction,
  record: FunctionRecord,
  parts: Pick<DeployerParts, 'fleets' | 'routes' | 'schedules' | 'events' | 'clock'>,
): void {
  const { fleets, routes, schedules } = parts;
  const before = fn.record;
  const { demand } = fn.fleet;
  fn.follow(record, fleets.leading(record));
  fleets.settle(record, before);
  routes.use(record, fn.fleet.policy.routes);
  schedules.changed(record);
  for (const fleet of fn.fleets) fleet.maintain();
  const other = before.active.version !== record.active.version;
  if (other) fleets.fill(fn.fleet);
  // The load is still there: the scaler starts as many as it needed before.
  if (other) fn.fleet.demand ??= demand;
  if (other || before.canary?.version !== record.canary?.version) fn.failedDeploy = undefined;
  tellChange(other ? 'deployed' : 'changed', record, parts);
}

function tellChange(
  change: FunctionEvent['change'],
  { namespace, name, active }: FunctionRecord,
  { events, clock }: Pick<DeployerParts, 'events' | 'clock'>,
): void {
  events.tell({ kind: 'function', at: clock.now(), change, namespace, name, version: active.version });
}

function recordWith(
  deployment: Deployment,
  before: FunctionRecord | undefined,
  canary: Trial | undefined,
): FunctionRecord {
  const { spec, version, createdAt } = deployment;
  if (before === undefined)
    return { namespace: spec.namespace, name: spec.name, revision: 1, active: deployment, createdAt };
  return canary === undefined
    ? goneLive(before, deployment)
    : tried(before, deployment, { ...canary, version });
}

function failureOf(thrown: unknown, version: number, clock: Clock): ActiveFunction['failedDeploy'] {
  const { message, excerpt } = asWherryError(thrown, component);
  return { version, at: clock.now(), reason: message, lastWords: excerpt?.split('\n') ?? [] };
}

export function unknownFunction(name: FunctionName): WherryError {
  return new WherryError('function_unknown', `${fullName(name)} is not deployed here`, {
    component,
    name: name.name,
  });
}
