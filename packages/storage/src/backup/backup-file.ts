import { randomBytes } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { WherryError } from '@wherry/core/errors';
import { flushOne } from '../packages/unpack.ts';
import { migrations } from '../sqlite/migrations/list.ts';
import { readBackup } from './backup-reader.ts';
import type { Contents } from './format.ts';

/** What a backup in a file holds, and how large it is. */
export interface Saved extends Contents {
  readonly path: string;
  readonly bytes: number;
}

/** Reads a backup to its end and checks every digest. Throws `backup_refused`. */
export async function verifyBackup(path: string): Promise<Saved> {
  const { size } = await stat(path);
  const contents = await readBackup(createReadStream(path, { highWaterMark: 2 ** 18 }), migrations.length);
  return { ...contents, path, bytes: size };
}

/**
 * Writes a backup into a file that only its owner reads, which has its name once all of it is on the disk and was read back; a file that was
 * there is replaced then. Whatever goes wrong, nothing is left.
 */
export async function saveBackup(bytes: AsyncIterable<Uint8Array>, path: string): Promise<Saved> {
  const part = `${path}.part-${randomBytes(4).toString('hex')}`;
  const forget = onExit(() => rmSync(part, { force: true }));
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      for await (const chunk of bytes)
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
    const saved = await verifyBackup(part);
    await rename(part, path);
    await flushOne(dirname(path));
    return { ...saved, path };
  } catch (error) {
    await rm(part, { force: true });
    throw fullDisk(error);
  } finally {
    forget();
  }
}

/** For whoever ends the program in the middle. Returns what takes it back. */
export function onExit(clean: () => void): () => void {
  process.once('exit', clean);
  return () => void process.off('exit', clean);
}

/** Passes a backup on and checks it on the way; the last chunk is followed by `backup_refused` where it is not whole. */
export async function* checkedOnTheWay(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const copy = new PassThrough();
  const checked = readBackup(copy, migrations.length);
  checked.catch(() => copy.destroy());
  try {
    for await (const chunk of bytes) {
      if (!copy.destroyed && !copy.write(chunk))
        await Promise.race([new Promise((resolve) => copy.once('drain', resolve)), checked]);
      yield chunk;
    }
    copy.end();
    await checked;
  } finally {
    copy.destroy();
    await checked.catch(() => {});
  }
}

function fullDisk(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new WherryError('storage_full', `the backup: ${message}`, { component: 'backup', cause: error });
}
