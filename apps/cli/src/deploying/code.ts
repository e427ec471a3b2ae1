import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { PackageManifest } from '@wherry/core/packages';
import type { Client } from '@wherry/wire/client';
import { bytes } from '../output/quantities.ts';
import type { Archive } from '@wherry/build/packing/archive';
import type { SourceFile } from '@wherry/build/packing/source';
import type { Said } from '../packing/runtime-guess.ts';

/** Code that is ready to be sent. `archive.discard` removes it from this machine. */
export interface Packed {
  readonly manifest: PackageManifest;
  readonly files: readonly SourceFile[];
  readonly archive: Archive;
}

/** A file or a folder that goes into a package beside its code, and where. */
export interface CopiedPath {
  readonly from: string;
  readonly at: string;
}

/** Packs a file or a folder. What nobody said of it is found out. */
export async function packFrom(
  from: string,
  said: Said,
  copied: readonly CopiedPath[] = [],
): Promise<Packed> {
  const [{ readSource }, { manifestOf }, { pack }] = await Promise.all([
    import('@wherry/build/packing/source'),
    import('../packing/runtime-guess.ts'),
    import('@wherry/build/packing/archive'),
  ]);
  const own = await readSource(from);
  const manifest = await manifestOf(own, said);
  const files = await withCopies(own, copied);
  return { manifest, files, archive: await pack(manifest, files) };
}

/** Files of a function with those that are copied beside them. What lies there already is not replaced. */
export async function withCopies(
  own: readonly SourceFile[],
  copied: readonly CopiedPath[],
): Promise<readonly SourceFile[]> {
  const { readSource } = await import('@wherry/build/packing/source');
  const byPath = new Map(own.map((file) => [file.path, file]));
  for (const { from: path, at } of copied)
    for (const file of await readSource(path)) {
      const place = file.from === (await realpath(path)) ? at : `${at}/${file.path}`;
      if (!byPath.has(place)) byPath.set(place, { ...file, path: place });
    }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Code that the gateway has is not sent again. */
export async function upload(
  client: Client,
  { archive }: Packed,
  allow: readonly string[],
  step: (text: string) => void,
): Promise<void> {
  if ((await client.findPackage(archive.digest)) !== undefined) return;
  step(`Uploading ${bytes(archive.bytes)}`);
  await client.putPackage(createReadStream(archive.path), allow);
}
