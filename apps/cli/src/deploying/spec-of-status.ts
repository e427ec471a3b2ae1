import { defaultNamespace } from '@wherry/core/names';
import type { FunctionSpec } from '@wherry/core/function';
import { present } from '@wherry/wire/deployment';
import type { FunctionStatus } from '@wherry/wire/function-status';

/** What somebody asked for, out of what a gateway says of it: without what the gateway adds by itself. */
export function specOf(status: FunctionStatus): FunctionSpec {
  const { faas_function: _, ...labels } = status.labels ?? {};
  // Every provider of OpenFaaS's says so of every function.
  const { 'prometheus.io.scrape': __, ...annotations } = status.annotations ?? {};
  const some = <T extends object>(map: T | undefined): T | undefined =>
    map === undefined || Object.keys(map).length === 0 ? undefined : map;
  return present<FunctionSpec>({
    namespace: status.namespace || defaultNamespace,
    name: status.name,
    image: status.image,
    envProcess: status.envProcess || undefined,
    env: some(status.envVars),
    labels: some(labels),
    annotations: some(annotations),
    secrets: status.secrets?.length ? status.secrets : undefined,
    constraints: status.constraints?.length ? status.constraints : undefined,
    limits: some(status.limits),
    requests: some(status.requests),
    readOnlyRootFilesystem: status.readOnlyRootFilesystem || undefined,
  });
}
