import { statfs } from 'node:fs/promises';
import { WherryError } from '@wherry/core/errors';

const mebibyte = 2 ** 20;
/** What is left to everything else on a disk, whatever is written: this, or a fiftieth of it where that is more. */
const reserveBytes = 64 * mebibyte;

/** Throws `storage_full` unless that many bytes fit where `path` is, with a reserve left. */
export async function mustFit(path: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(path);
  const free = bavail * bsize;
  const reserve = Math.max(reserveBytes, (blocks * bsize) / 50);
  if (free - reserve >= bytes) return;
  const size = (count: number): string => `${Math.ceil(count / mebibyte)} MiB`;
  throw new WherryError(
    'storage_full',
    `${what} takes up to ${size(bytes)}; ${size(free)} are free at ${path}, of which ${size(reserve)} stay free`,
    { component: 'backup', next: 'Make room there, or choose another folder. Nothing was changed.' },
  );
}
