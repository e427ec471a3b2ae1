import type { Strings } from '@wherry/core/function';
import type { Namespace } from '@wherry/core/namespace';
import { checkName } from '@wherry/core/names';
import { present } from './deployment.ts';
import { Fields, refuseValue } from './fields.ts';

/** What the namespace routes take and give: OpenFaaS's FunctionNamespace. */
export interface FunctionNamespace {
  readonly name: string;
  readonly labels?: Strings;
  readonly annotations?: Strings;
}

export function encodeNamespace({ name, labels, annotations }: Namespace): FunctionNamespace {
  return present<FunctionNamespace>({ name, labels, annotations });
}

/** `inPath`: the name that the route says; a body that says another is refused, one that says none is not. */
export function decodeNamespace(body: unknown, inPath?: string): FunctionNamespace {
  const fields = new Fields(body);
  const name = fields.text('name') ?? inPath ?? refuseValue('name', 'missing');
  if (inPath !== undefined && name !== inPath) refuseValue('name', `the path says ${inPath}`);
  return present<FunctionNamespace>({
    name: checkName('namespace', name),
    labels: fields.map('labels'),
    annotations: fields.map('annotations'),
  });
}
