import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type About, aboutFile, type Contents, contentsFile, type Member, refused } from './format.ts';
import { endBlocks, headerOf, padding } from './tar-blocks.ts';

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Something to go into a backup. Exactly `size` bytes have to come. */
export interface Source {
  readonly name: string;
  readonly size: number;
  content(): Bytes;
}

/** A file as it is now. Throws what keeps it from being read. */
export async function fileSource(name: string, path: string): Promise<Source> {
  const { size } = await stat(path);
  return { name, size, content: () => (size === 0 ? [] : createReadStream(path, { end: size - 1 })) };
}

export function textSource(name: string, text: string): Source {
  const bytes = Buffer.from(text);
  return { name, size: bytes.length, content: () => [bytes] };
}

/**
 * The bytes of a backup, as a tar archive: what it is first, then the members, and last what has to be in it, with a digest of each.
 * Holds one piece at a time.
 */
export async function* writeBackup(
  about: About,
  sources: readonly Source[],
  rest: Omit<Contents, keyof About | 'members'>,
): AsyncGenerator<Uint8Array> {
  const members: Member[] = [];
  yield* write(textSource(aboutFile, JSON.stringify(about)), members);
  for (const source of sources) yield* write(source, members);
  const contents: Contents = { ...about, ...rest, members };
  yield* write(textSource(contentsFile, JSON.stringify(contents)), []);
  yield endBlocks;
}

async function* write({ name, size, content }: Source, members: Member[]): AsyncGenerator<Uint8Array> {
  yield headerOf(name, size);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content()) {
    bytes += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  if (bytes !== size)
    throw refused(`${name} changed while it was read`, 'Try again; nothing else was changed.');
  yield Buffer.alloc(padding(size));
  members.push({ name, bytes, sha256: hash.digest('hex') });
}
