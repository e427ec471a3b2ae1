import { readFile } from 'node:fs/promises';
import type { PackageManifest } from '@wherry/core/packages';
import { usageError } from '../failures.ts';
import type { SourceFile } from './source.ts';

/** What the user said; the rest is found out. */
export interface Said {
  readonly lang?: string | undefined;
  readonly entry?: string | undefined;
  readonly signature?: string | undefined;
  /** The command that is started for each call: then no file needs to be the handler. */
  readonly fprocess?: string | undefined;
}

const endings: Readonly<Record<string, readonly string[]>> = {
  node: ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'],
  python: ['py'],
};
/** Names that handlers go by, likeliest first. */
const stems = ['handler', 'index', 'main', 'app', 'server', 'function', 'wsgi', 'asgi'];

/** Which runtime loads which file of the code. Throws a usage error that names the flag to give when it can't be told. */
export async function manifestOf(files: readonly SourceFile[], said: Said): Promise<PackageManifest> {
  const runtime = said.lang === undefined ? await guessRuntime(files, said.entry) : runtimeNamed(said.lang);
  const signature = said.signature ?? 'auto';
  if (runtime === 'process' && said.fprocess !== undefined)
    return { runtime, entry: said.entry ?? '.', signature };
  const entry = said.entry ?? (await guessEntry(files, runtime));
  if (!files.some((file) => file.path === entry)) {
    throw usageError(`--entry: there is no ${entry} in what is deployed`, `There is: ${listing(files)}`);
  }
  return { runtime, entry, signature };
}

/** The runtime behind a language's many names, also those of OpenFaaS's templates (node20, python3-http …). */
export function runtimeNamed(lang: string): string {
  const name = lang.toLowerCase();
  if (/^(?:node|nodejs|javascript|js|typescript|ts|node\d.*|node-.*|nodejs.*)$/.test(name)) return 'node';
  if (/^(?:process|program|bash|sh|shell)$/.test(name)) return 'process';
  return /^(?:python|py|python[23].*|python-.*)$/.test(name) ? 'python' : name;
}

async function guessRuntime(files: readonly SourceFile[], entry: string | undefined): Promise<string> {
  const top = files.filter(({ path }) => !path.includes('/'));
  const named = entry === undefined ? [] : files.filter(({ path }) => path === entry);
  const byEnding = runtimesOf(named.length > 0 ? named : top);
  if (byEnding.length === 1) return byEnding[0] as string;
  const has = (name: string) => top.some(({ path }) => path === name);
  const node = has('package.json');
  const python = ['requirements.txt', 'pyproject.toml', 'setup.py', 'Pipfile'].some(has);
  if (node !== python) return node ? 'node' : 'python';
  const [only] = top;
  const byContent = top.length === 1 && only !== undefined ? runtimeOfText(await beginning(only)) : undefined;
  if (byContent !== undefined) return byContent;
  const why = byEnding.length > 1 ? 'both JavaScript and Python' : 'neither JavaScript nor Python';
  throw usageError(
    `it can't be told which language this is: there is ${why}`,
    'Say it: --lang node or --lang python',
  );
}

function runtimesOf(files: readonly SourceFile[]): readonly string[] {
  return Object.keys(endings).filter((runtime) =>
    files.some(({ path }) => endings[runtime]?.includes(endingOf(path)) === true),
  );
}

export function runtimeOfText(text: string): string | undefined {
  const shebang = /^#!.*\b(node|python)[\d.]*\b/.exec(text);
  if (shebang !== null) return shebang[1];
  // Whatever other language it is: the machine knows how to start it.
  if (/^#!\s*\//.test(text)) return 'process';
  if (/^(?:async )?def \w+\(|^from [\w.]+ import |^import [\w.]+(?: as \w+)?$/m.test(text)) return 'python';
  return /\bmodule\.exports\b|^export |\brequire\(|^import .* from ['"]/m.test(text) ? 'node' : undefined;
}

async function guessEntry(files: readonly SourceFile[], runtime: string): Promise<string> {
  const known = endings[runtime] ?? [];
  const main = runtime === 'node' ? await packageMain(files) : undefined;
  if (main !== undefined) return main;
  for (const stem of stems) {
    for (const ending of known)
      if (files.some(({ path }) => path === `${stem}.${ending}`)) return `${stem}.${ending}`;
  }
  const top = files.filter(
    ({ path }) => !path.includes('/') && (known.length === 0 || known.includes(endingOf(path))),
  );
  if (top.length === 1 && top[0] !== undefined) return top[0].path;
  if (files.length === 1 && files[0] !== undefined) return files[0].path;
  throw usageError(
    `it can't be told which file holds the handler; there is ${listing(files)}`,
    'Say it: --entry FILE',
  );
}

/** `main` of package.json, where it names a file as it is. */
async function packageMain(files: readonly SourceFile[]): Promise<string | undefined> {
  const manifest = files.find(({ path }) => path === 'package.json');
  if (manifest === undefined) return undefined;
  try {
    const { main } = JSON.parse(await readFile(manifest.from, 'utf8')) as { main?: unknown };
    const path = typeof main === 'string' ? main.replace(/^\.\//, '') : undefined;
    return files.find((file) => file.path === path || file.path === `${path}.js`)?.path;
  } catch {
    return undefined;
  }
}

async function beginning(file: SourceFile): Promise<string> {
  return (await readFile(file.from, 'utf8')).slice(0, 64 * 1024);
}

function endingOf(path: string): string {
  return /\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

function listing(files: readonly SourceFile[]): string {
  const names = files.map(({ path }) => path);
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
