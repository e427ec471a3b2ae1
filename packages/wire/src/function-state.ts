import type { WithoutEffect } from '@wherry/core/rules/known-keys';
import type { Exit, Instance, Usage } from '@wherry/core/instance';
import type { FunctionRecord } from '@wherry/core/function';
import type { Policy } from '@wherry/core/rules/policy';
import { present } from './deployment.ts';
import { rfc3339 } from './times.ts';
import { type CanaryInfo, encodeCanary, encodeFailedDeploy, type FailedDeploy } from './versions.ts';

/**
 * How a function is. asleep: nothing runs, a call wakes it. backing-off: it failed to start and is tried again later.
 * broken: it does not start; only a new deployment helps.
 */
export const statuses = ['asleep', 'awake', 'starting', 'backing-off', 'broken'] as const;
export type Status = (typeof statuses)[number];

/** An instance's life: starting (not ready for calls), ready, draining (finishes what it has), stopping. */
export type InstancePhase = 'starting' | 'ready' | 'draining' | 'stopping';

/** What GET /system/function/{name}/state answers. Times are RFC 3339. */
export interface FunctionState {
  readonly name: string;
  readonly namespace: string;
  readonly status: Status;
  /** Why it is not ready, in a sentence. */
  readonly reason?: string;
  readonly version: number;
  /** A version that is being tried on some of the calls. */
  readonly canary?: CanaryInfo;
  /** The last version that did not start: this one goes on. */
  readonly failedDeploy?: FailedDeploy;
  /** Of the function; `deployedAt` is of this version. */
  readonly createdAt: string;
  readonly deployedAt: string;
  readonly image: string;
  /** How many instances were asked for by hand. */
  readonly scale?: number;
  readonly policy: PolicyState;
  readonly network: NetworkState;
  readonly instances: readonly InstanceState[];
  /** Newest first. */
  readonly exits: readonly ExitState[];
  /** Labels and annotations of OpenFaaS's or ours that have no effect here. */
  readonly withoutEffect: readonly WithoutEffect[];
}

/** A policy as it is told: what is a list of networks inside is text here. */
export interface PolicyState extends Omit<Policy, 'network' | 'allowFrom'> {
  readonly network: string;
  readonly allowFrom?: readonly string[];
}

/** What the function did on the network since the gateway started. */
export interface NetworkState {
  /** Connections that were made, that were refused, and that came to nothing at the other end. */
  readonly connected: number;
  readonly refused: number;
  readonly failed: number;
  /** The latest refusals, newest first, one for each target. */
  readonly refusals: readonly RefusalState[];
}

export interface RefusalState {
  readonly target: string;
  readonly times: number;
  readonly at: string;
  readonly why: string;
  /** The annotation that would let it through, where one would. */
  readonly line?: string;
}

/** One instance, also in GET /system/instances. */
export interface InstanceState {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly state: InstancePhase;
  readonly startedAt: string;
  readonly origin: 'pool' | 'scratch';
  readonly inFlight: number;
  readonly memoryBytes?: number;
  readonly cpuMs?: number;
  readonly processes?: number;
}

export interface ExitState extends Omit<Exit, 'deployment' | 'at' | 'startedAt'> {
  readonly version: number;
  /** Absent where it was never ready. */
  readonly startedAt?: string;
  readonly at: string;
}

/** An element of GET /system/exits. */
export interface EndedInstance extends ExitState {
  readonly name: string;
  readonly namespace: string;
}

export interface InstanceInput {
  readonly instance: Instance;
  readonly state: InstancePhase;
  readonly inFlight: number;
  readonly usage?: Usage;
}

export interface FunctionStateInput {
  readonly record: FunctionRecord;
  readonly status: Status;
  readonly reason?: string;
  readonly failedDeploy?: Omit<FailedDeploy, 'at'> & { readonly at: number };
  readonly policy: Policy;
  readonly network: Omit<NetworkState, 'refusals'> & {
    readonly refusals: readonly (Omit<RefusalState, 'at'> & { readonly at: number })[];
  };
  readonly instances: readonly InstanceInput[];
  readonly exits: readonly Exit[];
  readonly withoutEffect: readonly WithoutEffect[];
}

export function encodeFunctionState(input: FunctionStateInput): FunctionState {
  const { record } = input;
  return present<FunctionState>({
    name: record.name,
    namespace: record.namespace,
    status: input.status,
    reason: input.reason,
    version: record.active.version,
    canary: record.canary === undefined ? undefined : encodeCanary(record.canary),
    failedDeploy: input.failedDeploy === undefined ? undefined : encodeFailedDeploy(input.failedDeploy),
    createdAt: rfc3339(record.createdAt),
    deployedAt: rfc3339(record.active.createdAt),
    image: record.active.spec.image,
    scale: record.scale,
    policy: encodePolicy(input.policy),
    network: {
      ...input.network,
      refusals: input.network.refusals.map((one) => ({ ...one, at: rfc3339(one.at) })),
    },
    instances: input.instances.map(encodeInstance),
    exits: input.exits.map(encodeExit),
    withoutEffect: input.withoutEffect,
  });
}

function encodePolicy({ network, allowFrom, ...rest }: Policy): PolicyState {
  return present<PolicyState>({ ...rest, network: network.text, allowFrom: allowFrom?.texts });
}

export function encodeInstance({ instance, state, inFlight, usage }: InstanceInput): InstanceState {
  const { name, namespace, version } = instance.deployment;
  return present<InstanceState>({
    id: instance.id,
    name,
    namespace,
    version,
    state,
    startedAt: rfc3339(instance.startedAt),
    origin: instance.origin,
    inFlight,
    memoryBytes: usage?.memoryBytes,
    cpuMs: usage?.cpuMs,
    processes: usage?.processes,
  });
}

export function encodeExit({ deployment, at, startedAt, ...rest }: Exit): ExitState {
  return {
    ...rest,
    version: deployment.version,
    ...(startedAt === undefined ? {} : { startedAt: rfc3339(startedAt) }),
    at: rfc3339(at),
  };
}
