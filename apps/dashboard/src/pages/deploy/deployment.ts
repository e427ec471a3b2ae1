import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { FunctionStatus } from '@wherry/wire/function-status';

/** What somebody asked for, out of what the gateway says: without what it adds by itself, and without what is empty. */
export function deploymentOf(status: FunctionStatus): FunctionDeployment {
  const { faas_function: _, ...labels } = status.labels;
  return without({
    service: status.name,
    namespace: status.namespace,
    image: status.image,
    envProcess: status.envProcess ?? '',
    envVars: status.envVars ?? {},
    labels,
    annotations: status.annotations,
    secrets: status.secrets ?? [],
    constraints: status.constraints ?? [],
    limits: status.limits ?? {},
    requests: status.requests ?? {},
    readOnlyRootFilesystem: status.readOnlyRootFilesystem ?? false,
  });
}

/** What is empty is not said, so that two that mean the same are the same. */
export function without(fields: FunctionDeployment): FunctionDeployment {
  const says = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => says(value)),
  ) as unknown as FunctionDeployment;
}

/** One value that would be another. What is not there is undefined. */
export interface Difference {
  readonly what: string;
  readonly was?: string | undefined;
  readonly is?: string | undefined;
}

const words: Readonly<Record<string, string>> = {
  image: 'image',
  envProcess: 'command',
  envVars: 'environment',
  readOnlyRootFilesystem: 'read-only root',
};

/** What applying `after` would change. */
export function differences(before: FunctionDeployment, after: FunctionDeployment): readonly Difference[] {
  const fields = [
    ...new Set([...Object.keys(before), ...Object.keys(after)]),
  ] as (keyof FunctionDeployment)[];
  return fields.flatMap((field): readonly Difference[] => {
    const [was, is] = [entriesOf(before[field]), entriesOf(after[field])];
    const keys = [...new Set([...was.keys(), ...is.keys()])];
    return keys
      .filter((key) => was.get(key) !== is.get(key))
      .map((key) => ({
        what: [words[field] ?? field, ...(key === '' ? [] : [key])].join(' '),
        was: was.get(key),
        is: is.get(key),
      }));
  });
}

/** A value as keys and texts: a list has only keys, a plain value the key that is empty. */
function entriesOf(value: unknown): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (Array.isArray(value)) return new Map(value.map((one) => [String(one), 'listed']));
  if (typeof value === 'object')
    return new Map(Object.entries(value).map(([key, text]) => [key, String(text)]));
  return new Map([['', String(value)]]);
}
