import type { FunctionSpec } from '@wherry/core/function';
import { defaultNamespace } from '@wherry/core/names';
import type { StackFunction } from '@wherry/stack/stack-file';
import { present } from '@wherry/wire/deployment';

/** A function of a stack as a specification, by its image alone. */
export function stackSpec(fn: StackFunction): FunctionSpec {
  return present<FunctionSpec>({
    namespace: fn.namespace ?? defaultNamespace,
    name: fn.name,
    image: fn.image ?? '',
    envProcess: fn.fprocess,
    env: fn.environment,
    secrets: fn.secrets,
    labels: fn.labels,
    annotations: fn.annotations,
    constraints: fn.constraints,
    limits: fn.limits,
    requests: fn.requests,
    readOnlyRootFilesystem: fn.readonly_root_filesystem,
  });
}
