import type { FunctionDeployment } from '@wherry/wire/deployment';
import { Document, LineCounter, parseDocument } from 'yaml';
import { without } from './deployment.ts';

/** The keys of a stack file for the fields of a deployment. */
const keys = {
  image: 'image',
  namespace: 'namespace',
  envProcess: 'fprocess',
  envVars: 'environment',
  secrets: 'secrets',
  labels: 'labels',
  annotations: 'annotations',
  constraints: 'constraints',
  limits: 'limits',
  requests: 'requests',
  readOnlyRootFilesystem: 'readonly_root_filesystem',
} as const;
type Field = keyof typeof keys;
const fields = Object.keys(keys) as Field[];

/** A function as a stack file that deploys it again. */
export function stackText(deployment: FunctionDeployment): string {
  const entry = Object.fromEntries(
    fields.flatMap((field) => (deployment[field] === undefined ? [] : [[keys[field], deployment[field]]])),
  );
  const { image, ...rest } = entry;
  // There is nothing to build: what is deployed is the image.
  const functions = { [deployment.service]: { image, skip_build: true, ...rest } };
  const document = new Document({ version: '1.0', provider: { name: 'openfaas' }, functions });
  // What looks like a variable is meant as it stands.
  return document.toString({ lineWidth: 0 }).replaceAll('${', () => '$${');
}

/** Reads it again. Throws an error with the line where it can't be that; values are the gateway's to check. */
export function deploymentIn(text: string, of: { name: string; namespace: string }): FunctionDeployment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, maxAliasCount: 0 } as object);
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    throw new Error(`Line ${line}, column ${col}: ${mistake.message.split('\n')[0]}`);
  }
  const { functions } = record(document.toJS({ maxAliasCount: 0 }), 'the file');
  const all = record(functions, 'functions');
  const entry = record(all[of.name], `functions.${of.name}`);
  if (Object.keys(all).length > 1)
    throw new Error(`There is more than ${of.name} in it; wherry up deploys several.`);
  const known = new Set<string>([...Object.values(keys), 'skip_build']);
  const unknown = Object.keys(entry).find((key) => !known.has(key));
  if (unknown !== undefined)
    throw new Error(
      `functions.${of.name}.${unknown} can’t be changed here. Known are ${[...known].join(', ')}.`,
    );
  const said = Object.fromEntries(
    fields.flatMap((field) => {
      const value = entry[keys[field]];
      return value === undefined || value === null ? [] : [[field, plain(value)]];
    }),
  );
  if (said['namespace'] !== undefined && said['namespace'] !== of.namespace)
    throw new Error('The namespace of a function can’t be changed: deploy it there as another one.');
  return without({ ...said, service: of.name, namespace: of.namespace } as FunctionDeployment);
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error(`${what} is missing, or is no map.`);
}

/** Numbers and truths in maps are texts in a deployment; `$${` stands for `${`. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$${', () => '${');
  if (Array.isArray(value)) return value.map((one) => plain(String(one)));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(String(one ?? ''))]));
  return value;
}
