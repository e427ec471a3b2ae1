import type { FunctionStatus } from '@wherry/wire/function-status';
import type { Style } from '../output/style.ts';

/** How a function is, in a word; from a gateway that is not ours, as far as its numbers tell. */
export function statusOf({ wherryStatus, availableReplicas, replicas }: FunctionStatus): string {
  if (wherryStatus !== undefined) return wherryStatus;
  if ((availableReplicas ?? 0) > 0) return 'awake';
  return (replicas ?? 0) > 0 ? 'starting' : 'asleep';
}

export function paintStatus(status: string, text: string, style: Style): string {
  if (status === 'broken') return style.bad(text);
  if (status === 'backing-off' || status === 'starting') return style.warn(text);
  return status === 'awake' ? style.good(text) : style.dim(text);
}
