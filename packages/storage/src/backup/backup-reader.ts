import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type About,
  aboutFile,
  type Contents,
  contentsFile,
  isMember,
  keysFile,
  type Member,
  readAbout,
  readContents,
  refused,
} from './format.ts';
import { blockBytes, padding, readHeader } from './tar-blocks.ts';

/** Told of every member but the first and the last, whose own content is checked here; must read all of `content`. */
export type Visit = (
  name: string,
  size: number,
  content: AsyncIterable<Buffer>,
  about: About,
) => Promise<void>;

/** Of members that are held in memory. */
const mostTextBytes = 16 * 2 ** 20;
const mostMembers = 100_000;

/**
 * Reads a backup from its first byte to its last and checks every digest. Throws `backup_refused` at the first thing that does not belong
 * into one: other names, links, a name that comes twice, what was cut off or changed. Holds one piece at a time; writes nothing.
 */
export async function readBackup(
  bytes: AsyncIterable<Uint8Array>,
  knownSchema: number,
  visit: Visit = discard,
): Promise<Contents> {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  pipeline(bytes, gunzip, () => {});
  const input = new ByteInput(gunzip);
  try {
    return await readMembers(input, knownSchema, visit);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_'))
      throw refused(
        code === 'Z_BUF_ERROR' ? 'it ends too early: it was cut off' : 'it is no sound gzip file',
      );
    throw error;
  } finally {
    await input.close();
  }
}

async function readMembers(input: ByteInput, knownSchema: number, visit: Visit): Promise<Contents> {
  const read: Member[] = [];
  const names = new Set<string>();
  let about: About | undefined;
  for (;;) {
    const block = await input.exactly(blockBytes);
    const header = readHeader(block);
    if (header === 'end') throw refused(`it ends without ${contentsFile}`);
    if ('wrong' in header) throw refused(`it is no backup: ${header.wrong}`);
    const { name, size } = header;
    if (!isMember(name))
      throw refused(`it is no backup: ${JSON.stringify(name.slice(0, 80))} does not belong into one`);
    if (names.has(name) || names.size >= mostMembers) throw refused(`${name} is in it twice, or too much is`);
    names.add(name);
    if (about === undefined) {
      if (name !== aboutFile) throw refused(`it is no backup: ${aboutFile} is not its beginning`);
      const text = await textOf(name, size, input.content(size));
      about = readAbout(text, knownSchema);
      read.push(memberOf(name, Buffer.from(text)));
    } else if (name === contentsFile) {
      const text = await textOf(name, size, input.content(size));
      const contents = readContents(text, about);
      compare(contents.members, read);
      await input.skip(padding(size));
      await endOf(input);
      return contents;
    } else {
      if (name === keysFile && about.keys === 'none') throw refused('it has keys and says that it has none');
      const hash = createHash('sha256');
      await visit(name, size, hashed(input.content(size), hash), about);
      read.push({ name, bytes: size, sha256: hash.digest('hex') });
    }
    await input.skip(padding(size));
  }
}

/** Nothing may hide behind the end, and gzip's own check stands there. */
async function endOf(input: ByteInput): Promise<void> {
  for (let block = await input.some(blockBytes); block.length > 0; block = await input.some(blockBytes))
    if (block.some((byte) => byte !== 0)) throw refused('something stands behind its end');
}

function compare(wanted: readonly Member[], found: readonly Member[]): void {
  for (const [i, member] of wanted.entries()) {
    const is = found[i];
    if (is === undefined || is.name !== member.name) throw refused(`${member.name} is missing in it`);
    if (is.bytes !== member.bytes || is.sha256 !== member.sha256)
      throw refused(`${member.name} is not what was saved: its digest does not fit`);
  }
  if (found.length !== wanted.length) throw refused(`${found.at(-1)?.name} was added to it`);
}

async function* hashed(
  content: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

async function discard(_name: string, _size: number, content: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of content);
}

/** A small member as text. */
export async function textOf(name: string, size: number, content: AsyncIterable<Buffer>): Promise<string> {
  if (size > mostTextBytes) throw refused(`${name} is too large`);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function memberOf(name: string, bytes: Buffer): Member {
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Bytes of a stream in the portions that are asked for. */
class ByteInput {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** At most `most` bytes, at least one unless the stream has ended. */
  async some(most: number): Promise<Buffer> {
    while (this.#held.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return Buffer.alloc(0);
      this.#held = value;
    }
    const taken = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  async exactly(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.content(count)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *content(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      const piece = await this.some(left);
      if (piece.length === 0) throw refused('it ends too early: it was cut off');
      left -= piece.length;
      yield piece;
    }
  }

  async skip(count: number): Promise<void> {
    for await (const piece of this.content(count))
      if (piece.some((byte) => byte !== 0)) throw refused('something stands between its members');
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
