import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export interface Sealed {
  readonly nonce: Uint8Array;
  /** The ciphertext, and behind it the 16 bytes that prove it. */
  readonly box: Uint8Array;
}

/** Encrypts with AES-256-GCM (NIST SP 800-38D), bound to a context: a box that was moved does not open where it lies then. */
export function sealBytes(context: readonly string[], value: Uint8Array, key: Uint8Array): Sealed {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(JSON.stringify(context)));
  return { nonce, box: Buffer.concat([cipher.update(value), cipher.final(), cipher.getAuthTag()]) };
}

/** The value, or undefined where this key did not make this box for this context. */
export function unsealBytes(
  context: readonly string[],
  { nonce, box }: Sealed,
  key: Uint8Array,
): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(JSON.stringify(context)));
    decipher.setAuthTag(box.subarray(-tagBytes));
    return Buffer.concat([decipher.update(box.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
