import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ReadEntry } from 'tar';
import { EntryTree, nameRefusal, normal, type EntryPath } from './entry-names.ts';
import { packageLimits } from './package-limits.ts';
import { metaRefusal } from './pax-records.ts';
import { refusal } from './refusal.ts';

/** A file or folder of an archive, its name checked. */
export interface ArchiveEntry {
  readonly path: EntryPath;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly executable: boolean;
  /** Gives the content piece by piece; the next comes when `take` has resolved. Must be called once for every file. */
  content(take: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

const kinds = new Map<string, 'file' | 'folder'>([
  ['File', 'file'],
  ['OldFile', 'file'],
  ['Directory', 'folder'],
]);

/**
 * Reads a tar archive, gzipped or not, entry by entry; `visit` sees one at a time. Rejects with `package_refused` at the first thing
 * that is not a plain file or folder with a harmless name, and as soon as a limit is reached. Nothing is written here.
 */
export async function readArchive(
  file: string,
  bytes: number,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<EntryTree> {
  const { Parser } = await import('tar');
  const tree = new EntryTree();
  const end = Promise.withResolvers<void>();
  // Whoever waits sees a failure at once; nobody has to wait for it not to be an unhandled one.
  end.promise.catch(() => {});
  let failed = false;
  const fail = (error: unknown) => {
    failed = true;
    end.reject(error);
  };
  let visits = Promise.resolve();
  let content = 0;
  let metas = 0;

  const parser = new Parser({ strict: true, maxMetaEntrySize: packageLimits.metaBytes });
  parser.on('error', (error: Error) => fail(refusal(undefined, `not a sound tar archive: ${error.message}`)));
  parser.on('meta', (text: string) => {
    const wrong = ++metas > 2 * packageLimits.entries ? 'too many extended headers' : metaRefusal(text);
    if (wrong !== undefined) fail(refusal(undefined, wrong));
  });
  parser.on('ignoredEntry', (entry: ReadEntry) =>
    fail(refusal(entry.path, `${wordFor(entry.type)} are refused`)),
  );
  parser.on('end', () => end.resolve());
  parser.on('entry', (entry: ReadEntry) => {
    if (failed) return;
    const name = entry.header.path ?? entry.path;
    const kind = kinds.get(entry.type);
    content += entry.size;
    const wrong =
      entryRefusal(entry, name, kind, content) ??
      (normal(name) === '' && kind === 'folder' ? undefined : tree.add(normal(name), kind!));
    if (wrong !== undefined) return fail(refusal(name, wrong));
    const executable = ((entry.mode ?? 0) & 0o111) !== 0;
    const take = (give: (bytes: Uint8Array) => Promise<void>) => drain(entry, give, end.promise);
    const seen = { path: normal(name), kind: kind!, size: entry.size, executable, content: take };
    visits = visits.then(async () => {
      if (failed) return;
      // A folder has no content, and the next entry comes only when this one has been read.
      if (seen.kind === 'folder') entry.resume();
      if (seen.path !== '') await visit(seen);
    });
    visits.catch(fail);
  });

  let raw = 0;
  try {
    for await (const chunk of stream(file, await isGzipped(file))) {
      if (failed) break;
      raw += chunk.length;
      const wrong = sizeRefusal(raw, bytes);
      if (wrong !== undefined) throw refusal(undefined, wrong);
      if (parser.write(chunk)) continue;
      await Promise.race([new Promise<void>((resolve) => parser.once('drain', resolve)), end.promise]);
    }
    if (!failed) parser.end();
  } catch (error) {
    fail(
      (error as NodeJS.ErrnoException).code?.startsWith('Z_')
        ? refusal(undefined, `not a sound gzip file: ${(error as Error).message}`)
        : error,
    );
  }
  // Whatever happened, nobody is still writing when this settles.
  await end.promise.finally(() => visits.catch(() => {}));
  await visits;
  return tree;
}

function entryRefusal(
  entry: ReadEntry,
  name: string,
  kind: 'file' | 'folder' | undefined,
  content: number,
): string | undefined {
  if (kind === undefined) return `${wordFor(entry.type)} are refused`;
  const wrong = nameRefusal(name);
  if (wrong !== undefined) return wrong;
  if (entry.header.size === undefined) return 'its size is garbled';
  return content > packageLimits.unpackedBytes
    ? `the content is larger than ${packageLimits.unpackedBytes} bytes`
    : undefined;
}

function sizeRefusal(raw: number, archive: number): string | undefined {
  // Headers and padding of as many entries as are allowed come on top.
  if (raw > packageLimits.unpackedBytes + packageLimits.entries * 4096)
    return `unpacked it is larger than ${packageLimits.unpackedBytes} bytes`;
  const { ratio, ratioFromBytes } = packageLimits;
  return raw > ratioFromBytes && raw > archive * ratio
    ? `unpacked it is more than ${ratio} times as large as packed`
    : undefined;
}

function wordFor(type: string): string {
  if (type.endsWith('Link')) return 'links';
  if (type.endsWith('Device')) return 'devices';
  return type === 'FIFO' ? 'named pipes' : `entries of type ${type}`;
}

function stream(file: string, gzipped: boolean): AsyncIterable<Buffer> {
  const source = createReadStream(file, { highWaterMark: 65_536 });
  if (!gzipped) return source;
  const gunzip = createGunzip({ chunkSize: 65_536 });
  // Only for the errors of one to end the other: they surface where the stream is read.
  pipeline(source, gunzip, () => {});
  return gunzip;
}

async function isGzipped(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** Reads an entry to its end, at the taker's pace; or until the whole reading failed. */
function drain(
  entry: ReadEntry,
  take: (bytes: Uint8Array) => Promise<void>,
  failure: Promise<unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    failure.catch(reject);
    entry.on('end', () => resolve());
    entry.on('data', (bytes: Buffer) => {
      entry.pause();
      take(bytes).then(() => entry.resume(), reject);
    });
  });
}
