import { blake2b } from 'blakejs';
import nacl from 'tweetnacl';

/** A key pair of Curve25519, each half 32 bytes. */
export interface BoxKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

const keyBytes = 32;

export const newKeys = (): BoxKeys => nacl.box.keyPair();
export const keysOf = (secretKey: Uint8Array): BoxKeys => nacl.box.keyPair.fromSecretKey(secretKey);

/** Seals for a public key, by nobody in particular: libsodium's crypto_box_seal, Go's box.SealAnonymous. */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const once = nacl.box.keyPair();
  const box = nacl.box(message, nonceOf(once.publicKey, publicKey), publicKey, once.secretKey);
  return Buffer.concat([once.publicKey, box]);
}

/** What was sealed; undefined where it was for another key, or is not whole. */
export function unseal(sealed: Uint8Array, { publicKey, secretKey }: BoxKeys): Uint8Array | undefined {
  if (sealed.length < keyBytes + nacl.box.overheadLength) return undefined;
  const once = sealed.subarray(0, keyBytes);
  return nacl.box.open(sealed.subarray(keyBytes), nonceOf(once, publicKey), once, secretKey) ?? undefined;
}

/** Both public keys decide it, so it need not be sent. */
function nonceOf(once: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return blake2b(Buffer.concat([once, publicKey]), undefined, nacl.box.nonceLength);
}
