import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestFile, type PackageManifest } from '@wherry/core/packages';
import { create } from 'tar';

/** Files of a function, by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A package archive as the CLI makes it. */
export async function archive(manifest: PackageManifest, files: Files): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    writeFileSync(join(folder, manifestFile), JSON.stringify(manifest));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'code', path)), { recursive: true });
      writeFileSync(join(folder, 'code', path), content);
    }
    const pieces: Buffer[] = [];
    const packed = create({ cwd: folder, portable: true, gzip: true }, [manifestFile, 'code']);
    for await (const piece of packed as unknown as AsyncIterable<Buffer>) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
