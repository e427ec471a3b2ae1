import { WherryError } from '@wherry/core/errors';
import type { FunctionSpec, Resources, Strings } from '@wherry/core/function';
import { checkName, defaultNamespace, printable } from '@wherry/core/names';
import { Fields, refuseValue } from './fields.ts';
import { parameter } from './queries.ts';

/** What POST and PUT /system/functions take: OpenFaaS's FunctionDeployment. */
export interface FunctionDeployment {
  readonly service: string;
  readonly image: string;
  readonly namespace?: string;
  readonly envProcess?: string;
  readonly envVars?: Strings;
  readonly labels?: Strings | null;
  readonly annotations?: Strings | null;
  readonly secrets?: readonly string[];
  readonly constraints?: readonly string[];
  readonly limits?: Resources;
  readonly requests?: Resources;
  readonly readOnlyRootFilesystem?: boolean;
}

/**
 * Reads a FunctionDeployment. Values are kept byte for byte; nothing is derived from them here. Throws `bad_json`, `bad_value` or
 * `bad_name` naming the field and the rule.
 */
export function decodeDeployment(body: unknown, query = new URLSearchParams()): FunctionSpec {
  const fields = new Fields(body);
  const name = fields.text('service');
  if (name === undefined)
    throw new WherryError('bad_value', 'service: the name of the function is missing', { component: 'wire' });
  const image = fields.text('image');
  if (image === undefined) return refuseValue('image', 'missing');
  if (/[^!-~]/.test(image))
    return refuseValue('image', `${printable(image)} contains a blank or a character that no reference has`);

  const secrets = fields.list('secrets');
  for (const secret of secrets ?? []) checkName('secret', secret);

  return present<FunctionSpec>({
    namespace: namespaceIn(fields, query),
    name: checkName('function', name),
    image,
    envProcess: fields.text('envProcess'),
    env: fields.map('envVars', checkVariable),
    labels: fields.map('labels'),
    annotations: fields.map('annotations'),
    secrets,
    constraints: fields.list('constraints'),
    limits: resources(fields, 'limits'),
    requests: resources(fields, 'requests'),
    readOnlyRootFilesystem: fields.flag('readOnlyRootFilesystem') || undefined,
  });
}

/** The FunctionDeployment that says `spec`: what the client sends. */
export function encodeDeployment(spec: FunctionSpec): FunctionDeployment {
  const { name, env, ...rest } = spec;
  return present<FunctionDeployment>({ service: name, ...rest, envVars: env });
}

/** Without the fields that are undefined, so that they are absent and not just empty. */
export function present<T>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** In the body or in the query, as clients have it; where both say one, they must mean the same. */
function namespaceIn(fields: Fields, query: URLSearchParams): string {
  const [inBody, inQuery] = [fields.text('namespace'), parameter(query, 'namespace')];
  if (inBody !== undefined && inQuery !== undefined && inBody !== inQuery)
    refuseValue('namespace', `the body says ${printable(inBody)}, the query ${printable(inQuery)}`);
  return checkName('namespace', inBody ?? inQuery ?? defaultNamespace);
}

function resources(fields: Fields, name: 'limits' | 'requests'): Resources | undefined {
  const all = Object.entries(fields.map(name) ?? {}).filter(([, text]) => text !== '');
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/**
 * Names that steer a loader (LD_PRELOAD, NODE_OPTIONS …) are allowed: the environment reaches nothing but the function's own
 * processes, inside their fence. A provider must never start a host with it.
 */
function checkVariable(field: string, key: string): void {
  if (key.includes('=')) refuseValue(field, `the name ${printable(key)} contains "="`);
}
