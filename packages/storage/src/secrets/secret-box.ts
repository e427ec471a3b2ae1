import type { SecretName } from '@wherry/core/secret';
import { sealBytes, unsealBytes } from './sealed-bytes.ts';
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

type Box = Pick<SealedSecret, 'key' | 'nonce' | 'box'>;

/** Encrypts a value, bound to its name: a box moved to another secret's row does not open there. */
export function seal(name: SecretName, value: Uint8Array, key: SecretKey): Box {
  const { nonce, box } = sealBytes(context(name), value, key.bytes);
  return { key: key.id, nonce: base64(nonce), box: base64(box) };
}

/** The value, or undefined where this key did not make this box for this name. */
export function unseal(sealed: SealedSecret, key: SecretKey): Uint8Array | undefined {
  const [nonce, box] = [sealed.nonce, sealed.box].map((text) => Buffer.from(text, 'base64'));
  return nonce === undefined || box === undefined
    ? undefined
    : unsealBytes(context(sealed), { nonce, box }, key.bytes);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function context({ namespace, name }: SecretName): readonly string[] {
  return ['wherry secret', namespace, name];
}
