import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFile } from '@wherry/core/packages';
import type { Source } from './backup-writer.ts';
import { refused } from './format.ts';
import { endBlocks, headersOf, padding } from './tar-blocks.ts';

interface File {
  /** Within the package, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
}

/** A package as it lies in its folder, as one tar archive that can be unpacked as an upload is. Undefined where it is not there. */
export async function packageSource(name: string, folder: string): Promise<Source | undefined> {
  let files: readonly File[];
  try {
    files = await filesOf(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let size = endBlocks.length;
  for (const file of files) size += headers(file).length + file.size + padding(file.size);
  return { name, size, content: () => archive(folder, files) };
}

/** The files of a package, without what the store keeps beside them. */
export async function filesOf(folder: string): Promise<readonly File[]> {
  const files = [await fileAt(folder, manifestFile)];
  await gather(folder, 'code', files);
  return files;
}

async function* archive(folder: string, files: readonly File[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headers(file);
    if (file.size > 0) yield* createReadStream(join(folder, ...file.path.split('/')), { end: file.size - 1 });
    yield Buffer.alloc(padding(file.size));
  }
  yield endBlocks;
}

const headers = ({ path, size, executable }: File): Buffer => headersOf(path, size, executable);

async function gather(root: string, path: string, files: File[]): Promise<void> {
  const entries = await readdir(join(root, ...path.split('/')), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) await gather(root, inner, files);
    else files.push(await fileAt(root, inner));
  }
}

async function fileAt(root: string, path: string): Promise<File> {
  const found = await lstat(join(root, ...path.split('/')));
  // Packages hold nothing else; what is not ours is not followed.
  if (!found.isFile()) throw refused(`${join(root, path)} is no plain file`);
  return { path, size: found.size, executable: (found.mode & 0o111) !== 0 };
}
