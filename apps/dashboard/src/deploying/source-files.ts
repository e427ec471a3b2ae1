import type { PackedFile } from './tar.ts';

/** Code as it was chosen, and what is known of it. */
export interface Source {
  readonly files: readonly PackedFile[];
  /** How many were left out: traces of tools, which no function needs. */
  readonly left: number;
}

/** What the gateway takes. */
const mostBytes = 256 * 2 ** 20;
const traces =
  /(?:^|\/)(?:\.git|\.hg|\.svn|__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.venv|\.nyc_output|node_modules\/\.(?:cache|bin))\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$|\.(?:pyc|swp)$/;

/** Reads what a browser was given: single files, or a folder, whose own name is no part of the paths. Throws where it is too much. */
export async function sourceOf(chosen: readonly File[]): Promise<Source> {
  const named = chosen.map((file) => ({ file, path: pathOf(file) }));
  const kept = named.filter(({ path }) => !traces.test(path));
  const size = kept.reduce((sum, { file }) => sum + file.size, 0);
  if (size > mostBytes)
    throw new Error('It is more than 256 MiB. The command line sends more: wherry deploy');
  const files = await Promise.all(
    kept.map(async ({ file, path }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), left: named.length - kept.length };
}

function pathOf(file: File): string {
  const inside = file.webkitRelativePath.split('/').slice(1).join('/');
  return inside === '' ? file.name : inside;
}

/** Names that handlers go by, likeliest first. */
const stems = ['handler', 'index', 'main', 'app', 'server', 'function'];

/** The file that holds the handler, as far as names tell. */
export function entryIn(files: readonly { readonly path: string }[]): string | undefined {
  const top = files
    .map(({ path }) => path)
    .filter((path) => !path.includes('/') && runtimeOf(path) !== undefined);
  for (const stem of stems) {
    const found = top.find((path) => path.replace(/\.\w+$/, '') === stem);
    if (found !== undefined) return found;
  }
  return top[0];
}

const byEnding: Readonly<Record<string, string>> = {
  ...{ js: 'node', mjs: 'node', cjs: 'node', ts: 'node', mts: 'node', cts: 'node' },
  ...{ py: 'python', rb: 'ruby', php: 'php' },
};

/** The runtime that loads a file, by its ending. */
export const runtimeOf = (path: string): string | undefined => byEnding[/\.(\w+)$/.exec(path)?.[1] ?? ''];
