import type { ErrorCode } from '../errors.ts';
import type { DeadReason } from '../queued-call.ts';
import type { Retries } from './retries.ts';

/** How one attempt ended. */
export interface AttemptEnd {
  readonly status: number;
  /** The platform's own failure; absent where the function answered. */
  readonly error?: ErrorCode;
  /** What Retry-After asked for. */
  readonly retryAfterMs?: number;
}

/** What has been of a call until now. */
export interface AttemptHistory {
  /** This attempt included. */
  readonly attempts: number;
  readonly crashes: number;
}

/** What becomes of the call. */
export type Verdict =
  | { readonly to: 'done' }
  | { readonly to: 'dead'; readonly reason: DeadReason }
  | {
      readonly to: 'waiting';
      readonly waitMs: number;
      readonly counts: boolean;
      readonly crashed: boolean;
      /** The whole function could take no call: others of it need not try before. */
      readonly lane: boolean;
    };

/** After so many dead instances nobody dares again: it is the call that kills them. */
export const mostCrashes = 3;
/** What somebody asks for in Retry-After is believed up to this. */
export const longestRetryAfterMs = 3_600_000;

/** The function was never reached, and not because of this call: no attempt was made. */
const notReached: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'function_busy',
  'rate_limited',
  'function_broken',
  'no_room',
  'start_failed',
  'stopping',
  'caller_gone',
]);

/** Nothing that time would mend. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'forbidden',
  'private_function',
  'address_refused',
  'body_too_large',
  'loop_detected',
  'upgrade_refused',
  'callback_refused',
]);

/**
 * Decides by class of failure: an answer is an answer; what never reached the function is tried until it is too old; what the function
 * did wrong is tried as often as it may; what kills its instance is put aside. `random` is from 0 to 1.
 */
export function verdictOf(
  end: AttemptEnd,
  { attempts, crashes }: AttemptHistory,
  retries: Retries,
  random: number,
): Verdict {
  const { error, status } = end;
  if (error === undefined && !retries.codes.has(status)) return { to: 'done' };
  if (error !== undefined && hopeless.has(error)) return { to: 'dead', reason: 'refused' };
  const lane = error !== undefined && notReached.has(error);
  const crashed = error === 'function_crashed';
  if (crashed && crashes + 1 >= mostCrashes) return { to: 'dead', reason: 'poison' };
  if (!lane && attempts >= retries.attempts) return { to: 'dead', reason: 'attempts' };
  return {
    to: 'waiting',
    waitMs: waitFor(end, attempts, retries, random, lane),
    counts: !lane,
    crashed,
    lane,
  };
}

/** Twice as long each time, up to the most; the upper half of it at random, so that what failed together does not come back together. */
function waitFor(
  { retryAfterMs = 0, status, error }: AttemptEnd,
  attempts: number,
  { minWaitMs, maxWaitMs }: Retries,
  random: number,
  lane: boolean,
): number {
  const asked =
    status === 429 || status === 503 || error !== undefined ? Math.min(retryAfterMs, longestRetryAfterMs) : 0;
  if (lane) return Math.max(asked, 500 + 500 * random);
  const grown = Math.min(maxWaitMs, minWaitMs * 2 ** Math.min(30, attempts - 1));
  return Math.max(asked, grown / 2 + (grown / 2) * random);
}
