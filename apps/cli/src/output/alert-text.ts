import type { AlertEventInfo, AlertInfo, AlertList, SilenceInfo } from '@wherry/wire/alert-lists';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import type { AlertRuleInfo, AlertRuleRequest, AlertTrial } from '@wherry/wire/alert-rules';
import { lastText, toldLines } from './delivery-text.ts';
import { escapeLine } from './escape.ts';
import { type Column, pairs, table } from './table.ts';
import type { Style } from './style.ts';

const at = (text: string): string => text.replace(/\.\d+Z$/, 'Z');

/** Firing first, each with what proves it and what to do. */
export function describeAlerts({ alerts, working, problems }: AlertList, style: Style): string {
  const head = working ? [] : [style.bad(`Alerting does not work: ${problems.map(escapeLine).join('; ')}`)];
  const blocks = alerts.map((alert) => describeAlert(alert, style));
  return [...head, ...blocks].join('\n\n');
}

function describeAlert(alert: AlertInfo, style: Style): string {
  const { state, severity, summary, sentence, valueText, action, since, firingSince } = alert;
  const paint = state === 'firing' ? style.bad : style.warn;
  const title = `${paint(`${state} ${severity ?? ''}`.trim())}  ${escapeLine(state === 'firing' ? summary : sentence)}`;
  const proof = alert.query ?? (alert.pattern === undefined ? '' : `lines that match ${alert.pattern}`);
  const entries: (readonly [string, string])[] = [
    ['rule', `${alert.rule}: ${sentence}`],
    ['value', valueText],
    ['since', at(firingSince ?? since)],
    ['proof', proof],
    ...(state === 'firing' ? toldLines(alert).map((line) => ['told', line] as const) : []),
    ...(state === 'firing' ? [['what to do', action] as const] : []),
  ];
  const shown = entries
    .filter(([, text]) => text !== '')
    .map(([name, text]) => [name, escapeLine(text)] as const);
  return `${title}\n${pairs(shown, '  ')}`;
}

export const ruleColumns: readonly Column<AlertRuleInfo>[] = [
  { head: 'RULE', cell: ({ name }) => name },
  { head: 'STATE', cell: stateOf },
  { head: 'SEVERITY', cell: ({ severity }) => severity ?? '' },
  { head: 'FIRES WHEN', cell: ({ sentence }) => sentence, shrinks: true },
];

function stateOf({ enabled, problem, firing, pending }: AlertRuleInfo): string {
  if (enabled === false) return 'off';
  if (problem !== undefined) return 'failing';
  if (firing > 0) return `${firing} firing`;
  return pending > 0 ? `${pending} pending` : 'quiet';
}

export function describeRule(rule: AlertRuleInfo): string {
  const { logs } = rule;
  const texts = [
    ['rule', `${rule.name}${rule.preset ? ' (came with Wherry)' : ''}`],
    ['fires when', rule.sentence],
    ['state', stateOf(rule)],
    ['problem', rule.problem ?? ''],
    ['query', rule.query ?? ''],
    [
      'logs',
      logs === undefined
        ? ''
        : `${logs.pattern} in ${logs.functions ?? '*'}, ${logs.count ?? 1} within ${logs.within ?? ''}`,
    ],
    ['condition', `${rule.is} ${rule.threshold}${rule.clear === undefined ? '' : `, over at ${rule.clear}`}`],
    ['for', rule.for ?? ''],
    ['keep firing', rule.keepFiring ?? ''],
    ['severity', rule.severity ?? ''],
    ['channels', (rule.channels ?? []).join(', ') || 'all'],
    ['summary', rule.summary ?? ''],
    ['what to do', rule.action ?? ''],
  ] as const;
  return pairs(
    texts.filter(([, text]) => text !== '').map(([name, text]) => [name, escapeLine(text)] as const),
  );
}

/** What a rule gives now, in a sentence. */
export function nowText({ logs, for: held = '0s' }: AlertRuleRequest, trials: readonly AlertTrial[]): string {
  const many = trials.length;
  if (many === 0)
    return logs === undefined
      ? 'Its query gives nothing now: it cannot fire until it does.'
      : 'No line matches now: it fires once one does.';
  const holds = trials.filter((one) => one.holds).length;
  const all = logs === undefined ? `${many} series` : `${many} ${many === 1 ? 'function' : 'functions'}`;
  if (holds === 0) return `Its condition holds for none of ${all} now.`;
  return held === '0s'
    ? `It fires now, for ${holds} of ${all}.`
    : `Its condition holds now for ${holds} of ${all}: it fires once it has for ${held}.`;
}

export function describeTrials(
  rule: Pick<AlertRuleRequest, 'logs'>,
  trials: readonly AlertTrial[],
  width: number,
): string {
  const columns: readonly Column<AlertTrial>[] = [
    { head: 'HOLDS', cell: ({ holds }) => (holds ? 'yes' : 'no') },
    { head: 'VALUE', cell: ({ value, valueText }) => (value === null ? 'none' : valueText), right: true },
    { head: 'SUMMARY', cell: ({ summary }) => summary, shrinks: true },
  ];
  return trials.length === 0 ? nowText(rule, trials) : table(columns, trials, width);
}

export const silenceColumns: readonly Column<SilenceInfo>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'NOW', cell: ({ active }) => (active ? 'quiet' : 'over, or to come') },
  { head: 'UNTIL', cell: ({ until }) => at(until) },
  { head: 'BY', cell: ({ by }) => by },
  { head: 'ALERTS', cell: ({ matchers }) => matchers.join(' '), shrinks: true },
  { head: 'WHY', cell: ({ why }) => why },
];

export const channelColumns: readonly Column<ChannelInfo>[] = [
  { head: 'CHANNEL', cell: ({ name }) => name },
  { head: 'KIND', cell: ({ kind }) => kind },
  {
    head: 'TO',
    cell: ({ mail, origin, function: of }) =>
      mail === undefined ? (origin ?? of ?? '') : `${mail.to?.join(', ')} by ${mail.host}:${mail.port}`,
  },
  { head: 'SECRET', cell: ({ readable }) => (readable ? '' : 'lost: add it again') },
  { head: 'TAKES', cell: ({ matchers = [] }) => matchers.join(' ') || 'everything' },
  {
    head: 'WAIT',
    cell: ({ kind, delivery }) => (kind === 'heartbeat' ? '' : String(delivery?.waiting ?? 0)),
    right: true,
  },
  {
    head: 'DEAD',
    cell: ({ kind, delivery }) => (kind === 'heartbeat' ? '' : String(delivery?.dead ?? 0)),
    right: true,
  },
  {
    head: 'LAST MESSAGE',
    cell: ({ kind, delivery }) =>
      kind === 'heartbeat' || delivery === undefined ? '' : escapeLine(lastText(delivery)),
    shrinks: true,
  },
];

export const eventColumns: readonly Column<AlertEventInfo>[] = [
  { head: 'TIME', cell: (event) => at(event.at) },
  { head: 'WHAT', cell: ({ what }) => what },
  { head: 'RULE', cell: ({ rule }) => rule },
  { head: 'ABOUT', cell: ({ labels = {} }) => labels['function_name'] ?? labels['channel'] ?? '' },
  { head: 'CHANNEL', cell: ({ channel = '' }) => channel },
  { head: 'DELIVERY', cell: ({ delivery = '' }) => delivery },
  { head: 'WHY', cell: ({ says = '' }) => says, shrinks: true },
];
