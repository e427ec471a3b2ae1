// Finds what a source file imports. A few patterns are enough because the formatter fixes how imports look:
// a statement starts its line, and a template that contains code is rare enough to write differently.
import { builtinModules } from 'node:module';
import path from 'node:path';
import { isTestFile, type SourceFile, workspaceOf } from './source-tree.ts';

export interface Import {
  readonly specifier: string;
  /** A whole-statement type import: gone when the program runs. */
  readonly typeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)(\s+type\b(?!\s*,|\s+from))?[^'"`;=]*?\bfrom\s*['"]([^'"\n]+)['"]/gm;
const BARE = /^\s*import\s*['"]([^'"\n]+)['"]/gm;
const CALL = /\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*['"]([^'"\n]+)['"]/g;

export function importsOf(file: SourceFile): Import[] {
  if (file.path.endsWith('.py')) return pythonImportsOf(file);
  const text = file.text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return [
    ...[...text.matchAll(STATEMENT)].map((match) => ({
      specifier: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...text.matchAll(BARE)].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
    ...[...text.matchAll(CALL)].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
  ];
}

function pythonImportsOf(file: SourceFile): Import[] {
  const found = [...file.text.matchAll(/^\s*(?:from\s+([\w.]+)\s+import\b|import\s+([\w., ]+))/gm)];
  return found
    .flatMap((match) => (match[1] ? [match[1]] : (match[2] ?? '').split(',')))
    .map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
    .filter((name) => name !== '' && !name.startsWith('.'))
    .map((specifier) => ({ specifier: specifier.split('.')[0] ?? '', typeOnly: false }));
}

export type Target =
  | { readonly kind: 'relative'; readonly path: string }
  | { readonly kind: 'workspace'; readonly name: string }
  | { readonly kind: 'builtin' }
  | { readonly kind: 'package'; readonly name: string };

export function targetOf(file: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    return { kind: 'relative', path: path.posix.join(path.posix.dirname(file), specifier) };
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return { kind: 'builtin' };
  const [scope = '', name = ''] = specifier.split('/');
  if (scope === '@wherry') return { kind: 'workspace', name };
  return { kind: 'package', name: scope.startsWith('@') ? `${scope}/${name}` : scope };
}

/** Which file of ours an import leads to, if it leads to one. */
export function fileOf(from: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  const target = targetOf(from, specifier);
  if (target.kind === 'relative') return known.has(target.path) ? target.path : undefined;
  if (target.kind !== 'workspace') return undefined;
  const inside = specifier.split('/').slice(2).join('/');
  return [`packages/${target.name}/src/${inside}.ts`, `apps/${target.name}/src/${inside}.ts`].find((one) =>
    known.has(one),
  );
}

export function isJudged(file: SourceFile): boolean {
  return workspaceOf(file.path) !== undefined && !isTestFile(file.path);
}
