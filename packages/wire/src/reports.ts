import { checkName, isName, printable } from '@wherry/core/names';
import {
  type Report,
  type ReportDelivery,
  type ReportedChange,
  type ReportFigures,
  type ReportLength,
  reportLengths,
  type ReportSubscription,
} from '@wherry/core/report';
import { zoneNamed } from '@wherry/core/rules/schedules';
import { momentOfDay } from './days.ts';
import { Fields, refuseValue } from './fields.ts';
import { refuseQuery } from './queries.ts';
import { parseRfc3339, rfc3339 } from './times.ts';

/** A report as GET /system/reports lists it (an array, newest first). */
export interface ReportInfo extends Omit<Report, 'figures' | 'from' | 'to' | 'madeAt' | 'deliveries'> {
  readonly from: string;
  /** Not in it. */
  readonly to: string;
  readonly madeAt: string;
  /** Only for admins. */
  readonly deliveries?: readonly (Omit<ReportDelivery, 'at'> & { readonly at?: string })[];
}

/** A report as GET /system/reports/{id}?format=json answers it. */
export interface ReportDetail extends ReportInfo {
  readonly figures: Omit<ReportFigures, 'deploys' | 'security'> & {
    readonly deploys: readonly ChangeInfo[];
    readonly security?: Omit<NonNullable<ReportFigures['security']>, 'changes'> & {
      readonly changes: readonly ChangeInfo[];
    };
  };
}

type ChangeInfo = Omit<ReportedChange, 'at'> & { readonly at: string };

/** A subscription, and what POST /system/report-subscriptions takes but for `since`. */
export interface SubscriptionInfo extends Omit<ReportSubscription, 'at' | 'since'> {
  /** `07:00`, there. */
  readonly at: string;
  /** Periods that end later are reported. */
  readonly since: string;
  /** When the next report is made; absent while it rests. */
  readonly nextAt?: string;
}

export interface SubscriptionRequest {
  readonly name: string;
  readonly every: ReportLength;
  readonly zone?: string;
  readonly at?: string;
  readonly namespace?: string;
  readonly channels: readonly string[];
}

/** What POST /system/reports takes. */
export interface ReportRequest {
  readonly every?: ReportLength;
  readonly zone?: string;
  readonly namespace?: string;
  /** A day of the zone (2026-01-31) or a moment (RFC 3339) in the period; the last one that is over where it is absent. */
  readonly of?: string;
  /** Who gets it; nobody where it is absent. Previews are sent to nobody. */
  readonly channels?: readonly string[];
}

const mostChannels = 20;

export function encodeReport(report: Omit<Report, 'figures'>, admin: boolean): ReportInfo {
  const { id, subscription, every, zone, namespace, from, to, madeAt, deliveries } = report;
  return {
    ...{ id, subscription, every, zone, from: rfc3339(from), to: rfc3339(to), madeAt: rfc3339(madeAt) },
    ...(namespace === undefined ? {} : { namespace }),
    ...(admin ? { deliveries: deliveries.map(encodeDelivery) } : {}),
  };
}

export function encodeReportDetail(report: Report, admin: boolean): ReportDetail {
  const { deploys, security, ...figures } = report.figures;
  return {
    ...encodeReport(report, admin),
    figures: {
      ...figures,
      deploys: deploys.map(encodeChange),
      ...(security === undefined
        ? {}
        : { security: { ...security, changes: security.changes.map(encodeChange) } }),
    },
  };
}

function encodeDelivery({ at, ...rest }: ReportDelivery) {
  return { ...rest, ...(at === undefined ? {} : { at: rfc3339(at) }) };
}

function encodeChange({ at, ...rest }: ReportedChange): ChangeInfo {
  return { ...rest, at: rfc3339(at) };
}

export function encodeSubscription(
  { at, since, ...rest }: ReportSubscription,
  nextAt: number | undefined,
): SubscriptionInfo {
  const next = nextAt === undefined ? {} : { nextAt: rfc3339(nextAt) };
  const two = (part: number): string => String(part).padStart(2, '0');
  return { ...rest, at: `${two(Math.floor(at / 60))}:${two(at % 60)}`, since: rfc3339(since), ...next };
}

/** Throws `bad_json`, `bad_name`, `bad_value`. */
export function decodeSubscription(body: unknown): Omit<ReportSubscription, 'since'> {
  const fields = new Fields(body);
  const channels = channelsIn(fields);
  if (channels.length === 0) refuseValue('channels', 'missing; name one at least');
  const time = fields.text('at') ?? '07:00';
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === undefined) refuseValue('at', `${printable(time)} is no time of day such as 07:00`);
  return {
    name: checkName('token', fields.text('name')),
    every: lengthOf(fields) ?? refuseValue('every', `missing; one of ${reportLengths.join(', ')}`),
    at: Number(hours) * 60 + Number(minutes),
    channels,
    ...whose(fields),
  };
}

/** Throws `bad_json`, `bad_value`. */
export function decodeReportWish(body: unknown): {
  readonly every: ReportLength;
  readonly zone: string;
  readonly namespace?: string;
  readonly of?: number;
  readonly channels: readonly string[];
} {
  const fields = new Fields(body);
  const text = fields.text('of');
  const about = whose(fields);
  const of = text === undefined ? undefined : (momentOfDay(text, about.zone) ?? parseRfc3339(text));
  if (text !== undefined && of === undefined)
    return refuseValue(
      'of',
      `${printable(text)} is no day such as 2026-01-31 in ${about.zone}, nor a time such as 2026-01-31T12:00:00Z`,
    );
  const channels = channelsIn(fields);
  return {
    every: lengthOf(fields) ?? 'day',
    channels,
    ...about,
    ...(of === undefined ? {} : { of }),
  };
}

function channelsIn(fields: Fields): readonly string[] {
  const channels = new Set(fields.list('channels'));
  if (channels.size > mostChannels) refuseValue('channels', `more than ${mostChannels}`);
  return [...channels];
}

export const reportFormats = ['html', 'text', 'json'] as const;

export function decodeReportFormat(query: URLSearchParams): (typeof reportFormats)[number] {
  const asked = query.get('format') ?? 'html';
  return (
    reportFormats.find((one) => one === asked) ?? refuseQuery('format', `none of ${reportFormats.join(', ')}`)
  );
}

function lengthOf(fields: Fields): ReportLength | undefined {
  const text = fields.text('every');
  if (text === undefined) return undefined;
  const usual = { daily: 'day', weekly: 'week', monthly: 'month' }[text] ?? text;
  return (
    reportLengths.find((one) => one === usual) ??
    refuseValue('every', `${printable(text)} is none of ${reportLengths.join(', ')}`)
  );
}

function whose(fields: Fields): { readonly zone: string; readonly namespace?: string } {
  const namespace = fields.text('namespace');
  if (namespace !== undefined && !isName(namespace))
    return refuseValue('namespace', `${printable(namespace)} is not the name of a namespace`);
  const zone = zoneNamed('zone', fields.text('zone') ?? 'UTC');
  return { zone, ...(namespace === undefined ? {} : { namespace }) };
}
