import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { Strings } from '@wherry/core/function';
import type { PackageStore, StoredPackage } from '@wherry/core/ports/package-store';
import { remove } from '../removing.ts';
import { refused } from '../recipes/manifest-file.ts';
import { type BoxKeys, keysOf, unseal } from './sealed-box.ts';
import { spool } from './spool.ts';
import { readUpload } from './upload.ts';

/** Source that came by the remote builder's protocol and is kept now. */
export interface RemoteOrder {
  /** The name of the image, as it will be deployed. */
  readonly image: string;
  readonly source: StoredPackage;
  readonly args: Strings;
  readonly notDone: readonly string[];
  /** Unsealed, by name. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

const mostUploads = 4;
const component = 'builder';

/** The receiving side of `faas-cli publish --remote-builder`. */
export class RemoteBuilder {
  readonly #folder: string;
  readonly #packages: PackageStore;
  readonly #secret: () => Buffer;
  readonly #keys: () => BoxKeys;
  #uploads = 0;

  /** `secret` is what uploads are signed with; `key` the private key that build secrets are sealed for. */
  constructor(folder: string, packages: PackageStore, secret: () => Buffer, key: () => Buffer) {
    this.#folder = folder;
    this.#packages = packages;
    this.#secret = secret;
    this.#keys = () => keysOf(key());
  }

  get publicKey(): Uint8Array {
    return this.#keys().publicKey;
  }

  /**
   * Takes an upload and keeps its source as a package. Whoever cannot sign has cost us the room of one upload for as long as it took.
   * Throws `bad_signature`, `body_too_large`, `build_busy`, `build_refused`, `package_refused`.
   */
  async take(body: AsyncIterable<Uint8Array>, signature: string | undefined): Promise<RemoteOrder> {
    const claimed = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '')?.[1];
    if (claimed === undefined)
      throw new WherryError(
        'bad_signature',
        'X-Build-Signature is missing, or not "sha256=" and 64 hexadecimal digits',
        { component },
      );
    if (this.#uploads >= mostUploads)
      throw new WherryError('build_busy', `${mostUploads} uploads come in already`, {
        component,
        retryAfterS: 5,
      });
    this.#uploads += 1;
    const folder = join(this.#folder, randomBytes(6).toString('hex'));
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const archive = join(folder, 'upload.tar');
      await this.#spool(body, archive, Buffer.from(claimed, 'hex'));
      const upload = await readUpload(archive, folder);
      try {
        const source = await this.#packages.put(createReadStream(upload.archive.path), []);
        const { config, notDone } = upload;
        return {
          image: config.image,
          source,
          args: config.buildArgs,
          notDone,
          secrets: this.#unsealed(upload.secrets),
        };
      } finally {
        upload.archive.discard();
      }
    } finally {
      this.#uploads -= 1;
      await remove(folder);
    }
  }

  async #spool(body: AsyncIterable<Uint8Array>, to: string, claimed: Buffer): Promise<void> {
    const mac = createHmac('sha256', this.#secret());
    await spool(body, to, (piece) => mac.update(piece));
    if (!timingSafeEqual(mac.digest(), claimed))
      throw new WherryError(
        'bad_signature',
        'the body was not signed with the payload secret of this gateway',
        { component },
      );
  }

  /** A map of names to sealed boxes in base64, as JSON; at the top, or as `secrets`. */
  #unsealed(text: string | undefined): ReadonlyMap<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    if (text === undefined) return found;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw refused('com.openfaas.secrets is no JSON map of names to sealed boxes in base64');
    }
    const map = (value as { secrets?: unknown } | null)?.secrets ?? value;
    for (const [name, sealed] of Object.entries((map ?? {}) as Record<string, unknown>)) {
      if (!/^[\w][\w.-]{0,127}$/.test(name) || typeof sealed !== 'string') continue;
      const opened = unseal(Buffer.from(sealed, 'base64'), this.#keys());
      if (opened === undefined)
        throw refused(`the build secret ${name} was not sealed for this gateway: GET /publickey`);
      found.set(name, opened);
    }
    return found;
  }
}
