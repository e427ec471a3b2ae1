import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { checkManifest, manifestFile, type PackageManifest } from '@wherry/core/packages';
import { readArchive, type ArchiveEntry } from './archive-reader.ts';
import { packageLimits } from './package-limits.ts';
import { refusal } from './refusal.ts';
import { SecretScan, type Finding } from './secret-scan.ts';

/** What came out of an archive. */
export interface Unpacked {
  readonly manifest: PackageManifest;
  /** Of all files together. */
  readonly bytes: number;
  readonly files: number;
}

/** Flushes under way at once: the disk takes several together for little more than the price of one. */
const flushesAtOnce = 16;

/**
 * Unpacks an archive into a new, empty folder, checking all of it. What it leaves in the folder is on disk when it resolves; when it
 * rejects, the folder is good for nothing.
 */
export async function unpack(archive: string, archiveBytes: number, into: string, allow: readonly string[]): Promise<Unpacked> {
  const allowed = new Set(allow.flatMap((path) => [path, path.replace(/^(?:\.\/)?code\//, ''), path.replace(/^\.\//, '')]));
  const folders = new Set<string>();
  const flushes = new Set<Promise<void>>();
  let manifest: PackageManifest | undefined;
  let bytes = 0;
  let files = 0;

  const makeFolder = async (path: string) => {
    if (folders.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o755 });
    for (let made = path; !folders.has(made) && made.startsWith(into); made = dirname(made)) folders.add(made);
  };
  const flush = async (file: FileHandle) => {
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  };

  const tree = await readArchive(archive, archiveBytes, async (entry) => {
    const path = join(into, ...entry.path.split('/'));
    if (entry.kind === 'folder') return makeFolder(path);
    await makeFolder(dirname(path));
    const { file, text } = await writeFile(entry, path, allowed);
    const flushing = flush(file).finally(() => flushes.delete(flushing));
    flushes.add(flushing);
    flushing.catch(() => {});
    if (flushes.size >= flushesAtOnce) await Promise.race(flushes);
    bytes += entry.size;
    files += 1;
    if (text !== undefined) manifest = readManifest(text);
  }).finally(() => Promise.allSettled(flushes));
  await Promise.all(flushes);

  if (manifest === undefined) throw refusal(undefined, `${manifestFile} is missing at the top`);
  const entry = posix.normalize(`code/${manifest.entry}`);
  if (tree.has(entry) !== 'file') throw refusal(entry, `${manifestFile} names it as the entry, but there is no such file`);
  folders.add(into);
  for (const folder of folders) await finishFolder(folder);
  return { manifest, bytes, files };
}

async function writeFile(entry: ArchiveEntry, path: string, allowed: ReadonlySet<string>): Promise<{ file: FileHandle; text: string | undefined }> {
  const isManifest = entry.path === manifestFile;
  if (isManifest && entry.size > packageLimits.manifestBytes) throw refusal(entry.path, `larger than ${packageLimits.manifestBytes} bytes`);
  const inCode = entry.path.replace(/^code\//, '');
  const scan = allowed.has(inCode) ? undefined : new SecretScan(inCode);
  const pieces: Uint8Array[] = [];
  // The folder is new and only ours, so the file can't be there: `EXCL` and `NOFOLLOW` hold it to that.
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await entry.content(async (bytes) => {
      scan?.feed(bytes);
      if (isManifest) pieces.push(bytes);
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    });
    const found = scan?.finish();
    if (found !== undefined) throw secret(inCode, found);
    await file.chmod(entry.executable ? 0o555 : 0o444);
    return { file, text: isManifest ? Buffer.concat(pieces).toString() : undefined };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function secret(path: string, { rule, what, line }: Finding): WherryError {
  const where = line === undefined ? '' : ` in line ${line}`;
  const next = 'Leave it out and use a secret of the platform; if it is none, allow this file by its path when you deploy.';
  return refusal(path, `${what}${where} (rule ${rule})`, next);
}

function readManifest(text: string): PackageManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(manifestFile, `not JSON: ${(error as Error).message}`);
  }
  return checkManifest(value);
}

/** Folders can be entered and read by the user that functions run as, whatever the umask; and their entries are on disk. */
async function finishFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.chmod(0o755);
    await folder.sync();
  } finally {
    await folder.close();
  }
}
