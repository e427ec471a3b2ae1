import { defaultNamespace, type FunctionName } from '@wherry/core/names';
import type { Client, DeployAnswer } from '@wherry/wire/client';
import type { FunctionDeployment } from '@wherry/wire/deployment';

/** The gateway starts the new version before it answers. */
export const provingMs = 180_000;

/** A function that was deployed, as commands show it. */
export interface Deployed extends FunctionName {
  readonly image: string;
  readonly url: string;
  readonly result: 'created' | 'updated';
  /** What the version before had and this one has no more. */
  readonly removed?: readonly string[];
}

export function deployed(
  client: Client,
  { name, namespace }: FunctionName,
  { image }: FunctionDeployment,
  { result, removed }: DeployAnswer,
): Deployed {
  return {
    name,
    namespace,
    image,
    url: `${client.target.url}/function/${dotted({ name, namespace })}`,
    result,
    ...(removed.length === 0 ? {} : { removed }),
  };
}

/** As callers write it: without the namespace where it is the default one. */
export function dotted({ name, namespace }: FunctionName): string {
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}
