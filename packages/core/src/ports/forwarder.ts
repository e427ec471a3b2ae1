import type { Endpoint, Loaded } from '../instance.ts';
import type { Body } from './body.ts';

/** Names and values in turn (`[name, value, name, value, …]`), in order, names as sent: how HTTP heads travel here. */
export type Headers = readonly string[];

/** A call as it goes to an instance: hop-by-hop headers and the platform's credentials are already gone. */
export interface ForwardRequest {
  readonly method: string;
  /** Raw path and query, beginning with `/`. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Body;
  /** Milliseconds that are left. The forwarder passes it on; it does not enforce it. */
  readonly leftMs: number;
  /** The caller wants to speak another protocol on its connection: an answer of 101 is one, and bytes go both ways from then on. */
  readonly upgrade?: boolean;
}

/** Why no (complete) answer came. `sent` false means that not a byte reached the instance: another one may be asked. */
export interface ForwardFailure {
  readonly kind: 'unreachable' | 'lost' | 'garbled';
  readonly sent: boolean;
  readonly reason: string;
}

/**
 * Takes the answer. Either `whole`, or `head`, `chunk` … and `end`; or, at any moment before the last of these, `failed`.
 * `settled` comes last in every case, also after a cancel: the instance holds nothing of this call any more.
 */
export interface AnswerSink {
  /** `faulted`: the host made this answer because the handler failed. */
  whole(status: number, headers: Headers, body: Uint8Array, faulted: boolean): void;
  head(status: number, headers: Headers): void;
  /** False: the sender waits until `Forwarding.resume`. */
  chunk(bytes: Uint8Array): boolean;
  end(): void;
  failed(failure: ForwardFailure): void;
  settled(): void;
}

/** A call on its way. */
export interface Forwarding {
  /** Nobody waits any more: the instance is told, nothing but `settled` is called afterwards. */
  cancel(): void;
  /** The answer's taker has room again. */
  resume(): void;
}

/** What a host is given to run; the wire form is in docs/runtime-protocol.md. */
export interface Assignment {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly code: string;
  readonly entry: string;
  readonly signature: string;
  /** 0: the signature's own. */
  readonly concurrency: number;
  readonly env: Readonly<Record<string, string>>;
  readonly contained: boolean;
}

/** Connections to one instance. */
export interface Channel {
  /** Gives a generic host its function. Throws `deploy_failed` with the host's words. Only for `frames`. */
  load(assignment: Assignment): Promise<Loaded>;
  /** Sends a call and returns at once; the sink may be called before this returns. */
  forward(request: ForwardRequest, answer: AnswerSink): Forwarding;
  /** Whether the loop that runs handlers turns: resolves true when it answered within `ms`. Never throws. */
  ping(ms: number): Promise<boolean>;
  /** Asks the host to end. Effective at once for new calls; those in flight may go on until the instance is gone. */
  stop(): void;
  /** Closes the connections; calls in flight fail with `lost`. */
  close(): void;
}

/** How calls reach instances: one adapter a kind of endpoint. */
export interface Forwarder {
  /**
   * Connections to an instance. The same endpoint gives the same channel as long as it is open. Rejects where nobody
   * listens. `lost` is called once if the connection ends and nobody called `close`.
   */
  open(endpoint: Endpoint, lost: () => void): Promise<Channel>;
}
