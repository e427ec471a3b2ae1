import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';
import { withCancel } from './waiting.ts';

/** Wakes a sleeping function: one start, shared by all calls that wait for it. */
export function wake({ clock }: Pick<InvokeParts, 'clock'>): Stage {
  return (call, next) => {
    const fleet = call.fleet;
    if (fleet === undefined) throw new Error('wake comes after address');
    if (fleet.awake) return next(call);
    call.cold = true;
    const from = clock.monotonic();
    fleet.sleepless += 1;
    return withCancel(call, fleet.wake())
      .finally(() => {
        fleet.sleepless -= 1;
        call.wakeMs = clock.monotonic() - from;
      })
      .then(() => next(call));
  };
}
