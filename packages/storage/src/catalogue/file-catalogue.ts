import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { bundledImage } from '@wherry/core/bundled-images';
import { WherryError } from '@wherry/core/errors';
import type { StoreCatalogue } from '@wherry/core/ports/store-catalogue';
import { readCatalogue, type StoreEntry } from '@wherry/core/store-entry';

export interface FileCatalogueOptions {
  /** A file, or an address of one; the bundled file where it is empty. */
  readonly from: string;
  /** The catalogue that comes with the program. */
  readonly bundled: string;
  /** The folder with the code behind bundled images. */
  readonly functions: string;
  /** Milliseconds from some fixed moment on. */
  readonly now: () => number;
}

const mostBytes = 4 * 2 ** 20;
const limitMs = 20_000;
/** A catalogue at an address is asked for again after so long. */
const freshMs = 60_000;

/** A catalogue in a file or at an address, in the format of OpenFaaS's functions.json. */
export class FileCatalogue implements StoreCatalogue {
  readonly #options: FileCatalogueOptions;
  #kept: { readonly entries: readonly StoreEntry[]; readonly until: number } | undefined;

  constructor(options: FileCatalogueOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly StoreEntry[]> {
    const { from, bundled, now } = this.#options;
    if (this.#kept !== undefined && this.#kept.until > now()) return this.#kept.entries;
    const origin = from === '' ? bundled : from;
    const text = isAddress(origin)
      ? await fetched(origin)
      : await readFile(origin, 'utf8').catch(failed(origin));
    const entries = await Promise.all(
      readCatalogue(parsed(text, origin), origin).map((one) => this.#weighed(one)),
    );
    this.#kept = { entries, until: now() + freshMs };
    return entries;
  }

  async open({ name, package: code }: StoreEntry): Promise<AsyncIterable<Uint8Array>> {
    const { from, bundled } = this.#options;
    const origin = from === '' ? bundled : from;
    if (code === undefined) throw unusable(origin, `${name} has no package`);
    if (isAddress(origin)) {
      const url = URL.canParse(code.url, origin) ? new URL(code.url, origin) : undefined;
      if (url?.origin !== new URL(origin).origin)
        throw unusable(origin, `${name}: the package is on another server than the catalogue: ${code.url}`);
      return (await answer(url.href)).body as unknown as AsyncIterable<Uint8Array>;
    }
    const folder = await realpath(dirname(resolve(origin)));
    const path = resolve(folder, code.url);
    const real = existsSync(path) ? await realpath(path) : path;
    if (!real.startsWith(folder + sep))
      throw unusable(origin, `${name}: the package is not beside the catalogue: ${code.url}`);
    if (!existsSync(real)) throw unusable(origin, `${name}: there is no ${code.url}`);
    return createReadStream(real);
  }

  /** Digest and size of the code that stands in for its image, where that is bundled. */
  async #weighed(entry: StoreEntry): Promise<StoreEntry> {
    const image = Object.values(entry.images)[0];
    const own = image === undefined ? undefined : bundledImage(image);
    if (own === undefined) return entry;
    const hash = createHash('sha256');
    let bytes = 0;
    const folder = join(this.#options.functions, own.folder);
    for (const file of (await readdir(folder, { recursive: true })).sort()) {
      if (!(await lstat(join(folder, file))).isFile()) continue;
      const content = await readFile(join(folder, file));
      bytes += content.length;
      hash.update(`${file}\n${content.length}\n`).update(content);
    }
    return { ...entry, digest: hash.digest('hex'), bytes };
  }
}

const isAddress = (text: string): boolean => /^https?:\/\//.test(text);

async function fetched(url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (await answer(url)).body ?? []) {
    bytes += piece.length;
    if (bytes > mostBytes) throw unusable(url, `larger than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Redirects are not followed to other servers: who keeps the catalogue answers for what is in it. */
async function answer(url: string): Promise<Response> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(limitMs) }).catch(
    (error: unknown) => {
      const { message, cause } = error as Error;
      throw unusable(url, (cause as Error | undefined)?.message ?? message);
    },
  );
  if (response.ok) return response;
  const to = response.headers.get('location');
  throw unusable(
    url,
    to === null ? `it answered ${response.status}` : `it leads elsewhere: ${to.slice(0, 200)}`,
  );
}

function parsed(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(origin, `no JSON: ${(error as Error).message}`);
  }
}

const failed =
  (origin: string) =>
  (error: unknown): never => {
    throw unusable(origin, (error as Error).message);
  };

function unusable(origin: string, why: string): WherryError {
  return new WherryError('store_unusable', `${origin}: ${why}`, { component: 'store' });
}
