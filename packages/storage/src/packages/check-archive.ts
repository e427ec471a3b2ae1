import { posix } from 'node:path';
import type { WherryError } from '@wherry/core/errors';
import { checkManifest, manifestFile, type PackageManifest } from '@wherry/core/packages';
import { readArchive, type ArchiveEntry } from './archive-reader.ts';
import { packageLimits } from './package-limits.ts';
import { refusal } from './refusal.ts';
import { SecretScan, type Finding } from './secret-scan.ts';

/** What is in an archive that passed. */
export interface Checked {
  readonly manifest: PackageManifest;
  /** Of all files together. */
  readonly bytes: number;
  readonly files: number;
}

/**
 * Reads all of an archive and decides whether it is a package, before anything of it is written: what is refused costs no more than
 * the reading. `allow` names files, relative to the code, that the secret scan lets through.
 */
export async function checkArchive(
  archive: string,
  archiveBytes: number,
  allow: readonly string[],
): Promise<Checked> {
  const allowed = new Set(allow.map((path) => path.replace(/^\.\//, '').replace(/^code\//, '')));
  let manifest: PackageManifest | undefined;
  let bytes = 0;
  let files = 0;
  const tree = await readArchive(archive, archiveBytes, async (entry) => {
    if (entry.kind === 'folder') return;
    bytes += entry.size;
    files += 1;
    if (entry.path === manifestFile) manifest = await readManifest(entry);
    else await scan(entry, allowed);
  });
  if (manifest === undefined) throw refusal(undefined, `${manifestFile} is missing at the top`);
  const handler = posix.normalize(`code/${manifest.entry}`);
  // Some have no such file: a program of the machine, code that has to be compiled first.
  if (manifest.entry !== '.' && tree.has(handler) !== 'file')
    throw refusal(handler, `${manifestFile} names it as the entry, but there is no such file`);
  return { manifest, bytes, files };
}

async function scan(entry: ArchiveEntry, allowed: ReadonlySet<string>): Promise<void> {
  const path = entry.path.replace(/^code\//, '');
  const scan = allowed.has(path) ? undefined : new SecretScan(path);
  await entry.content(async (bytes) => scan?.feed(bytes));
  const found = scan?.finish();
  if (found !== undefined) throw secret(path, found);
}

function secret(path: string, { rule, what, line }: Finding): WherryError {
  const where = line === undefined ? '' : ` in line ${line}`;
  const next =
    'Leave it out and use a secret of the platform; if it is none, allow this file by its path when you deploy.';
  return refusal(path, `${what}${where} (rule ${rule})`, next);
}

async function readManifest(entry: ArchiveEntry): Promise<PackageManifest> {
  if (entry.size > packageLimits.manifestBytes)
    throw refusal(entry.path, `larger than ${packageLimits.manifestBytes} bytes`);
  const pieces: Uint8Array[] = [];
  await entry.content(async (bytes) => void pieces.push(bytes));
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString());
  } catch (error) {
    throw refusal(manifestFile, `not JSON: ${(error as Error).message}`);
  }
  return checkManifest(value);
}
