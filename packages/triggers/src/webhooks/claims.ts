import type { WebhookScheme } from '@wherry/core/webhook';

/** What the headers of a request say about its signature. */
export interface Claim {
  /** Raw bytes; any one of them is enough. */
  readonly signatures: readonly Uint8Array[];
  /** What was signed before the body. */
  readonly signed: string;
  /** When it was signed, in seconds since 1970, where the scheme signs that along. */
  readonly seconds?: number;
  /** The key in a line of the secret. */
  readonly keyOf: (secret: string) => Uint8Array;
}

export interface Refused {
  readonly why: string;
}

type Header = (name: string) => string | Refused;

/** Signatures in one header: senders that exchange their secret send two, nobody sends a hundred. */
const mostSignatures = 10;
const asText = (secret: string): Uint8Array => Buffer.from(secret);

export function claimOf(scheme: WebhookScheme, header: Header): Claim | Refused {
  switch (scheme.kind) {
    case 'github':
      return plain('x-hub-signature-256', header);
    case 'hmac-sha256':
      return plain(scheme.header, header);
    case 'stripe':
      return stripe(header);
    case 'slack':
      return slack(header);
    case 'standard':
      return standard(header);
  }
}

/** GitHub's `sha256=HEX`, and whoever does it alike: `faas-cli invoke --sign`, Shopify (base64), Gitea (bare hexadecimal). */
function plain(name: string, header: Header): Claim | Refused {
  const value = header(name);
  if (typeof value !== 'string') return value;
  const signature = bytesOf(value.trim().replace(/^sha256=/i, ''));
  if (signature === undefined) return { why: `${name} is not an HMAC-SHA256` };
  return { signatures: [signature], signed: '', keyOf: asText };
}

/** `t=SECONDS,v1=HEX[,v1=HEX]`: https://docs.stripe.com/webhooks#verify-manually */
function stripe(header: Header): Claim | Refused {
  const value = header('stripe-signature');
  if (typeof value !== 'string') return value;
  const parts = value.split(',').map((part) => part.trim().split('=', 2));
  const valuesOf = (key: string) => parts.filter(([name]) => name === key).map(([, text = '']) => text);
  const [time, ...more] = valuesOf('t');
  const seconds = secondsOf(time);
  if (seconds === undefined || more.length > 0) return { why: 'stripe-signature has no time, or several' };
  return {
    signatures: bytesOfEach(valuesOf('v1')),
    signed: `${time}.`,
    seconds,
    keyOf: asText,
  };
}

/** `v0=HEX` beside a time: https://api.slack.com/authentication/verifying-requests-from-slack */
function slack(header: Header): Claim | Refused {
  const [value, time] = [header('x-slack-signature'), header('x-slack-request-timestamp')];
  if (typeof value !== 'string') return value;
  if (typeof time !== 'string') return time;
  const seconds = secondsOf(time);
  if (seconds === undefined) return { why: 'x-slack-request-timestamp is no time' };
  const [, hex = ''] = /^v0=(.*)$/.exec(value.trim()) ?? [];
  return { signatures: bytesOfEach([hex]), signed: `v0:${time}:`, seconds, keyOf: asText };
}

/** Standard Webhooks 1.0: `v1,BASE64[ v1,BASE64]` over id, time and body; the key is what stands after `whsec_`. */
function standard(header: Header): Claim | Refused {
  const [id, time, value] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
  for (const one of [id, time, value])
    if (typeof one !== 'string') return one ?? { why: 'a header is missing' };
  const seconds = secondsOf(time as string);
  if (seconds === undefined) return { why: 'webhook-timestamp is no time' };
  const signatures = (value as string)
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => one.slice(3));
  return {
    signatures: bytesOfEach(signatures),
    signed: `${id as string}.${time as string}.`,
    seconds,
    keyOf: (secret) =>
      secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : asText(secret),
  };
}

function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function bytesOfEach(texts: readonly string[]): Uint8Array[] {
  return texts
    .slice(0, mostSignatures)
    .map(bytesOf)
    .filter((bytes) => bytes !== undefined);
}

/** The 32 bytes of a SHA-256, as hexadecimal or base64. */
function bytesOf(text: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
