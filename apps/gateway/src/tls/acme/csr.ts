import { createPublicKey, type KeyObject, sign } from 'node:crypto';

/** A request for a certificate (PKCS #10, RFC 2986) for these names, signed with the key that the certificate is to be for: P-256. */
export function certificateRequest(names: readonly string[], key: KeyObject): Buffer {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // All names stand in the extension; a subject is not needed (RFC 8555 section 7.4).
  const alternatives = sequence(...names.map((name) => tagged(0x82, Buffer.from(name, 'ascii'))));
  const extension = sequence(oid.subjectAltName, tagged(0x04, alternatives));
  const attribute = sequence(oid.extensionRequest, tagged(0x31, sequence(extension)));
  const version = tagged(0x02, Buffer.of(0));
  const info = sequence(version, sequence(), publicKey, tagged(0xa0, attribute));
  const signature = sign('sha256', info, key);
  return sequence(
    info,
    sequence(oid.ecdsaWithSha256),
    tagged(0x03, Buffer.concat([Buffer.of(0), signature])),
  );
}

/** Object identifiers as they are written in DER. */
const oid = {
  /** 2.5.29.17 */
  subjectAltName: Buffer.from('0603551d11', 'hex'),
  /** 1.2.840.113549.1.9.14 */
  extensionRequest: Buffer.from('06092a864886f70d01090e', 'hex'),
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
};

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length, ...bytes), content]);
}
