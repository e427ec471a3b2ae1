import type { Fleet } from '@wherry/engine/fleet/fleet';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import type { Status } from '@wherry/wire/function-state';

/** How a version of a function is, in one word; that of the live one is how the function is. */
export function statusOf(fleet: Fleet): Status {
  if (fleet.ready > 0) return 'awake';
  if (fleet.starting) return 'starting';
  if (fleet.backOffMs > 0) return 'backing-off';
  return fleet.crashes > 0 && fleet.lastFailure !== undefined ? 'broken' : 'asleep';
}

/** Why it is not ready, in a sentence; undefined where it is, or sleeps as it should. */
export function reasonOf(fn: ActiveFunction): string | undefined {
  const { lastFailure, backOffMs } = fn.fleet;
  const status = statusOf(fn.fleet);
  if (status === 'awake' || status === 'asleep' || lastFailure === undefined) return undefined;
  return status === 'backing-off'
    ? `${lastFailure.reason}; next try in ${Math.ceil(backOffMs / 1000)} s`
    : lastFailure.reason;
}
