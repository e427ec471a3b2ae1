import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Adds up what is below a folder, without following links; stops as soon as it is too much. */
export async function weigh(
  folder: string,
  size: { bytes: number; entries: number },
  mostBytes: number,
): Promise<void> {
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const listing = await opendir(next).catch(() => undefined);
    if (listing === undefined) continue;
    for await (const entry of listing) {
      const path = join(next, entry.name);
      size.entries += 1;
      if (entry.isDirectory()) folders.push(path);
      else size.bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
      if (size.bytes > mostBytes || size.entries > 100_000) return;
    }
  }
}
