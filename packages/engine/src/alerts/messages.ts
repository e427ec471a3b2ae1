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

interface MessageParts {
  readonly channels: readonly Channel[];
  /** Whether all matchers take the labels. */
  readonly takes: (matchers: readonly AlertMatcher[], labels: Labels) => boolean;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
}

/** One message for each channel that takes any of the news, and by which of them each alert that fires is told. */
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
  for (const channel of channelsOf(rule, parts.channels)) {
    const takes = (state: AlertState): boolean => hears(channel, state, parts.takes);
    const firing = news.firing.filter(takes);
    const resolved = channel.resolved ? news.resolved.filter(takes) : [];
    if (firing.length + resolved.length === 0) continue;
    const id = parts.newId();
    for (const state of firing) by.set(state, [...(by.get(state) ?? []), { channel: channel.name, id }]);
    unsent.push({ channel: channel.name, id, notice: noticeOf(id, rule, group, [firing, resolved], parts) });
  }
  return { unsent, by };
}

/** Who hears of a rule. */
export function channelsOf(rule: AlertRule | undefined, channels: readonly Channel[]): readonly Channel[] {
  const all = channels.filter(({ kind }) => kind !== 'heartbeat');
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
  [firing, resolved]: readonly [readonly AlertState[], readonly AlertState[]],
  { at, source }: MessageParts,
): Notice {
  const all = [...firing, ...resolved];
  const alerts = all.slice(0, mostListed).map((state) => listed(rule, state));
  const [first] = alerts as [NoticeAlert];
  const status = firing.length > 0 ? 'firing' : 'resolved';
  const many = `${all.length} alerts of ${name}${namespace === '' ? '' : ` in ${namespace}`}`;
  const title = all.length === 1 ? first.summary : many;
  return {
    ...{ id, kind: 'alerts', status, rule: name, namespace, severity: rule?.severity ?? 'info' },
    title: plainLine(`${status === 'firing' ? '' : 'Over: '}${title}`, 200),
    ...{ alerts, more: all.length - alerts.length, at, source },
  };
}

function listed(rule: AlertRule | undefined, state: AlertState): NoticeAlert {
  const { labels, firingSince, since, resolvedAt } = state;
  const status = state.state === 'resolved' ? 'resolved' : 'firing';
  return {
    ...{ status, labels, ...saidOf(rule, state), startsAt: firingSince ?? since },
    ...(status === 'resolved' && resolvedAt !== undefined ? { endsAt: resolvedAt } : {}),
    fingerprint: fingerprint(labels),
  };
}
