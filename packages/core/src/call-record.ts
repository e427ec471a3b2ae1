import type { Fault, ErrorCode } from './errors.ts';
import type { DeploymentKey } from './function.ts';

/** By which door a call came in. */
export type Trigger = 'http' | 'async' | 'schedule' | 'event' | 'internal';

/** What is left of a call: one for every call, also for those refused before a function was known. */
export interface CallRecord {
  /** UUID version 7: sorts by time. */
  readonly id: string;
  /** The caller's own X-Call-Id, where it sent one. */
  readonly alias?: string;
  readonly trigger: Trigger;
  /** The name that was asked for; the deployment only once it was found. */
  readonly target: string;
  readonly deployment?: DeploymentKey;
  readonly instance?: string;
  readonly method: string;
  /** Path after the function's name, without the query, cut at 256 bytes. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** All of it, in milliseconds; the three parts below don't add up to it, the rest is ours. */
  readonly totalMs: number;
  /** Waiting for a free place. */
  readonly waitMs: number;
  /** Waiting for an instance to start. */
  readonly wakeMs: number;
  /** From the first byte to the instance to the last byte from it. */
  readonly runMs: number;
  readonly cold: boolean;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly error?: ErrorCode;
  readonly fault?: Fault;
  /** 32 hexadecimal digits: of the trace that it belongs to (W3C Trace Context). */
  readonly traceId?: string;
  /** The call whose kept request this one repeats. */
  readonly replayOf?: string;
}
