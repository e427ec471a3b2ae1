import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { localError } from '../failures.ts';
import { leftOut } from './left-out.ts';
import { linkInside, portablePath } from './portable-path.ts';

/** One file or link of a function's code. */
export interface SourceFile {
  /** Relative to the code, with forward slashes. */
  readonly path: string;
  /** On this machine. */
  readonly from: string;
  readonly size: number;
  readonly executable: boolean;
  /** Where a symbolic link leads, relative to it. */
  readonly link?: string;
}

/** The code in a folder, or the one file, sorted by path so that the same code always makes the same archive. */
export async function readSource(from: string): Promise<readonly SourceFile[]> {
  const root = await realpath(from);
  const stats = await lstat(root);
  if (stats.isFile())
    return [
      { path: path.basename(from), from: root, size: stats.size, executable: (stats.mode & 0o111) !== 0 },
    ];
  if (!stats.isDirectory()) throw unusable(from, 'neither a file nor a folder');
  const ignored = await ignoreRules(root);
  const files: SourceFile[] = [];
  await walk(root, root, ignored, files);
  if (files.length === 0) throw unusable(from, 'empty');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Ignored = (path: string, folder: boolean) => boolean;

async function ignoreRules(root: string): Promise<Ignored> {
  const { default: ignore } = await import('ignore');
  const rules = ignore().add([...leftOut]);
  const own = await readFile(path.join(root, '.wherryignore'), 'utf8').catch(() => '');
  rules.add(own.replaceAll('\r\n', '\n'));
  return (relative, folder) => rules.ignores(folder ? `${relative}/` : relative);
}

async function walk(root: string, folder: string, ignored: Ignored, into: SourceFile[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    const relative = portablePath(path.relative(root, full), path);
    if (ignored(relative, entry.isDirectory())) continue;
    if (entry.isDirectory()) await walk(root, full, ignored, into);
    else into.push(await fileAt(root, full, relative));
  }
}

async function fileAt(root: string, full: string, relative: string): Promise<SourceFile> {
  const stats = await lstat(full);
  if (stats.isFile())
    return { path: relative, from: full, size: stats.size, executable: (stats.mode & 0o111) !== 0 };
  if (!stats.isSymbolicLink()) throw unusable(relative, 'neither a file nor a folder');
  const link = linkInside(root, full, await readlink(full), path);
  if (link === undefined) throw unusable(relative, 'a symbolic link that leads out of the folder');
  return { path: relative, from: full, size: 0, executable: false, link };
}

function unusable(what: string, why: string): Error {
  return localError(
    'not_packable',
    'This cannot be packed',
    `${what} is ${why}`,
    'Leave it out with a line in .wherryignore, or name another folder with --from.',
  );
}
