import { WherryError } from '@wherry/core/errors';
import { fullName } from '@wherry/core/names';
import type { Rate } from '@wherry/core/rules/access-rules';
import type { Call } from './call.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { RateLimits } from './rate-limits.ts';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Of its deadline a call waits at most this part; the rest is for running. */
const waitShare = 0.5;
const mostRetryS = 60;

/** Starts the call's one deadline, and refuses at once what could not be served in order: too large, or too many waiting. */
export function admit({
  clock,
  maxWaiting,
  maxBodyBytes,
  limits,
  captures,
  gatekeeper,
}: Pick<InvokeParts, 'clock' | 'maxWaiting' | 'maxBodyBytes' | 'limits' | 'captures' | 'gatekeeper'>): Stage {
  return async (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('admit comes after address');
    const { body } = call.input;
    call.bytesIn = body.length ?? 0;
    call.mostBytesIn = Math.min(maxBodyBytes, fleet.policy.maxBodyBytes ?? Infinity);
    if (call.bytesIn > call.mostBytesIn) throw tooLarge(call);
    withinDepth(call);
    // What comes from the queue was counted when it was put in.
    if (call.input.queued === undefined) withinRate(call, limits);
    if (fleet.waiting > 0) withinReach(fleet, maxWaiting);
    if (call.token !== undefined) gatekeeper.used(call.token);
    const { capture } = fleet.policy;
    if (capture !== 'none') call.tape = captures.tape(capture);
    call.deadline = call.started + fleet.policy.deadlineMs;
    const stop = clock.after(fleet.policy.deadlineMs, () => call.cancel('function_timeout'));
    try {
      await next(call);
    } finally {
      stop();
    }
  };
}

/** What is put into the queue: the same, but for what is about waiting. */
export function admitQueued(
  { limits, gatekeeper }: Pick<InvokeParts, 'limits' | 'gatekeeper'>,
  maxBodyBytes: number,
): Stage {
  return (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('admit comes after address');
    call.bytesIn = call.input.body.length ?? 0;
    call.mostBytesIn = Math.min(maxBodyBytes, fleet.policy.maxBodyBytes ?? Infinity);
    if (call.bytesIn > call.mostBytesIn) throw tooLarge(call);
    withinDepth(call);
    withinRate(call, limits);
    if (call.token !== undefined) gatekeeper.used(call.token);
    return next(call);
  };
}

/** Functions that call each other in a circle would do so for ever. */
const mostDepth = 8;

function withinDepth({ input: { depth = 0 } }: Call): void {
  if (depth < mostDepth) return;
  throw new WherryError(
    'loop_detected',
    `${depth} calls led to this one, each made by the function before it`,
    {
      component: 'engine',
    },
  );
}

/**
 * Throws `function_busy`. A line that takes longer than half of a call's deadline leaves too little of it to run: whoever joined would wait only to
 * fail, and those who are served in the meantime would be those with the least time left. Told now, the caller can go elsewhere.
 */
function withinReach({ waiting, waitMs, policy, key }: Fleet, maxWaiting: number): void {
  const tooLong = waitMs !== undefined && waitMs > policy.deadlineMs * waitShare;
  if (waiting < maxWaiting && !tooLong) return;
  const seconds = Math.max(1, Math.ceil((waitMs ?? 0) / 1000));
  const cause = tooLong
    ? `${waiting} calls already wait for a place, which takes about ${seconds} s of its ${policy.deadlineMs / 1000} s`
    : `${waiting} calls already wait for a place`;
  throw new WherryError('function_busy', cause, {
    component: 'engine',
    name: key.name,
    // By then those who wait now have been served.
    retryAfterS: Math.min(mostRetryS, seconds),
  });
}

/**
 * Throws `rate_limited`. By the function's name and as its live version says, whichever version takes the call: neither a deploy nor an
 * earlier version is a way around it.
 */
function withinRate(call: Call, limits: RateLimits): void {
  const fn = call.function;
  if (fn === undefined) throw new Error('admit comes after address');
  const { rateLimit, rateLimitPerClient } = fn.fleet.policy;
  if (rateLimit === undefined && rateLimitPerClient === undefined) return;
  const name = fullName(fn);
  const check = (rate: Rate | undefined, who: string, what: string): void => {
    const waitMs = rate === undefined ? 0 : limits.take(`${name} ${who}`, rate, call.started);
    if (rate === undefined || waitMs === 0) return;
    const limit = `${rate.calls} ${rate.calls === 1 ? 'call' : 'calls'} in ${rate.perMs / 1000} s`;
    throw new WherryError('rate_limited', `${name} takes ${limit} ${what}`, {
      component: 'engine',
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  };
  const client = call.principal === undefined ? call.client : `token ${call.principal.name}`;
  // Who is over its own share takes nothing of everybody's.
  check(rateLimitPerClient, client, 'of one client (com.wherry.rate-limit-per-client)');
  check(rateLimit, '', '(com.wherry.rate-limit)');
}

/** Of a body without a length only so much is known that it was more. */
export function tooLarge(call: Call): WherryError {
  const { mostBytesIn, fleet } = call;
  const { body } = call.input;
  const what = body.length === undefined ? 'it' : `${body.length} bytes`;
  const by =
    mostBytesIn === fleet?.policy.maxBodyBytes
      ? 'com.wherry.max-body'
      : call.input.trigger !== 'http'
        ? 'WHERRY_QUEUE_MAX_BODY'
        : 'WHERRY_MAX_BODY';
  return new WherryError('body_too_large', `${what} is more than ${mostBytesIn} bytes (${by})`, {
    component: 'gateway',
  });
}
