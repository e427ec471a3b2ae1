import type { WherryError } from '@wherry/core/errors';
import type { Principal } from '@wherry/core/access';
import type { Trigger } from '@wherry/core/call-record';
import type { Body } from '@wherry/core/ports/body';
import type { TraceContext, TraceHeaders } from '@wherry/core/trace';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { Tape } from '../capture/tape.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { CallSpans } from '../traces/call-spans.ts';
import type { ActiveFunction } from '../functions/active-function.ts';

/** A call as it comes in, whatever door it takes. */
export interface CallInput {
  readonly trigger: Trigger;
  /** `NAME` or `NAME.NAMESPACE`, and `@VERSION` or `@ALIAS` where one is asked for; as the caller wrote it. */
  readonly target: string;
  readonly method: string;
  /** Raw path and query after the function's name, beginning with `/`. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Body;
  /** The protocol that the caller wants to go on with, as in its header Upgrade; then the body is whatever it sends. */
  readonly upgrade?: string;
  /** X-Call-Id as the caller sent it. */
  readonly alias: string | undefined;
  /** Authorization as the caller sent it. */
  readonly authorization: string | undefined;
  /** Who speaks where no credentials say it: a function of ours, or who was let in when it was queued. */
  readonly caller?: Principal;
  /** How many calls led to this one, each made by the function that the one before it called. */
  readonly depth?: number;
  /** It comes from the queue: under this id, and for the so-manieth time. */
  readonly queued?: { readonly id: string; readonly attempt: number };
  /** What it belongs to, as its caller said. */
  readonly trace?: TraceHeaders;
  /** The call whose kept request this one repeats. */
  readonly replayOf?: string;
  /** Where it comes from: address, and the host name that was asked for. */
  readonly from: {
    readonly address: string;
    /** Who sent it in the end, where a trusted proxy stands between; else the same. */
    readonly client?: string;
    readonly host: string;
    /** What of the path led to the function, where it was not /function/NAME. */
    readonly prefix?: string;
    readonly scheme: 'http' | 'https';
  };
}

/** Takes the answer to a call. After `cut`, `end` or `whole` nothing more comes. */
export interface CallOutput {
  whole(status: number, headers: Headers, body: Uint8Array): void;
  head(status: number, headers: Headers): void;
  /** False: wait for `Call.resume`. */
  chunk(bytes: Uint8Array): boolean;
  end(): void;
  /** The answer can't be finished: break off so that the half is not taken for the whole. */
  cut(): void;
  /** Nothing of the answer has gone out: an error can still be told properly. */
  error(error: WherryError, call: Call): void;
}

/** What a call under way can be told from outside. */
export interface Running {
  cancel(reason: 'caller_gone' | 'function_timeout'): void;
  resume(): void;
}

/** One invocation on its way through the pipeline. Stages fill it in as they learn. */
export class Call {
  input: CallInput;
  readonly output: CallOutput;
  id = '';
  /** Milliseconds since 1970, and of the monotonic clock. */
  startedAt = 0;
  started = 0;
  /** `startedAt` as X-Start-Time says it. */
  startTime = '';
  /** Known after `identify`, where its caller said it, or calls are traced. */
  trace: TraceContext | undefined;
  /** It has a span of its own: whoever it calls hears of that one. */
  traced = false;
  /** Where its spans are kept. */
  spans: CallSpans | undefined;
  principal: Principal | undefined;
  /** Who speaks, where it is a token that allows the call. */
  token: Principal | undefined;
  /** The Authorization header was ours: the function must not see it. */
  ownCredentials = false;
  /** Known after `address`. */
  function: ActiveFunction | undefined;
  fleet: Fleet | undefined;
  /** Several versions could have taken it: the answer says which did. */
  tellsVersion = false;
  /** Monotonic; known after `admit`. */
  deadline = Number.POSITIVE_INFINITY;
  /** Known after `choose`. */
  member: Member | undefined;
  cold = false;
  waitMs = 0;
  wakeMs = 0;
  runMs = 0;
  status = 0;
  bytesIn = 0;
  /** Known after `admit`: what the body may have. */
  mostBytesIn = Infinity;
  bytesOut = 0;
  /** The head of the answer has gone out. */
  answered = false;
  error: WherryError | undefined;
  /** Known after `admit`, where its function wants its bodies to be kept. */
  tape: Tape | undefined;
  /** The host said that the handler failed. */
  faulted = false;
  /** Set while a stage waits for something that a cancel must end. */
  running: Running | undefined;
  /** Why nobody waits any more. */
  cancelled: 'caller_gone' | 'function_timeout' | undefined;

  constructor(input: CallInput, output: CallOutput) {
    this.input = input;
    this.output = output;
  }

  /** The address that sent it in the end, as far as those between can be trusted. */
  get client(): string {
    const { client, address } = this.input.from;
    return client ?? address;
  }

  /** The caller went away, or the deadline passed. */
  cancel(reason: 'caller_gone' | 'function_timeout'): void {
    // A conversation has no deadline once it has begun: it ends when one side ends it.
    if (this.cancelled !== undefined || (this.status === 101 && reason === 'function_timeout')) return;
    this.cancelled = reason;
    this.running?.cancel(reason);
  }

  /** The caller's connection has room again. */
  resume(): void {
    this.running?.resume();
  }
}
