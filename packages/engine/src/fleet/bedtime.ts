import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Fleet } from './fleet.ts';

const lookMs = 250;

/** Puts functions to sleep that have been idle for as long as they said. Looks only while somebody is awake. */
export function bedtime(
  clock: Clock,
  fleets: () => Iterable<Fleet>,
  problem: (message: string) => void,
): Cancel {
  return clock.every(lookMs, async () => {
    const now = clock.monotonic();
    for (const fleet of fleets()) {
      const since = fleet.idleSince;
      if (since === undefined || now - since < fleet.policy.idleMs) continue;
      fleet
        .sleep(`no call for ${fleet.policy.idleMs / 1000} s`)
        .catch((error: Error) => problem(error.message));
    }
  });
}
