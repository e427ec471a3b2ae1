import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The key in a text such as `whsec_…`, as the Standard Webhooks have it. */
export function keyOf(secret: string): Uint8Array {
  return Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
}

export function secretText(key: Uint8Array): string {
  return `${prefix}${Buffer.from(key).toString('base64')}`;
}

/** Each receiver has a key of its own: what one is sent proves nothing to another. `origin`: scheme, host and port. */
export function keyFor(master: Uint8Array, origin: string): Uint8Array {
  return createHmac('sha256', master).update(origin).digest();
}

/**
 * The headers by which a receiver knows that an answer is from here and was not changed: Standard Webhooks 1.0, HMAC-SHA256 over id, time
 * in seconds since 1970 and body.
 */
export function signed(
  id: string,
  seconds: number,
  body: Uint8Array,
  key: Uint8Array,
): Record<string, string> {
  const hmac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${hmac.digest('base64')}`,
  };
}
