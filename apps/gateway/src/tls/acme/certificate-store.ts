import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { KeyPair } from '../certificate.ts';

/** A certificate for one name, and from when to when it is good (milliseconds since 1970). */
export interface Issued extends KeyPair {
  readonly from: number;
  readonly until: number;
}

/** The certificates that an authority gave, as files of the data folder: NAME.pem with the chain and its key, and the account's key. */
export class CertificateStore {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, 'tls');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Made at the first use: it is who we are to the authority. */
  accountKey(): KeyObject {
    const path = join(this.#folder, 'account.key');
    if (!existsSync(path))
      this.#write('account.key', newKey().export({ type: 'pkcs8', format: 'pem' }).toString());
    return createPrivateKey(readFileSync(path));
  }

  /** Undefined where there is none, or none that can be used. */
  get(name: string): Issued | undefined {
    const path = join(this.#folder, `${name}.pem`);
    try {
      return existsSync(path) ? read(readFileSync(path)) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Throws where the two do not belong together. */
  put(name: string, chain: string, key: KeyObject): Issued {
    const pem = `${chain.trimEnd()}\n${key.export({ type: 'pkcs8', format: 'pem' }).toString()}`;
    const issued = read(Buffer.from(pem));
    if (issued === undefined)
      throw new Error(`what the authority gave for ${name} is no certificate for its key`);
    this.#write(`${name}.pem`, pem);
    return issued;
  }

  /** In one step, so that a certificate is never without its key. */
  #write(file: string, text: string): void {
    const path = join(this.#folder, file);
    writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function read(pem: Buffer): Issued | undefined {
  try {
    createSecureContext({ cert: pem, key: pem });
    const { validFrom, validTo } = new X509Certificate(pem);
    return { cert: pem, key: pem, from: Date.parse(validFrom), until: Date.parse(validTo) };
  } catch {
    return undefined;
  }
}
