import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** A public key of P-256 as JSON (RFC 7517), its members in the order in which the thumbprint wants them. */
export function jwk(key: KeyObject): {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
} {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { crv, kty, x, y } as ReturnType<typeof jwk>;
}

/** RFC 7638. */
export function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(JSON.stringify(jwk(key)))
    .digest('base64url');
}

/** A signed message in the flattened form that ACME takes (RFC 8555 section 6.2); no payload is a question (POST-as-GET). */
export function signed(key: KeyObject, header: Readonly<Record<string, unknown>>, payload: unknown): string {
  const protectedHeader = encode({ alg: 'ES256', ...header });
  const body = payload === undefined ? '' : encode(payload);
  const signature = sign('sha256', Buffer.from(`${protectedHeader}.${body}`), {
    key,
    dsaEncoding: 'ieee-p1363',
  });
  return JSON.stringify({
    protected: protectedHeader,
    payload: body,
    signature: signature.toString('base64url'),
  });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
