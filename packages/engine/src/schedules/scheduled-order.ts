import { type FunctionName, fullName } from '@wherry/core/names';
import type { Recurrence } from '@wherry/core/ports/calendar';
import { gatewayNames } from '@wherry/core/rules/network-access';
import { cronTopic } from '@wherry/core/rules/schedules';
import { ruleText, type Schedule, type ScheduleRule } from '@wherry/core/schedule';
import type { Order } from '../queue/queue-book.ts';

/** Slots that a crash may leave handed over but not noted: as many as are made up for at most, and one. */
const mostRepeats = 101;
/** What calls from outside have there, too: whoever was asked. */
const host = gatewayNames[0] as string;
const leastKeyMs = 600_000;
const mostKeyMs = 800 * 86_400_000;

/**
 * The call of one slot, as OpenFaaS's cron-connector makes it. With a rule it is that slot's only one, for as long as the same slot can come up again;
 * without, somebody asked for it now.
 */
export function orderFor(
  of: FunctionName,
  schedule: Schedule,
  slot: number,
  by?: { readonly rule: ScheduleRule; readonly recurrence: Recurrence },
): Order {
  const { namespace, name } = of;
  const { body, type } = schedule;
  return {
    of: { namespace, name },
    head: {
      ...{ trigger: 'schedule', target: fullName(of), method: 'POST', path: '/', depth: 0 },
      headers: [
        ...['Host', host],
        ...(type === undefined ? [] : ['Content-Type', type]),
        ...['X-Connector', 'cron-connector', 'X-Topic', cronTopic],
        ...['X-Wherry-Slot', new Date(slot).toISOString()],
      ],
      from: { address: '127.0.0.1', host, scheme: 'http' },
      caller: {
        name: `schedule of ${fullName(of)}`,
        scopes: ['invoke'],
        functions: `${namespace}/${name}`,
      },
    },
    body: new TextEncoder().encode(body),
    ...(by === undefined ? {} : { key: keyOf(by.rule, slot), keyMs: keyMs(by.recurrence, slot) }),
  };
}

/** A caller's key stands behind the caller's name and one line feed, and no header can hold another: none of them can take a slot's. */
function keyOf(rule: ScheduleRule, slot: number): string {
  return `\n\nschedule\n${ruleText(rule)}\n${slot}`;
}

function keyMs(recurrence: Recurrence, slot: number): number {
  const gap = (recurrence.next(slot) ?? slot + mostKeyMs) - slot;
  return Math.min(Math.max(gap * mostRepeats, leastKeyMs), mostKeyMs);
}
