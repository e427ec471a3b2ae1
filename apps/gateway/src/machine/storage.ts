import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What is looked at of one folder: enough for a picture, and never a walk that stops others. */
const mostFiles = 5_000;

/** How much each thing in a folder takes, largest first; a thing with all that is in it. */
export async function storageOf(folder: string): Promise<readonly { name: string; bytes: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const all = await Promise.all(
    names.map(async (name) => ({ name, bytes: await bytesIn(join(folder, name)) })),
  );
  return all.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

async function bytesIn(path: string): Promise<number> {
  let bytes = 0;
  let left = mostFiles;
  const walk = async (at: string): Promise<void> => {
    const found = await stat(at).catch(() => undefined);
    if (found?.isFile() === true) bytes += found.size;
    if (found?.isDirectory() !== true) return;
    for (const name of await readdir(at).catch(() => [])) {
      left -= 1;
      if (left < 0) return;
      await walk(join(at, name));
    }
  };
  await walk(path);
  return bytes;
}
