import { isWhole } from '@wherry/core/ports/body';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';
import { cancelledError } from './waiting.ts';
import { NotSent } from './not-sent.ts';

/** Another instance is asked at most so often, and only where not a byte of the call had been sent. */
const maxAttempts = 3;

/** Takes a place in the least busy instance, or waits in line for one. */
export function choose({ clock }: Pick<InvokeParts, 'clock'>): Stage {
  return async (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('choose comes after address');
    const small = isWhole(call.input.body);
    for (let attempt = 1; ; attempt++) {
      let member = fleet.place(small);
      if (member === undefined) {
        const from = clock.monotonic();
        const place = fleet.line(small);
        call.running = { cancel: () => place.leave(cancelledError(call)), resume() {} };
        if (call.cancelled !== undefined) place.leave(cancelledError(call));
        try {
          member = await place.taken;
        } finally {
          call.running = undefined;
          call.waitMs += clock.monotonic() - from;
        }
      }
      call.member = member;
      try {
        return await next(call);
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        if (attempt === maxAttempts) throw error.explained();
      }
    }
  };
}
