import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, type Layers } from './layers.ts';
import { remove } from './removing.ts';
import { weigh } from './weighing.ts';

/** A place for what is kept between builds. */
export interface Shelf {
  readonly caches: string;
  readonly layers: Layers;
}

/** A cache that has grown beyond a bound is begun anew: nothing in it is missed for longer than it takes to fetch. */
export async function emptied(cache: string, mostBytes: number): Promise<void> {
  const size = { bytes: 0, entries: 0 };
  await weigh(cache, size, mostBytes);
  if (size.bytes > mostBytes || size.entries > 100_000) await remove(cache);
  await mkdir(cache, { recursive: true, mode: 0o755 });
}

/** A copy of the source that a build may change: packages are kept read-only. */
export async function layOut(source: string, to: string): Promise<void> {
  await copyTree(source, to);
  await makeWritable(to);
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o777) | 0o200);
  }
}
