import type { AlertMatcher, AlertRule, AlertState } from '@wherry/core/alert';
import type { Channel } from '@wherry/core/alert-channel';
import type { Labels } from '@wherry/core/metric';
import type { Fates, MessageFate } from './fates.ts';
import { channelsOf, hears } from './messages.ts';

/** Who is told of an alert. */
export interface Telling {
  readonly deliveries: readonly MessageFate[];
  /** Why nobody is to hear of it, where that is so. */
  readonly nobody?: string;
}

interface Told extends AlertState {
  readonly id: string;
  readonly of: AlertRule | undefined;
}

/** Of alerts, by their ids: what became of the messages that tell of each, and whether anybody is to hear of it at all. */
export async function tellingsOf(
  alerts: readonly Told[],
  fates: Fates,
  all: readonly Channel[],
  takes: (matchers: readonly AlertMatcher[], labels: Labels) => boolean,
): Promise<ReadonlyMap<string, Telling>> {
  const channels = all.filter(({ kind }) => kind !== 'heartbeat');
  const ends = await fates.of(alerts.flatMap(({ messages = [] }) => messages.map(({ id }) => id)));
  return new Map(
    alerts.map((alert) => {
      const deliveries = (alert.messages ?? []).map(
        (one): MessageFate => ({
          ...one,
          ...(ends.get(one.id) ?? { state: 'unknown' }),
        }),
      );
      const heard = channelsOf(alert.of, channels).some((channel) => hears(channel, alert, takes));
      const nobody = channels.length === 0 ? 'there is no channel' : 'no channel takes it';
      return [alert.id, { deliveries, ...(heard ? {} : { nobody }) }];
    }),
  );
}
