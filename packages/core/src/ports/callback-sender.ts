import type { Headers } from './forwarder.ts';

/** An answer on its way to whoever asked for it. */
export interface AnswerToSend {
  readonly url: string;
  /** What the receiver can tell a second delivery by. */
  readonly id: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What the receiver said. Status 0: nothing, or not in time. */
export interface Received {
  readonly status: number;
  readonly retryAfterMs?: number;
  /** One sentence for people. */
  readonly cause: string;
}

/**
 * Sends answers of queued calls to the addresses that callers named, signed (Standard Webhooks). Only where the operator lets it: never to an
 * address that is not on the public internet, whatever its name, unless that was allowed; no redirect is followed.
 */
export interface CallbackSender {
  /** Throws `callback_refused` for an address of which can be told already that nothing will be sent there. */
  check(url: string): void;
  /** One attempt. Rejects only with `callback_refused`. */
  send(answer: AnswerToSend, signal: AbortSignal): Promise<Received>;
}
