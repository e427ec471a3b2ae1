import type { Report, ReportedChange, ReportTotals } from '@wherry/core/report';
import { momentIn, periodTitle } from './period-names.ts';

/** A part of a report: rows under heads, the first column of text and the others of numbers where `numbers` says so. */
export interface Section {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly numbers: boolean;
  /** What is left out, in a sentence. */
  readonly note?: string;
}

/** A report in words, before it is text or a page. */
export interface Said {
  readonly title: string;
  readonly about: string;
  /** The numbers that matter most, in one line. */
  readonly brief: string;
  readonly sections: readonly Section[];
  readonly gaps: readonly string[];
}

export function said(report: Report): Said {
  const { every, zone, namespace, from, to, figures } = report;
  const whose = namespace === undefined ? 'all functions' : `namespace ${namespace}`;
  const hours = Math.round((to - from) / 360_000) / 10;
  return {
    title: `${{ day: 'Daily', week: 'Weekly', month: 'Monthly' }[every]} report: ${periodTitle(every, zone, report)}`,
    about: `${whose}; ${momentIn(zone, from)} to ${momentIn(zone, to)}, ${zone} (${hours} hours); compared with the ${every} before`,
    brief: briefly(figures.totals, figures.before),
    sections: [
      totals(figures.totals, figures.before),
      functions(report),
      failures(report),
      changes('Deployed and changed', figures.deploys, figures.deployCount, zone),
      ...security(report),
    ],
    gaps: figures.gaps,
  };
}

function briefly(now: ReportTotals, before: ReportTotals): string {
  const than = change(now.calls, before.calls);
  return [
    `${whole(now.calls)} ${now.calls === 1 ? 'call' : 'calls'}${than === '' ? '' : ` (${than})`}`,
    `${whole(now.errors)} ${now.errors === 1 ? 'error' : 'errors'}`,
    ...(now.p95 === undefined ? [] : [`95 % within ${duration(now.p95)}`]),
    `${decimal(now.gbSeconds)} GB-seconds`,
  ].join(', ');
}

function totals(now: ReportTotals, before: ReportTotals): Section {
  const row = (
    name: string,
    of: (totals: ReportTotals) => number | undefined,
    say: (n: number) => string,
  ) => {
    const [is, was] = [of(now), of(before)];
    const text = (value: number | undefined): string => (value === undefined ? '–' : say(value));
    return [name, text(is), text(was), change(is, was)];
  };
  const share = ({ calls, errors }: ReportTotals): number | undefined =>
    calls === 0 ? undefined : (100 * errors) / calls;
  return {
    title: 'In all',
    heads: ['', 'now', 'before', 'change'],
    numbers: true,
    rows: [
      row('calls', ({ calls }) => calls, whole),
      row('errors (500 and more)', ({ errors }) => errors, whole),
      row('errors of all calls', share, (value) => `${value.toFixed(2)} %`),
      row('half of the calls within', ({ p50 }) => p50, duration),
      row('95 % within', ({ p95 }) => p95, duration),
      row('99 % within', ({ p99 }) => p99, duration),
      row('cold starts', ({ cold }) => cold, whole),
      row('waited for starts', ({ wakeSeconds }) => wakeSeconds, duration),
      row('GB-seconds', ({ gbSeconds }) => gbSeconds, decimal),
      row('processor seconds', ({ cpuSeconds }) => cpuSeconds, decimal),
    ],
  };
}

function functions({ figures }: Report): Section {
  const beyond = figures.functionCount - figures.functions.length;
  return {
    title: 'Functions with the most calls',
    heads: ['function', 'calls', 'change', 'errors', 'before', '95 % within', 'cold', 'GB-seconds'],
    numbers: true,
    rows: figures.functions.map((one) => [
      `${one.name}.${one.namespace}`,
      whole(one.calls),
      change(one.calls, one.callsBefore),
      whole(one.errors),
      whole(one.errorsBefore),
      one.p95 === undefined ? '–' : duration(one.p95),
      whole(one.cold),
      decimal(one.gbSeconds),
    ]),
    ...(beyond > 0 ? { note: `${beyond} more were called` } : {}),
  };
}

function failures({ figures }: Report): Section {
  return {
    title: 'Most failures',
    heads: ['function', 'status', 'calls', 'before'],
    numbers: true,
    rows: figures.failures.map((one) => [
      `${one.name}.${one.namespace}`,
      String(one.status),
      whole(one.calls),
      whole(one.callsBefore),
    ]),
  };
}

function changes(title: string, all: readonly ReportedChange[], count: number, zone: string): Section {
  return {
    title,
    heads: ['when', 'who', 'what', 'on'],
    numbers: false,
    rows: all.map(({ at, who, what, on }) => [momentIn(zone, at), who, what, on]),
    ...(count > all.length ? { note: `${count - all.length} more: wherry audit list` } : {}),
  };
}

function security({ figures: { security: events }, zone }: Report): readonly Section[] {
  if (events === undefined) return [];
  const shown = events.refusals.reduce((sum, { count }) => sum + count, 0);
  return [
    {
      title: 'Refused',
      heads: ['why', 'who', 'times'],
      numbers: false,
      rows: events.refusals.map(({ error, who, count }) => [error, who, whole(count)]),
      ...(events.refusalCount > shown ? { note: `${events.refusalCount - shown} more` } : {}),
    },
    changes('Tokens, keys and what was taken along', events.changes, events.changeCount, zone),
  ];
}

function change(now = 0, before = 0): string {
  if (before === 0) return now === 0 ? '' : 'new';
  const percent = Math.round((100 * (now - before)) / before);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');
const decimal = (value: number): string =>
  value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 3 : 0 });

function duration(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${(seconds * 1000).toPrecision(3)} ms`;
  return seconds < 120 ? `${seconds.toPrecision(3)} s` : `${whole(seconds / 60)} min`;
}
