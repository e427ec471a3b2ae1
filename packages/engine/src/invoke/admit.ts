import { WherryError } from '@wherry/core/errors';
import { isWhole } from '@wherry/core/ports/body';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Starts the call's one deadline, and refuses at once what could not be served in order: too large, or too many waiting. */
export function admit({
  clock,
  maxWaiting,
  maxBodyBytes,
}: Pick<InvokeParts, 'clock' | 'maxWaiting' | 'maxBodyBytes'>): Stage {
  return async (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('admit comes after address');
    const { body } = call.input;
    call.bytesIn = body.length ?? 0;
    if (!isWhole(body) && (body.length ?? 0) > maxBodyBytes) throw tooLarge(body.length ?? 0, maxBodyBytes);
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

export function tooLarge(bytes: number, limit: number): WherryError {
  const what = Number.isFinite(bytes) ? `${bytes} bytes` : 'it';
  return new WherryError('body_too_large', `${what} is more than ${limit} bytes (WHERRY_MAX_BODY)`, {
    component: 'gateway',
  });
}
