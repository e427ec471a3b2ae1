import type { FunctionRecord, Resources, Strings } from '@wherry/core/function';
import { present } from './deployment.ts';
import { rfc3339 } from './times.ts';
import type { Status } from './function-state.ts';

/** What GET /system/functions and /system/function/{name} answer: OpenFaaS's FunctionStatus. */
export interface FunctionStatus {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly envProcess?: string;
  readonly envVars?: Strings;
  readonly constraints?: readonly string[];
  readonly secrets?: readonly string[];
  readonly labels: Strings;
  readonly annotations: Strings;
  readonly limits?: Resources;
  readonly requests?: Resources;
  readonly readOnlyRootFilesystem?: boolean;
  readonly invocationCount?: number;
  readonly replicas: number;
  readonly availableReplicas: number;
  readonly createdAt: string;
  readonly usage?: FunctionUsage;
  /** Ours, beside the contract's fields: clients that don't know it pass it over. */
  readonly wherryStatus?: Status;
  /** Why it is not ready, in a sentence. */
  readonly wherryReason?: string;
  /** Of the version that is live. */
  readonly wherryVersion?: number;
  readonly wherryDeployedAt?: string;
}

export interface FunctionUsage {
  /** Thousandths of a processor. */
  readonly cpu: number;
  readonly totalMemoryBytes: number;
}

export interface StatusInput {
  readonly record: FunctionRecord;
  readonly replicas: number;
  readonly availableReplicas: number;
  /** Given for lists, where clients expect it. */
  readonly invocationCount?: number;
  readonly usage?: FunctionUsage;
  readonly status?: Status;
  readonly reason?: string;
}

export function encodeFunctionStatus(input: StatusInput): FunctionStatus {
  const { namespace, name, image, envProcess, env, constraints, secrets, limits, requests } =
    input.record.active.spec;
  const { labels, annotations, readOnlyRootFilesystem } = input.record.active.spec;
  return present<FunctionStatus>({
    name,
    namespace,
    image,
    envProcess,
    envVars: env,
    constraints,
    secrets,
    // Clients look for this label, and take both maps for granted.
    labels: Object.assign(Object.create(null), labels, { faas_function: name }),
    annotations: annotations ?? {},
    limits,
    requests,
    readOnlyRootFilesystem,
    invocationCount: input.invocationCount,
    replicas: input.replicas,
    availableReplicas: input.availableReplicas,
    createdAt: rfc3339(input.record.createdAt),
    usage: input.usage,
    wherryStatus: input.status,
    wherryReason: input.reason,
    wherryVersion: input.record.active.version,
    wherryDeployedAt: rfc3339(input.record.active.createdAt),
  });
}
