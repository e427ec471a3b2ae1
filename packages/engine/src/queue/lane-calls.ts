import { parseFullName } from '@wherry/core/names';
import type { CallQueue } from '@wherry/core/ports/call-queue';
import type { QueuedCall, QueueState } from '@wherry/core/queued-call';
import { channelOf, noticesOf, reportsOf } from './notices.ts';

const pageOf = 1_000;

/**
 * What of a lane is in one of some states, of each state newest first. A lane that is of no function is looked for among all there is. What
 * ran when those that wait were read, and waits to be tried again when those that run were, is seen at the second look.
 */
export async function callsInLane(
  queue: Pick<CallQueue, 'find'>,
  lane: string,
  states: readonly QueueState[],
): Promise<readonly QueuedCall[]> {
  const subjects = channelOf(lane) === undefined ? [parseFullName(lane)] : [noticesOf, reportsOf];
  const found = new Map<string, QueuedCall>();
  const looks = states.includes('running') ? [...states, 'waiting' as const] : states;
  for (const subject of subjects)
    for (const state of looks)
      for (let before: string | undefined; ; ) {
        const page = await queue.find({
          ...{ state, limit: pageOf },
          ...(subject === undefined ? {} : { of: subject }),
          ...(before === undefined ? {} : { before }),
        });
        for (const one of page) if (one.item.lane === lane) found.set(one.item.id, one);
        before = page.at(-1)?.item.id;
        if (page.length < pageOf) break;
      }
  return [...found.values()];
}
