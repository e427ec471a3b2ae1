import type {
  AlertGroup,
  AlertMatcher,
  AlertMessage,
  AlertRule,
  AlertState,
  UnsentNotice,
} from '@wherry/core/alert';
import type { Channel, Notice, NoticeAlert } from '@wherry/core/alert-channel';
import type { Labels } from '@wherry/core/metric';
import type { GroupNews } from '@wherry/core/rules/alert-groups';
import { fingerprint } from '@wherry/core/rules/alert-labels';
import { plainLine } from '@wherry/core/rules/alert-text';
import { saidOf } from './saying.ts';

/** Alerts that one message lists; it says how many there are beyond them. */
const mostListed = 50;

/** Who could be told. */
export interface Listeners {
  readonly channels: readonly Channel[];
  /** Whether all matchers take the labels. */
  readonly takes: (matchers: readonly AlertMatcher[], labels: Labels) => boolean;
}

interface MessageParts extends Listeners {
  /** Whether a channel, by its name, is to be told again of what still fires. */
  readonly repeats: (channel: string) => boolean;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
}

/** One message for each channel for which there is news, and in which messages each alert is listed. What is not listed is still to be told. */
export function messagesFor(
  rule: AlertRule | undefined,
  group: AlertGroup,
  news: GroupNews,
  parts: MessageParts,
): {
  readonly unsent: readonly UnsentNotice[];
  readonly by: ReadonlyMap<AlertState, readonly AlertMessage[]>;
} {
  const unsent: UnsentNotice[] = [];
  const by = new Map<AlertState, readonly AlertMessage[]>();
  for (const channel of allTold(parts.channels)) {
    const firing = news.firing.filter((state) => listens(rule, channel, state, parts));
    const known = new Set(firing.filter((state) => wasTold(rule, channel, state, parts)));
    const begun = firing.filter((state) => !known.has(state));
    const over = news.resolved.filter((state) => owes(rule, channel, state, parts));
    if (begun.length + over.length === 0 && !(firing.length > 0 && parts.repeats(channel.name))) continue;
    const id = parts.newId();
    const listed = new Set([...over, ...begun, ...known].slice(0, mostListed));
    for (const state of listed) by.set(state, [...(by.get(state) ?? []), { channel: channel.name, id }]);
    const notice = noticeOf(id, rule, group, { all: [...firing, ...over], listed }, parts);
    unsent.push({ channel: channel.name, id, notice });
  }
  return { unsent, by };
}

/** Whether somebody hears that an alert fires. */
export function isHeard(rule: AlertRule | undefined, state: AlertState, parts: Listeners): boolean {
  return parts.channels.some((channel) => listens(rule, channel, state, parts));
}

/** Channels that are still to be told that an alert is over, but for those of some messages. */
export function owedTo(
  rule: AlertRule | undefined,
  state: AlertState,
  parts: Listeners,
  messages: readonly AlertMessage[] = [],
): readonly AlertMessage[] {
  return allTold(parts.channels)
    .filter((channel) => owes(rule, channel, state, parts))
    .filter(({ name }) => !messages.some((message) => message.channel === name))
    .map(
      ({ name }) => state.messages?.find((message) => message.channel === name) ?? { channel: name, id: '' },
    );
}

function listens(
  rule: AlertRule | undefined,
  channel: Channel,
  state: AlertState,
  { takes }: Listeners,
): boolean {
  return channelsOf(rule, [channel]).length > 0 && hears(channel, state, takes);
}

/** Messages of before they were kept went to whoever takes the alert. */
function wasTold(
  rule: AlertRule | undefined,
  channel: Channel,
  state: AlertState,
  parts: Listeners,
): boolean {
  if (!state.told) return false;
  if (state.messages === undefined) return listens(rule, channel, state, parts);
  return state.messages.some((message) => message.channel === channel.name);
}

/** That it is over concerns whoever heard that it fires, whatever was changed since. */
function owes(rule: AlertRule | undefined, channel: Channel, state: AlertState, parts: Listeners): boolean {
  return channel.resolved && wasTold(rule, channel, state, parts);
}

/** A heartbeat is told nothing. */
function allTold(channels: readonly Channel[]): readonly Channel[] {
  return channels.filter(({ kind }) => kind !== 'heartbeat');
}

/** When each channel that there still is was told last. */
export function toldNow(
  before: AlertGroup['toldTo'],
  unsent: readonly UnsentNotice[],
  channels: readonly Channel[],
  now: number,
): NonNullable<AlertGroup['toldTo']> {
  const told = { ...before, ...Object.fromEntries(unsent.map(({ channel }) => [channel, now])) };
  return Object.fromEntries(
    Object.entries(told).filter(([name]) => channels.some((one) => one.name === name)),
  );
}

/** Who hears of a rule. */
export function channelsOf(rule: AlertRule | undefined, channels: readonly Channel[]): readonly Channel[] {
  const all = allTold(channels);
  if (rule === undefined || rule.channels.length === 0) return all;
  return all.filter(({ name }) => rule.channels.includes(name));
}

/** Whether a channel takes an alert. That it takes nothing is told by the others. */
export function hears(
  { name, matchers }: Channel,
  { rule, labels }: Pick<AlertState, 'rule' | 'labels'>,
  takes: MessageParts['takes'],
): boolean {
  return takes(matchers, labels) && !(rule === 'alert-delivery' && labels['channel'] === name);
}

function noticeOf(
  id: string,
  rule: AlertRule | undefined,
  { rule: name, namespace }: AlertGroup,
  { all, listed }: { readonly all: readonly AlertState[]; readonly listed: ReadonlySet<AlertState> },
  { at, source }: MessageParts,
): Notice {
  const alerts = all.filter((state) => listed.has(state)).map((state) => alertOf(rule, state));
  const [first] = alerts as [NoticeAlert];
  const status = all.some(({ state }) => state === 'firing') ? 'firing' : 'resolved';
  const many = `${all.length} alerts of ${name}${namespace === '' ? '' : ` in ${namespace}`}`;
  const title = all.length === 1 ? first.summary : many;
  return {
    ...{ id, kind: 'alerts', status, rule: name, namespace, severity: rule?.severity ?? 'info' },
    title: plainLine(`${status === 'firing' ? '' : 'Over: '}${title}`, 200),
    ...{ alerts, more: all.length - alerts.length, at, source },
  };
}

function alertOf(rule: AlertRule | undefined, state: AlertState): NoticeAlert {
  const { labels, firingSince, since, resolvedAt } = state;
  const status = state.state === 'resolved' ? 'resolved' : 'firing';
  return {
    ...{ status, labels, ...saidOf(rule, state), startsAt: firingSince ?? since },
    ...(status === 'resolved' && resolvedAt !== undefined ? { endsAt: resolvedAt } : {}),
    fingerprint: fingerprint(labels),
  };
}
