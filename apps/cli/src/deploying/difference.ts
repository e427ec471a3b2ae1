import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { FunctionStatus } from '@wherry/wire/function-status';

/** One thing that a deploy would change; undefined is absent. */
export interface Change {
  /** `image`, or `envVars.KEY`. */
  readonly field: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const fields = [
  'image',
  'envProcess',
  'envVars',
  'labels',
  'annotations',
  'secrets',
  'constraints',
  'limits',
  'requests',
  'readOnlyRootFilesystem',
] as const;

/** What deploying `wanted` would change in what is deployed, field by field, maps key by key. */
export function difference(wanted: FunctionDeployment, have: FunctionStatus): readonly Change[] {
  // The gateway adds this label to every function.
  const { faas_function: _, ...labels } = have.labels;
  const before = { ...have, labels };
  return fields.flatMap((field) => {
    const [from, to] = [before[field], wanted[field]];
    if (!isMap(from) && !isMap(to)) return changed(field, spelt(from), spelt(to));
    const [old, fresh] = [isMap(from) ? from : {}, isMap(to) ? to : {}];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
    return keys.flatMap((key) => changed(`${field}.${key}`, spelt(old[key]), spelt(fresh[key])));
  });
}

function changed(field: string, from: string | undefined, to: string | undefined): readonly Change[] {
  return from === to ? [] : [{ field, from, to }];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** False, null and an empty list are as good as absent. */
function spelt(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).sort().join(', ');
  return String(value);
}
