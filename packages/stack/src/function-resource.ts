import { parseAllDocuments } from 'yaml';
import { StackError } from './problem.ts';

/** A deployment as it is sent to `/system/functions`, not checked yet. */
export type RawDeployment = Readonly<Record<string, unknown>>;

const mostBytes = 2 ** 20;
const mostAliases = 100;

/**
 * The functions that a file describes as resources for Kubernetes (`kind: Function`, `apiVersion: openfaas.com/v1`), of one document or
 * several; other resources are passed over. Scalars are taken as they are spelled. Throws StackError.
 */
export function functionResources(text: string, path: string): readonly RawDeployment[] {
  if (text.length > mostBytes)
    throw new StackError(path, '', [{ what: `longer than ${mostBytes} bytes`, line: 1, column: 1 }]);
  return parseAllDocuments(text, { schema: 'failsafe', merge: true, prettyErrors: true }).flatMap(
    (document) => {
      const [error] = document.errors;
      if (error !== undefined) {
        const { line = 1, col: column = 1 } = error.linePos?.[0] ?? {};
        throw new StackError(path, text, [{ what: error.message.split('\n')[0] as string, line, column }]);
      }
      return functionsIn(object(document.toJS({ maxAliasCount: mostAliases })));
    },
  );
}

/** A list, as `kubectl get -o yaml` makes it, is as good as its items. */
function functionsIn(resource: RawDeployment): readonly RawDeployment[] {
  const { kind, items, apiVersion } = resource;
  if (kind === 'List' && Array.isArray(items)) return items.flatMap((item) => functionsIn(object(item)));
  const ours = kind === 'Function' && String(apiVersion).startsWith('openfaas.com/');
  return ours ? [deploymentOf(object(resource['metadata']), object(resource['spec']))] : [];
}

function deploymentOf(metadata: RawDeployment, spec: RawDeployment): RawDeployment {
  const { environment, handler, readOnlyRootFilesystem, name, ...rest } = spec;
  const said = {
    ...rest,
    service: name ?? metadata['name'],
    namespace: metadata['namespace'],
    envVars: environment,
    envProcess: handler,
    readOnlyRootFilesystem: readOnlyRootFilesystem === 'true',
  };
  // A key with nothing behind it says nothing.
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

function object(value: unknown): RawDeployment {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawDeployment) : {};
}
