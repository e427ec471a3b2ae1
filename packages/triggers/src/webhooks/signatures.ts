import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Headers } from '@wherry/core/ports/forwarder';
import type {
  SignatureVerdict,
  SignedRequest,
  WebhookSignatures,
} from '@wherry/core/ports/webhook-signatures';
import { type Claim, claimOf, type Refused } from './claims.ts';

/** How far the sender's clock may be from ours, as Stripe, Slack and the Standard Webhooks have it. */
const toleranceMs = 300_000;
/** Old and new are good together while a secret is exchanged; more is a mistake. */
const mostSecrets = 5;

/** HMAC-SHA256 as the senders of the world put it into headers. */
export const webhookSignatures: WebhookSignatures = {
  check({ scheme, secret, headers, body, now }: SignedRequest): SignatureVerdict {
    const claim = claimOf(scheme, (name) => onlyValue(headers, name));
    if ('why' in claim) return { fits: false, why: claim.why };
    if (claim.seconds !== undefined && Math.abs(now - claim.seconds * 1000) > toleranceMs)
      return { fits: false, why: 'its time is more than 5 minutes from now' };
    const mark = fitting(claim, secretsIn(secret), body);
    if (mark === undefined)
      return { fits: false, why: 'it was made with another secret, or of another body' };
    if (claim.seconds === undefined) return { fits: true };
    return { fits: true, replay: { mark, until: claim.seconds * 1000 + toleranceMs } };
  },
};

/** The signature that fits. Every one is compared with every secret, so that the time taken tells nothing. */
function fitting(
  { signatures, signed, keyOf }: Claim,
  secrets: readonly string[],
  body: Uint8Array,
): string | undefined {
  let found: string | undefined;
  // An empty key is everybody's.
  for (const key of secrets.map(keyOf).filter(({ length }) => length > 0)) {
    const sum = createHmac('sha256', key).update(signed).update(body).digest();
    for (const signature of signatures)
      if (signature.length === sum.length && timingSafeEqual(signature, sum)) found = sum.toString('hex');
  }
  return found;
}

/** One a line. */
function secretsIn(secret: Uint8Array): string[] {
  return Buffer.from(secret)
    .toString()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, mostSecrets);
}

/** Of a header that was sent twice nobody can say which one was meant. */
function onlyValue(headers: Headers, name: string): string | Refused {
  let value: string | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== name) continue;
    if (value !== undefined) return { why: `${name} was sent twice` };
    value = headers[i + 1] as string;
  }
  return value === undefined || value === '' ? { why: `there is no header ${name}` } : value;
}
