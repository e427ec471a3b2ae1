import { WherryError } from '@wherry/core/errors';
import { isWhole } from '@wherry/core/ports/body';
import { fullName } from '@wherry/core/names';
import type { Rate } from '@wherry/core/rules/access-rules';
import type { Fleet } from '../fleet/fleet.ts';
import type { Call } from './call.ts';
import { RateLimits } from './rate-limits.ts';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Starts the call's one deadline, and refuses at once what could not be served in order: too large, or too many waiting. */
export function admit({
  clock,
  maxWaiting,
  maxBodyBytes,
}: Pick<InvokeParts, 'clock' | 'maxWaiting' | 'maxBodyBytes'>): Stage {
  const limits = new RateLimits();
  return async (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('admit comes after address');
    const { body } = call.input;
    call.bytesIn = body.length ?? 0;
    if (!isWhole(body) && (body.length ?? 0) > maxBodyBytes) throw tooLarge(body.length ?? 0, maxBodyBytes);
    withinRate(call, fleet, limits);
    if (fleet.waiting >= maxWaiting) {
      throw new WherryError('function_busy', `${fleet.waiting} calls already wait for a place`, {
        component: 'engine',
        name: fleet.key.name,
        retryAfterS: 1,
      });
    }
    call.deadline = call.started + fleet.policy.deadlineMs;
    const stop = clock.after(fleet.policy.deadlineMs, () => call.cancel('function_timeout'));
    try {
      await next(call);
    } finally {
      stop();
    }
  };
}

/** Throws `rate_limited`. By the function's name and not its version: a deploy is no way around it. */
function withinRate(call: Call, { key, policy }: Fleet, limits: RateLimits): void {
  const { rateLimit, rateLimitPerClient } = policy;
  if (rateLimit === undefined && rateLimitPerClient === undefined) return;
  const name = fullName(key);
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

export function tooLarge(bytes: number, limit: number): WherryError {
  const what = Number.isFinite(bytes) ? `${bytes} bytes` : 'it';
  return new WherryError('body_too_large', `${what} is more than ${limit} bytes (WHERRY_MAX_BODY)`, {
    component: 'gateway',
  });
}
