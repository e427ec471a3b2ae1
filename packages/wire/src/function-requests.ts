import { checkName, defaultNamespace, type FunctionName } from '@wherry/core/names';
import { Fields, refuseValue } from './fields.ts';
import { functionNamed, parameter } from './queries.ts';

/** What DELETE /system/functions takes. */
export interface DeleteFunctionRequest {
  readonly functionName: string;
  readonly namespace?: string;
}

/** What POST /system/scale-function/{name} takes. */
export interface ScaleServiceRequest {
  readonly serviceName: string;
  readonly replicas: number;
  readonly namespace?: string;
}

/** The namespace stands in the body for newer clients, in the query for older ones; the body counts. */
export function decodeDelete(body: unknown, query: URLSearchParams): FunctionName {
  const fields = new Fields(body);
  const name = fields.text('functionName') ?? refuseValue('functionName', 'missing');
  return { namespace: namespaceIn(fields, query), name: checkName('function', name) };
}

/** Which function is scaled is what the path says: older clients send no `serviceName`. */
export function decodeScale(
  name: string,
  body: unknown,
  query: URLSearchParams,
): { target: FunctionName; replicas: number } {
  const fields = new Fields(body);
  const replicas = fields.wholeNumber('replicas', 0, 1000) ?? refuseValue('replicas', 'missing');
  const namespace = fields.text('namespace') ?? parameter(query, 'namespace');
  return { target: functionNamed(name, namespace), replicas };
}

function namespaceIn(fields: Fields, query: URLSearchParams): string {
  return checkName(
    'namespace',
    fields.text('namespace') ?? parameter(query, 'namespace') ?? defaultNamespace,
  );
}
