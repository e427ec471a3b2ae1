import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretName } from '@wherry/core/secret';
import type { SecretKey } from './secret-keys.ts';

/** A secret as it lies on the disk. */
export interface SealedSecret extends SecretName {
  /** Id of the key that opens it. */
  readonly key: string;
  /** Base64. */
  readonly nonce: string;
  /** Base64: the ciphertext, and behind it the 16 bytes that prove it. */
  readonly box: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

type Box = Pick<SealedSecret, 'key' | 'nonce' | 'box'>;

/** Encrypts a value with AES-256-GCM (NIST SP 800-38D), bound to its name: a box moved to another secret's row does not open there. */
export function seal(name: SecretName, value: Uint8Array, key: SecretKey): Box {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
  cipher.setAAD(context(name));
  const box = Buffer.concat([cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  return { key: key.id, nonce: nonce.toString('base64'), box: box.toString('base64') };
}

/** The value, or undefined where this key did not make this box for this name. */
export function unseal(sealed: SealedSecret, key: SecretKey): Uint8Array | undefined {
  try {
    const bytes = Buffer.from(sealed.box, 'base64');
    const nonce = Buffer.from(sealed.nonce, 'base64');
    const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
    decipher.setAAD(context(sealed));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function context({ namespace, name }: SecretName): Buffer {
  return Buffer.from(JSON.stringify(['wherry secret', namespace, name]));
}
