import { parseFullName } from '@wherry/core/names';
import type { CallQueue } from '@wherry/core/ports/call-queue';
import type { QueuedCall, QueueState } from '@wherry/core/queued-call';
import { channelOf, noticesOf, reportsOf } from './notices.ts';

const pageOf = 1_000;

/** What of a lane is in one of some states, newest first. A lane that is of no function is looked for among all there is. */
export async function callsInLane(
  queue: Pick<CallQueue, 'find'>,
  lane: string,
  states: readonly QueueState[],
): Promise<readonly QueuedCall[]> {
  const subjects = channelOf(lane) === undefined ? [parseFullName(lane)] : [noticesOf, reportsOf];
  const found: QueuedCall[] = [];
  for (const subject of subjects)
    for (const state of states)
      for (let before: string | undefined; ; ) {
        const page = await queue.find({
          ...{ state, limit: pageOf },
          ...(subject === undefined ? {} : { of: subject }),
          ...(before === undefined ? {} : { before }),
        });
        found.push(...page.filter(({ item }) => item.lane === lane));
        before = page.at(-1)?.item.id;
        if (page.length < pageOf) break;
      }
  return found;
}
