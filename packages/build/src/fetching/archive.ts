import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unusable } from './unusable.ts';

const mostBytes = 64 * 2 ** 20;
const mostFiles = 20_000;
const limitMs = 120_000;

/** Unpacks a tar archive, from a file or an address. Forges put everything into one folder; that is taken off. */
export async function unpackArchive(address: string, into: string, signal: AbortSignal): Promise<undefined> {
  const { Unpack } = await import('tar');
  const raw = `${into}.raw`;
  await mkdir(raw, { recursive: true });
  let [bytes, files] = [0, 0];
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done(bytes > mostBytes ? unusable(`${address} is larger than ${mostBytes} bytes`) : null, chunk);
    },
  });
  let unpacked = 0;
  const unpack = new Unpack({
    cwd: raw,
    strict: false,
    preserveOwner: false,
    filter: (_, entry) => {
      files += 1;
      unpacked += entry.size ?? 0;
      const plain = 'type' in entry && (entry.type === 'File' || entry.type === 'Directory');
      return plain && files <= mostFiles && unpacked <= 4 * mostBytes;
    },
  });
  try {
    await pipeline(await opened(address, signal), counted, unpack as unknown as NodeJS.WritableStream);
  } catch (error) {
    throw error instanceof Error && error.name === 'WherryError'
      ? error
      : unusable(`${address} cannot be unpacked: ${(error as Error).message}`, error);
  }
  const [only, ...others] = await readdir(raw);
  const nested = others.length === 0 && only !== undefined && !existsSync(join(raw, 'template'));
  await rename(nested ? join(raw, only) : raw, into);
  return undefined;
}

async function opened(address: string, signal: AbortSignal): Promise<Readable> {
  if (!/^https?:\/\//.test(address)) {
    const path = address.replace(/^file:\/\//, '');
    if (!existsSync(path)) throw unusable(`there is no ${path}`);
    return createReadStream(path);
  }
  const answer = await fetch(address, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
  }).catch((error: unknown) => {
    const { message, cause } = error as Error;
    throw unusable(`${address}: ${(cause as Error | undefined)?.message ?? message}`, error);
  });
  if (!answer.ok || answer.body === null) throw unusable(`${address} answered ${answer.status}`);
  return Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
}
