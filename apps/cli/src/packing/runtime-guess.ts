import { readFile } from 'node:fs/promises';
import { languageNamed, manifestFor, runtimeParts } from '@wherry/core/languages';
import type { PackageManifest } from '@wherry/core/packages';
import { usageError } from '../failures.ts';
import type { SourceFile } from '@wherry/build/packing/source';

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
  go: ['go'],
  java: ['java'],
  php: ['php'],
  ruby: ['rb'],
};
/** Files that only one language has. */
const marks: Readonly<Record<string, readonly string[]>> = {
  node: ['package.json'],
  python: ['requirements.txt', 'pyproject.toml', 'setup.py', 'Pipfile'],
  go: ['go.mod'],
  java: ['pom.xml', 'build.gradle'],
  php: ['composer.json'],
  ruby: ['Gemfile'],
};
/** Their builds find the handler: what there is to name would not be a file of the source. */
const foundByBuild = ['go', 'java', 'php'];
/** Names that handlers go by, likeliest first. */
const stems = ['handler', 'index', 'main', 'app', 'server', 'function', 'wsgi', 'asgi'];

/** Which runtime loads which file of the code. Throws a usage error that names the flag to give when it can't be told. */
export async function manifestOf(files: readonly SourceFile[], said: Said): Promise<PackageManifest> {
  const runtime = said.lang === undefined ? await guessRuntime(files, said.entry) : runtimeNamed(said.lang);
  const { name } = runtimeParts(runtime);
  const signature = said.signature ?? signatureNamed(said.lang) ?? 'auto';
  if (foundByBuild.includes(name) || (name === 'process' && said.fprocess !== undefined))
    return { runtime, entry: said.entry ?? '.', signature };
  const entry = said.entry ?? (await guessEntry(files, runtime));
  if (!files.some((file) => file.path === entry)) {
    throw usageError(`--entry: there is no ${entry} in what is deployed`, `There is: ${listing(files)}`);
  }
  if (name === 'process' && said.entry === undefined) await checkStarts(files, entry);
  return { runtime, entry, signature };
}

/** The first bytes of what a machine starts by itself: a script that names its interpreter, or a program of Linux, macOS or Windows. */
const beginnings = ['2321', '7f454c46', 'cffaedfe', 'feedfacf', 'cafebabe', '4d5a'];

/** A file that was only found is not started unless it can be: else the first call would say `permission denied` of it. */
async function checkStarts(files: readonly SourceFile[], entry: string): Promise<void> {
  const file = files.find(({ path }) => path === entry);
  const head = file === undefined ? '' : (await readFile(file.from)).subarray(0, 4).toString('hex');
  if (beginnings.some((one) => head.startsWith(one))) return;
  throw usageError(
    `it is not said which program is started, and ${entry} is none`,
    'Name the command: fprocess: COMMAND in the stack file, or --fprocess "COMMAND"; a file of the code: --entry FILE',
  );
}

/** The runtime behind a language's many names, also those of OpenFaaS's templates (node20, python3-http …). */
export function runtimeNamed(lang: string): string {
  const named = languageNamed(lang);
  return named === undefined ? lang.toLowerCase() : manifestFor(named).runtime;
}

/** Where the name of the language says how the handler is called and the handler itself cannot. */
function signatureNamed(lang: string | undefined): string | undefined {
  const language = lang === undefined ? undefined : languageNamed(lang)?.language;
  if (language?.name === 'python-flask') return 'flask';
  return language?.runtime === 'go' && language.name !== 'go' ? language.signature : undefined;
}

async function guessRuntime(files: readonly SourceFile[], entry: string | undefined): Promise<string> {
  const top = files.filter(({ path }) => !path.includes('/'));
  const named = entry === undefined ? [] : files.filter(({ path }) => path === entry);
  const byEnding = runtimesOf(named.length > 0 ? named : top);
  if (byEnding.length === 1) return byEnding[0] as string;
  const marked = Object.keys(marks).filter((runtime) =>
    marks[runtime]?.some((name) => top.some(({ path }) => path === name)),
  );
  if (marked.length === 1) return marked[0] as string;
  const [only] = top;
  const byContent = top.length === 1 && only !== undefined ? runtimeOfText(await beginning(only)) : undefined;
  if (byContent !== undefined) return byContent;
  const why =
    byEnding.length > 1 ? `both ${byEnding.join(' and ')}` : 'no language that is known by its files';
  throw usageError(
    `it can't be told which language this is: there is ${why}`,
    'Say it, such as --lang node or --lang python; all of them: wherry new --list',
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
  const { name } = runtimeParts(runtime);
  const known = endings[name] ?? [];
  const main = name === 'node' ? await packageMain(files) : undefined;
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
