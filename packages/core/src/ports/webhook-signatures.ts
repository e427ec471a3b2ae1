import type { WebhookScheme } from '../webhook.ts';
import type { Headers } from './forwarder.ts';

/** A request that claims to come from somebody who knows the secret. */
export interface SignedRequest {
  readonly scheme: WebhookScheme;
  /** The secret as it is kept: one a line, so that an old one and its successor can both be good for a while. */
  readonly secret: Uint8Array;
  readonly headers: Headers;
  /** Byte for byte as it came. */
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whether it is signed; `mark` is the same for the same signature, and `until` when it is too old to be good again. */
export type SignatureVerdict =
  | { readonly fits: true; readonly replay?: { readonly mark: string; readonly until: number } }
  /** One sentence for the sender, without anything of the secret. */
  | { readonly fits: false; readonly why: string };

/** Checks signatures, in a time that says nothing about how much of one was right. */
export interface WebhookSignatures {
  check(request: SignedRequest): SignatureVerdict;
}
