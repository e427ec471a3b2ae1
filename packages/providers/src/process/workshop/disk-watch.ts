import { opendir, lstat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Job } from '@wherry/core/ports/workshop';

/** How often a build's folders are measured, at most. */
const restMs = 400;
/** A build that leaves the machine with less than this is ended, whatever it may use itself. */
const leastFreeBytes = 256 * 2 ** 20;
const mostFiles = 300_000;

/**
 * Measures what a job has written, again and again, and says when it is too much. A quota would be sharper and exists on few machines; between two looks
 * a build can write what the disk takes in half a second, and no single file is ever larger than the limit.
 */
export function watchDisk(
  clock: Clock,
  { writable, limits }: Pick<Job, 'writable' | 'limits'>,
  exceeded: (what: 'disk' | 'files') => void,
): Cancel {
  let stopped = false;
  let timer: Cancel | undefined;
  const look = async (): Promise<void> => {
    const began = clock.monotonic();
    const over = await overLimits({ writable, limits });
    const tight = (await Promise.all(writable.map(({ from }) => freeBytes(from)))).some(
      (free) => free < leastFreeBytes,
    );
    if (stopped) return;
    if (tight) exceeded('disk');
    else if (over !== undefined) exceeded(over);
    // Measuring is work too: never more than a fifth of the time.
    timer = clock.after(Math.max(restMs, 4 * (clock.monotonic() - began)), () => void look());
  };
  timer = clock.after(restMs, () => void look());
  return () => {
    stopped = true;
    timer?.();
  };
}

/** What there is too much of now; undefined where all is within its bounds. */
export async function overLimits({
  writable,
  limits,
}: Pick<Job, 'writable' | 'limits'>): Promise<'disk' | 'files' | undefined> {
  const size = { bytes: 0, files: 0 };
  for (const { from } of writable) await measure(from, size, limits.diskBytes);
  if (size.bytes > limits.diskBytes) return 'disk';
  return size.files > mostFiles ? 'files' : undefined;
}

/** Adds up what is below a folder, without following links; stops as soon as it is too much. */
export async function measure(
  folder: string,
  size: { bytes: number; files: number },
  mostBytes: number,
): Promise<void> {
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const listing = await opendir(next).catch((error: NodeJS.ErrnoException) => {
      // Deeper than a path can be: nobody needs that, and nobody can weigh it.
      if (error.code === 'ENAMETOOLONG') size.files = mostFiles + 1;
      // What vanishes while it is looked at weighs nothing now.
      return undefined;
    });
    if (listing === undefined) continue;
    for await (const entry of listing) {
      const path = join(next, entry.name);
      size.files += 1;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) size.bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
      if (size.bytes > mostBytes || size.files > mostFiles) return;
    }
  }
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
