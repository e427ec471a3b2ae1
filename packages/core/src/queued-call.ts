import type { Principal } from './access.ts';
import type { Trigger } from './call-record.ts';
import type { ErrorCode } from './errors.ts';
import type { FunctionName } from './names.ts';
import type { Headers } from './ports/forwarder.ts';
import type { TraceHeaders } from './trace.ts';

/** What travels with a queued call beside its body; kept as it is, never looked into by a queue. */
export interface CallHead {
  readonly trigger: Trigger;
  /** As the caller wrote it: `NAME`, `NAME.NAMESPACE`, with an alias or version where it named one. */
  readonly target: string;
  readonly method: string;
  /** Raw path and query after the function's name, beginning with `/`. */
  readonly path: string;
  readonly headers: Headers;
  readonly from: {
    readonly address: string;
    readonly client?: string;
    readonly host: string;
    readonly prefix?: string;
    readonly scheme: 'http' | 'https';
  };
  /** Who was let in when it was accepted, where that took credentials. */
  readonly caller?: Principal;
  /** How many calls led to this one, each made by the function that the one before it called. */
  readonly depth: number;
  /** What it belongs to, where its caller said so or calls are traced. */
  readonly trace?: TraceHeaders;
  /** The call whose kept request this one repeats. */
  readonly replayOf?: string;
  /** Where the answer goes once there is one. */
  readonly callback?: string;
  /** Set on the delivery of an answer: what is sent to `callback`. The body of the item is its body. */
  readonly answer?: { readonly call: string; readonly headers: Headers };
  /** Set on a message about alerts, or of a report: who is told. The body is what they are told, as JSON. */
  readonly notice?: { readonly channel: string; readonly about?: 'report' };
}

/** Something to be done later: a call of a function, or the delivery of its answer. */
export interface QueueItem {
  /** The call's id: a UUID of version 7. */
  readonly id: string;
  /** The caller's own X-Call-Id. */
  readonly alias?: string;
  /** What items are served in turn by: `name.namespace` for calls, the receiver for answers, the channel for messages about alerts. One lane never holds up another. */
  readonly lane: string;
  /** The function that it is about. */
  readonly of: FunctionName;
  readonly head: CallHead;
  readonly body: Uint8Array;
  /** Milliseconds since 1970, on the queue's clock. */
  readonly enqueuedAt: number;
  /** Not before this moment. */
  readonly due: number;
  /** From then on it is not begun any more. */
  readonly expires: number;
}

/** waiting: for its moment, its turn or its next attempt. running: leased. Over: done, dead (a dead letter) or cancelled. */
export type QueueState = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';

/** How the last attempt went wrong. */
export interface Note {
  readonly at: number;
  /** What was answered, where something was. */
  readonly status?: number;
  readonly error?: ErrorCode;
  /** One sentence for people. */
  readonly cause: string;
}

/** Why a call is a dead letter. */
export type DeadReason =
  /** Its attempts are used up. */
  | 'attempts'
  /** It is older than calls may become. */
  | 'expired'
  /** It brought its instance down, again and again. */
  | 'poison'
  /** It can never succeed: the function is gone, or refuses it. */
  | 'refused';

/** What a function answered. */
export interface CallResult {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The body was longer than what is kept, and was left out. */
  readonly cut?: boolean;
}

/** One item as it stands. */
export interface QueuedCall {
  readonly item: Omit<QueueItem, 'body'>;
  readonly bytes: number;
  /** Only where it was asked for. */
  readonly body?: Uint8Array;
  readonly state: QueueState;
  /** Deliveries begun. */
  readonly attempts: number;
  /** Deliveries that ended with the death of the instance. */
  readonly crashes: number;
  /** When it is tried next, while it waits. */
  readonly due: number;
  readonly note?: Note;
  readonly reason?: DeadReason;
  /** Of a dead letter: the call that took its place, with another body. */
  readonly editedAs?: string;
  readonly finishedAt?: number;
  /** Only of those that are done, and only where one was asked for by its id. */
  readonly result?: CallResult;
  /** When it is forgotten; only of those that are over. */
  readonly keptUntil?: number;
}
