import { lstat, readdir, realpath } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import ignore from 'ignore';
import { WherryError } from '@wherry/core/errors';
import type { SourceFile } from './packing/source.ts';
import { refused } from './recipes/manifest-file.ts';

/** What a package may hold; the store says the same and would refuse it only after all of it was packed. */
const mostBytes = 512 * 2 ** 20;
const mostEntries = 60_000;
const mostDepth = 64;

/**
 * What a build has left, as files of a package. Code that nobody has read made this tree, and whoever reads it here is root: nothing is opened
 * but what is seen to be a file, links count for what they lead to inside and are refused where they lead out, and there is an end to everything. Only
 * while nothing of the build runs. Throws `build_refused`, `build_exceeded`.
 */
export async function builtFiles(
  root: string,
  leftOut: readonly string[],
  signal: AbortSignal,
): Promise<readonly SourceFile[]> {
  const real = await realpath(root);
  const rules = ignore().add([...leftOut]);
  const files: SourceFile[] = [];
  let [bytes, entries] = [0, 0];
  const places: { readonly folder: string; readonly at: string }[] = [{ folder: real, at: '' }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (place.at.split('/').length > mostDepth)
      throw refused(`${place.at.slice(0, 80)}… is more than ${mostDepth} folders deep`);
    for (const entry of await readdir(place.folder, { withFileTypes: true })) {
      signal.throwIfAborted();
      const at = place.at === '' ? entry.name : `${place.at}/${entry.name}`;
      entries += 1;
      if (entries > mostEntries) throw exceeded(`more than ${mostEntries} files`);
      if (rules.ignores(entry.isDirectory() ? `${at}/` : at)) continue;
      const path = entry.isSymbolicLink()
        ? await ledInside(real, join(place.folder, entry.name), at)
        : join(place.folder, entry.name);
      const stats = await lstat(path);
      if (stats.isDirectory()) places.push({ folder: path, at });
      else if (stats.isFile()) {
        bytes += stats.size;
        if (bytes > mostBytes) throw exceeded(`more than ${mostBytes / 2 ** 20} MiB of files`);
        files.push({ path: at, from: path, size: stats.size, executable: (stats.mode & 0o111) !== 0 });
      } else throw refused(`the build left ${at}, which is neither a file nor a folder`);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A folder below `root` that is one at every step of the way, and no link; undefined where it isn't. */
export function plainFolder(root: string, relative: string): string | undefined {
  let path = root;
  for (const part of relative.split('/')) {
    path = join(path, part);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  }
  return path;
}

async function ledInside(root: string, link: string, at: string): Promise<string> {
  const to = await realpath(link).catch(() => undefined);
  if (to === undefined) throw refused(`the build left ${at}, a symbolic link to nothing`);
  if (
    dirname(link)
      .concat(sep)
      .startsWith(to + sep)
  )
    throw refused(`the build left ${at}, a symbolic link to a folder that it lies in`);
  if (!to.startsWith(root + sep))
    throw refused(`the build left ${at}, a symbolic link that leads out of the folder`);
  return to;
}

function exceeded(what: string): WherryError {
  return new WherryError('build_exceeded', `the build left ${what}`, { component: 'build' });
}
