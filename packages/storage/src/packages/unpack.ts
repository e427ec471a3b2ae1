import { execFile } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readArchive, type ArchiveEntry } from './archive-reader.ts';

/** Above so many files, the whole file system is flushed at once: one by one, 20,000 take many seconds. */
const flushedOneByOne = 64;
const flushesAtOnce = 8;
const jarDate = new Date('2000-01-01T00:00:00Z');

/**
 * Unpacks an archive that was checked into a new, empty folder. All of it is on disk when this resolves; when it rejects, the folder
 * is good for nothing. Files become 0444, or 0555 where they could be run, and folders 0755, whatever the umask: functions run
 * as another user.
 */
export async function unpack(archive: string, archiveBytes: number, into: string): Promise<void> {
  const folders = new Set<string>();
  const files: string[] = [];
  const makeFolder = (path: string): void => {
    if (folders.has(path)) return;
    if (path !== into) {
      makeFolder(dirname(path));
      mkdirSync(path);
    }
    chmodSync(path, 0o755);
    folders.add(path);
  };
  makeFolder(into);
  await readArchive(archive, archiveBytes, async (entry) => {
    const path = join(into, ...entry.path.split('/'));
    if (entry.kind === 'folder') return makeFolder(path);
    makeFolder(dirname(path));
    files.push(path);
    await write(entry, path);
  });
  await flush(into, [...files, ...folders]);
}

/**
 * Writes one file. Synchronously, a piece of at most 64 KiB at a time: that takes a few dozen microseconds, a tenth of what handing it to
 * another thread and back does, and the loop turns between two pieces.
 */
async function write(entry: ArchiveEntry, path: string): Promise<void> {
  // The folder is new and only ours, so the file can't be there: `EXCL` and `NOFOLLOW` hold it to that.
  // Windows has no O_NOFOLLOW; undefined counts as 0 there.
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await entry.content(async (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
    fchmodSync(file, entry.executable ? 0o555 : 0o444);
    // Java's archives of classes are good for jars of one date.
    if (path.endsWith('.jar')) futimesSync(file, jarDate, jarDate);
  } finally {
    closeSync(file);
  }
}

async function flush(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length > flushedOneByOne && process.platform === 'linux') {
    try {
      // syncfs(2), which Node lacks.
      await promisify(execFile)('sync', ['-f', folder]);
      return;
    } catch {
      // No such tool here, or one that can't: then one by one.
    }
  }
  const left = [...paths];
  const flusher = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) await flushOne(path);
  };
  await Promise.all(Array.from({ length: flushesAtOnce }, flusher));
}

/** Brings a file, or the names in a folder, to the disk. */
export async function flushOne(path: string): Promise<void> {
  // Windows flushes only what is open for writing, and folders not at all; there the rename is all there is.
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
