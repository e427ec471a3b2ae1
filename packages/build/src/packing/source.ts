import { open, lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { leftOut } from './left-out.ts';
import { isInside } from './inside.ts';

/** One file of a function's code. */
export interface SourceFile {
  /** Relative to the code, with forward slashes. */
  readonly path: string;
  /** On this machine. */
  readonly from: string;
  readonly size: number;
  readonly executable: boolean;
}

/** The code in a folder, or the one file, sorted by path so that the same code always makes the same archive. `leftBehind`: rules in the language of .gitignore. */
export async function readSource(
  from: string,
  leftBehind: readonly string[] = leftOut,
): Promise<readonly SourceFile[]> {
  const root = await realpath(from);
  const stats = await lstat(root);
  if (stats.isFile())
    return [
      { path: path.basename(from), from: root, size: stats.size, executable: (stats.mode & 0o111) !== 0 },
    ];
  if (!stats.isDirectory()) throw unusable(from, 'neither a file nor a folder');
  const ignored = await ignoreRules(root, leftBehind);
  const files: SourceFile[] = [];
  await walk(root, { folder: root, at: '', around: [root] }, ignored, files);
  if (files.length === 0) throw unusable(from, 'empty');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Ignored = (path: string, folder: boolean) => boolean;

async function ignoreRules(root: string, leftBehind: readonly string[]): Promise<Ignored> {
  const { default: ignore } = await import('ignore');
  const rules = ignore().add([...leftBehind]);
  const own = await readFile(path.join(root, '.wherryignore'), 'utf8').catch(() => '');
  rules.add(own.replaceAll('\r\n', '\n'));
  return (relative, folder) => rules.ignores(folder ? `${relative}/` : relative);
}

/** `at` is where the folder stands in the package; behind a link that is not where it stands on this machine. */
interface Place {
  readonly folder: string;
  readonly at: string;
  /** Real paths of the folders around it, to notice links in a circle. */
  readonly around: readonly string[];
}

async function walk(root: string, place: Place, ignored: Ignored, into: SourceFile[]): Promise<void> {
  for (const entry of await readdir(place.folder, { withFileTypes: true })) {
    const full = path.join(place.folder, entry.name);
    const relative = place.at === '' ? entry.name : `${place.at}/${entry.name}`;
    if (ignored(relative, entry.isDirectory())) continue;
    const real = entry.isSymbolicLink() ? await behind(root, full, relative) : full;
    const stats = await lstat(real);
    if (stats.isDirectory()) {
      if (place.around.includes(real)) throw unusable(relative, 'a symbolic link in a circle');
      await walk(root, { folder: real, at: relative, around: [...place.around, real] }, ignored, into);
    } else if (stats.isFile()) {
      const executable = (stats.mode & 0o111) !== 0 || (await isScript(real));
      into.push({ path: relative, from: real, size: stats.size, executable });
    } else throw unusable(relative, 'neither a file nor a folder');
  }
}

/** Its first line names what runs it: meant to be executed, whatever a file system without such a bit says. */
async function isScript(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1') === '#!';
  } finally {
    await handle.close();
  }
}

/** What a link stands for. Packages hold no links, because a link can lead anywhere once it is unpacked: the file itself goes in. */
async function behind(root: string, link: string, relative: string): Promise<string> {
  const real = await realpath(link).catch(() => undefined);
  if (real === undefined) throw unusable(relative, 'a symbolic link to nothing');
  if (!isInside(root, real, path)) throw unusable(relative, 'a symbolic link that leads out of the folder');
  return real;
}

function unusable(what: string, why: string): Error {
  return new WherryError('not_packable', `${what} is ${why}`, { component: 'packing' });
}
