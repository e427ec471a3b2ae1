import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { WherryError } from '@wherry/core/errors';
import { manifestFile, type PackageManifest } from '@wherry/core/packages';
import type { SourceFile } from './source.ts';

/** An archive on disk, and its name. */
export interface Archive {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
  readonly files: number;
  discard(): void;
}

/** No file is ever as old as it says: archives must not differ by when they were made. */
const mtime = new Date('2000-01-01T00:00:00Z');
const blockBytes = 512;
/** Larger files are not read whole. */
const wholeBytes = 4 * 2 ** 20;

/**
 * Packs code with its manifest, the same bytes for the same code whoever packs it and when: sorted, one date, one owner, two modes. Into a
 * file, because the digest must be known before the upload and a function may be larger than memory is free.
 */
export async function pack(manifest: PackageManifest, files: readonly SourceFile[]): Promise<Archive> {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-pack-'));
  const discard = (): void => {
    process.off('exit', discard);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', discard); // ctrl-C in the middle of an upload leaves nothing behind
  const path = join(folder, 'package.tar.gz');
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const gzip = createGzip({ level: 6 });
  try {
    await pipeline(
      Readable.from(entries(manifest, files), { objectMode: false }),
      gzip,
      anySystem(),
      counted,
      createWriteStream(path),
    );
  } catch (error) {
    discard();
    throw error;
  }
  return { path, digest: hash.digest('hex'), bytes, files: files.length + 1, discard };
}

/** Gzip writes the operating system into its head; ours says "unknown". */
function anySystem(): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (at <= 9 && at + chunk.length > 9) chunk[9 - at] = 255;
      at += chunk.length;
      done(null, chunk);
    },
  });
}

async function* entries(manifest: PackageManifest, files: readonly SourceFile[]): AsyncGenerator<Buffer> {
  const { runtime, entry, signature, env } = manifest;
  const text = Buffer.from(`${JSON.stringify({ runtime, entry, signature, env }, null, 2)}\n`);
  yield* await head({ path: manifestFile, size: text.length, mode: 0o644 });
  yield text;
  yield padding(text.length);
  for (const file of files) {
    const { size, executable } = file;
    yield* await head({ path: `code/${file.path}`, size, mode: executable ? 0o755 : 0o644 });
    yield* content(file);
    yield padding(size);
  }
  yield Buffer.alloc(2 * blockBytes);
}

async function head(of: { path: string; size: number; mode: number }): Promise<Buffer[]> {
  const [{ Header }, { Pax }] = await Promise.all([import('tar/header'), import('tar/pax')]);
  const data = {
    path: of.path,
    mode: of.mode,
    size: of.size,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    mtime,
    type: 'File' as const,
  };
  const header = new Header(data);
  const block = Buffer.alloc(blockBytes);
  const long = header.encode(block);
  if (!long) return [block];
  return [new Pax({ path: of.path, size: of.size }).encode(), block];
}

async function* content({ from, path, size }: SourceFile): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of size <= wholeBytes
    ? [await readFile(from)]
    : (createReadStream(from) as AsyncIterable<Buffer>)) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent === size) return;
  throw new WherryError('changed', `${path} had ${size} bytes, and then it had not`, {
    component: 'packing',
  });
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}
