import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FunctionSpec } from '@wherry/core/function';
import type { RawDeployment } from '@wherry/stack/function-resource';
import { decodeDeployment } from '@wherry/wire/deployment';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';

/** What somebody has elsewhere. */
export interface Found {
  readonly specs: readonly FunctionSpec[];
  readonly namespaces: readonly string[];
  readonly secrets: readonly { readonly name: string; readonly namespace: string }[];
}

/** What the stack files and the resources of a folder describe, or of one file. */
export async function foundInFiles(from: string, context: Context): Promise<Found> {
  const [{ readStack }, { stackSpec }, { functionResources }] = await Promise.all([
    import('@wherry/stack/stack-file'),
    import('./stack-spec.ts'),
    import('@wherry/stack/function-resource'),
  ]);
  const at = resolve(context.cwd, from);
  const specs: FunctionSpec[] = [];
  for (const file of await yamlFiles(at)) {
    const text = await readFile(file, 'utf8');
    if (/^[ -]*kind: *["']?Function\b/m.test(text))
      specs.push(...functionResources(text, file).map((raw) => understood(raw, file)));
    else if (/^functions:/m.test(text))
      for (const fn of readStack(text, file, context.env).functions) specs.push(stackSpec(fn));
  }
  if (specs.length === 0)
    throw usageError(
      `${from} holds neither stack files nor resources of kind Function`,
      'Name the folder that they lie in',
    );
  const named = specs.flatMap(({ secrets = [], namespace }) => secrets.map((name) => ({ name, namespace })));
  return { specs, namespaces: [...new Set(specs.map(({ namespace }) => namespace))], secrets: named };
}

function understood(raw: RawDeployment, file: string): FunctionSpec {
  try {
    return decodeDeployment(raw);
  } catch (error) {
    throw usageError(
      `${file}: ${String(raw['service'])}: ${(error as Error).message}`,
      'Correct it, or take it out of the folder',
    );
  }
}

/** The file itself, or those of a folder. */
async function yamlFiles(at: string): Promise<readonly string[]> {
  if ((await stat(at)).isFile()) return [at];
  const names = (await readdir(at)).filter((name) => /\.ya?ml$/i.test(name));
  return names.sort().map((name) => join(at, name));
}
