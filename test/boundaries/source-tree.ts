// The files that the boundary tests judge, as plain records, so that a test can hand a checker made-up ones.
import fs from 'node:fs';
import path from 'node:path';

export interface SourceFile {
  /** Relative to the clone, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export const root = path.resolve(import.meta.dirname, '../..');

/** Folders with code under our rules; templates, examples and the like follow their own languages' habits. */
const CODE_ROOTS = ['apps', 'packages', 'scripts', 'test'];
const CODE = /\.(ts|tsx|mts|cts|mjs|cjs|js|py)$/;

export function readCode(): SourceFile[] {
  return CODE_ROOTS.flatMap((folder) => readFolder(folder, (name) => CODE.test(name)));
}

export function readDocs(): SourceFile[] {
  return readFolder('', (name) => name.endsWith('.md'));
}

export function readText(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

/** Tests, what they are fed and benchmarks: they may look everywhere, and nothing imports them. */
export function isTestFile(file: string): boolean {
  if (file.startsWith('test/') || file.startsWith('packages/runtime/conformance/')) return true;
  return /\.(test|bench|fixtures?)\.ts$/.test(file);
}

/** `packages/core/src/errors.ts` → `packages/core`; undefined outside every workspace. */
export function workspaceOf(file: string): string | undefined {
  return /^(apps|packages)\/[^/]+(?=\/)/.exec(file)?.[0];
}

function readFolder(folder: string, wanted: (name: string) => boolean): SourceFile[] {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs.readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    if (/^(\..*|node_modules|dist|fixtures|__pycache__)$/.test(entry.name)) return [];
    const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return readFolder(relative, wanted);
    if (!entry.isFile() || !wanted(entry.name)) return [];
    return [{ path: relative, text: readText(relative) }];
  });
}
