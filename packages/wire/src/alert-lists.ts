import type {
  AlertEvent,
  AlertRule,
  AlertState,
  Comparison,
  Severity,
  Silence,
  Unit,
} from '@wherry/core/alert';
import type { Labels } from '@wherry/core/metric';
import { functionIn } from '@wherry/core/rules/alert-labels';
import { durationMs } from '@wherry/core/rules/quantity';
import { matcherText, parseMatcher } from './alert-matchers.ts';
import { Fields, refuseValue } from './fields.ts';
import { integer, parameter, refuseQuery } from './queries.ts';
import { parseRfc3339, rfc3339 } from './times.ts';

/** One alert: what is wrong, what proves it, and what to do. */
export interface AlertInfo {
  readonly id: string;
  readonly rule: string;
  readonly state: 'pending' | 'firing';
  readonly severity?: Severity;
  readonly labels: Labels;
  /** Of these, those that tell its series from the others of the query. */
  readonly series: Labels;
  /** Where it is about a function. */
  readonly name?: string;
  readonly namespace?: string;
  readonly value: number | null;
  /** The value as people read it. */
  readonly valueText: string;
  readonly sentence: string;
  readonly summary: string;
  readonly action: string;
  /** Since when the condition holds, and since when it fires. */
  readonly since: string;
  readonly firingSince?: string;
  /** Ids of silences: nobody is told of it. */
  readonly silencedBy: readonly string[];
  /** Whether a message that tells of it arrived. */
  readonly told: boolean;
  /** The last message to each channel; only to those who may see everything. */
  readonly deliveries: readonly AlertDelivery[];
  /** Why nobody will be told, where that is so. */
  readonly nobody?: string;
  /** The query of which this is one series, or the pattern that lines match. */
  readonly query?: string;
  readonly pattern?: string;
  readonly is?: Comparison;
  readonly threshold?: number;
  readonly unit?: Unit;
  /** The last line that matched. */
  readonly line?: string;
}

/** What became of a message. */
export interface AlertDelivery {
  readonly channel: string;
  /** The queued call or delivery. */
  readonly delivery: string;
  /** `queued`: it is tried again. `unknown`: it is too long ago. */
  readonly state: 'queued' | 'sent' | 'failed' | 'unknown';
  readonly attempts?: number;
  /** The last cause, where it did not arrive. */
  readonly says?: string;
}

export interface AlertList {
  readonly alerts: readonly AlertInfo[];
  readonly working: boolean;
  readonly lastEvaluationSeconds: number;
  /** What keeps alerting from working. */
  readonly problems: readonly string[];
}

export interface SilenceInfo {
  readonly id: string;
  readonly matchers: readonly string[];
  readonly from: string;
  readonly until: string;
  readonly by: string;
  readonly why: string;
  readonly active: boolean;
}

export interface SilenceRequest {
  readonly matchers: readonly string[];
  /** From when; now unless given. */
  readonly from?: string;
  /** Until when, or for how long. */
  readonly until?: string;
  readonly for?: string;
  readonly why?: string;
}

export interface AlertEventInfo extends Omit<AlertEvent, 'at'> {
  readonly at: string;
}

/** What of the history is asked for. */
export interface EventQuery {
  readonly what?: string;
  readonly rule?: string;
  readonly channel?: string;
  readonly limit: number;
}

interface Told extends AlertState {
  readonly id: string;
  readonly valueText: string;
  readonly sentence: string;
  readonly summary: string;
  readonly action: string;
  readonly silencedBy: readonly string[];
  readonly of: AlertRule | undefined;
}

/** What is known of who is told of an alert. */
interface Telling {
  readonly deliveries: readonly (Omit<AlertDelivery, 'delivery'> & { readonly id: string })[];
  readonly nobody?: string;
}

/** `everything`: it is for somebody who may see all channels. */
export function encodeAlert(alert: Told, { deliveries, nobody }: Telling, everything = true): AlertInfo {
  const { id, rule, state, labels, value, valueText, sentence, summary, action, of } = alert;
  const proof = of?.source;
  return {
    ...{ id, rule, state: state === 'firing' ? 'firing' : 'pending', labels, ...functionIn(labels) },
    series: seriesOf(labels, of),
    ...(of === undefined ? {} : { severity: of.severity, is: of.is, threshold: of.threshold, unit: of.unit }),
    value: Number.isFinite(value) ? value : null,
    ...{ valueText, sentence, summary, action, since: rfc3339(alert.since) },
    ...(alert.firingSince === undefined ? {} : { firingSince: rfc3339(alert.firingSince) }),
    silencedBy: alert.silencedBy,
    told: deliveries.some((one) => one.state === 'sent'),
    deliveries: everything ? deliveries.map(({ id: delivery, ...one }) => ({ delivery, ...one })) : [],
    ...(nobody === undefined ? {} : { nobody }),
    ...(proof?.kind === 'query' ? { query: proof.text } : {}),
    ...(proof?.kind === 'logs' ? { pattern: proof.pattern } : {}),
    ...(alert.line === undefined ? {} : { line: alert.line }),
  };
}

/** Without those that the rule put there. */
function seriesOf(labels: Labels, of: AlertRule | undefined): Labels {
  const added = new Set(['alertname', 'severity', ...Object.keys(of?.labels ?? {})]);
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !added.has(name)));
}

export function encodeSilence({ id, matchers, from, until, by, why }: Silence, now: number): SilenceInfo {
  return {
    ...{ id, matchers: matchers.map(matcherText), from: rfc3339(from), until: rfc3339(until) },
    ...{ by, why, active: from <= now && now < until },
  };
}

/** Throws `bad_value`, `bad_json`. */
export function decodeSilence(body: unknown, by: string, now: number): Omit<Silence, 'id'> {
  const fields = new Fields(body);
  fields.only(['matchers', 'from', 'until', 'for', 'why'], ['id', 'by', 'active']);
  const from = moment(fields, 'from') ?? now;
  const length = fields.text('for');
  const until = length === undefined ? moment(fields, 'until') : from + durationMs('for', length);
  return {
    matchers: (fields.list('matchers') ?? []).map((text, i) => parseMatcher(`matchers[${i}]`, text)),
    ...{ from, until: until ?? refuseValue('until', 'missing; say until when, or for how long'), by },
    why: fields.text('why') ?? '',
  };
}

export function encodeEvent({ at, ...event }: AlertEvent): AlertEventInfo {
  return { ...event, at: rfc3339(at) };
}

const usualLimit = 50;
const mostLimit = 1_000;

/** Throws `bad_query`. */
export function decodeEventQuery(query: URLSearchParams): EventQuery {
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  const texts = (['what', 'rule', 'channel'] as const).flatMap((key) => {
    const value = parameter(query, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { limit, ...Object.fromEntries(texts) };
}

function moment(fields: Fields, name: string): number | undefined {
  const text = fields.text(name);
  if (text === undefined) return undefined;
  return parseRfc3339(text) ?? refuseValue(name, 'not an RFC 3339 time such as 2026-01-31T12:00:00Z');
}
