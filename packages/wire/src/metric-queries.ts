import { printable } from '@wherry/core/names';
import type { InstantQuery, MetadataQuery, RangeQuery } from '@wherry/core/ports/queries';
import { type ErrorCode, reportOf, WherryError } from '@wherry/core/errors';
import { parseRfc3339 } from './times.ts';

/** What Prometheus's HTTP API answers with: https://prometheus.io/docs/prometheus/latest/querying/api/ */
export type QueryAnswer<T = unknown> =
  | { readonly status: 'success'; readonly data: T }
  | {
      readonly status: 'error';
      readonly errorType: string;
      readonly error: string;
    };

/** Parameters of a query, from the address or a form. Throws `query_refused`. */
export function decodeInstantQuery(form: URLSearchParams, now: number): InstantQuery {
  return { text: textOf(form), at: timeOf(form, 'time') ?? now };
}

export function decodeRangeQuery(form: URLSearchParams): RangeQuery {
  return {
    text: textOf(form),
    start: timeOf(form, 'start') ?? refuse('start: missing'),
    end: timeOf(form, 'end') ?? refuse('end: missing'),
    stepMs: spanOf(form, 'step') ?? refuse('step: missing'),
  };
}

/** Over all of the history where no time is said. */
export function decodeMetadataQuery(form: URLSearchParams, now: number): MetadataQuery {
  return {
    matches: form.getAll('match[]'),
    from: timeOf(form, 'start') ?? 0,
    to: timeOf(form, 'end') ?? now,
  };
}

/** How long the asker waits at most, in milliseconds. */
export const timeoutOf = (form: URLSearchParams): number | undefined => spanOf(form, 'timeout');

function textOf(form: URLSearchParams): string {
  return form.get('query') || refuse('query: missing');
}

/** Seconds since 1970, or RFC 3339. */
function timeOf(form: URLSearchParams, name: string): number | undefined {
  const text = form.get(name);
  if (text === null || text === '') return undefined;
  const ms = plain.test(text) ? Number(text) * 1000 : parseRfc3339(text);
  if (ms === undefined || !Number.isFinite(ms))
    return refuse(`${name}: ${printable(text)} is neither seconds since 1970 nor an RFC 3339 time`);
  return Math.round(ms);
}

/** Seconds, or `15s`, `1h30m`. */
function spanOf(form: URLSearchParams, name: string): number | undefined {
  const text = form.get(name);
  if (text === null || text === '') return undefined;
  if (plain.test(text)) return Math.round(Number(text) * 1000);
  if (units.test(text)) return inMs(text);
  return refuse(`${name}: ${printable(text)} is no duration such as 15s or 1h30m`);
}

const plain = /^-?\d{1,15}(?:\.\d{1,12})?(?:e[+-]?\d{1,2})?$/i;
const unitMs = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
} as const;
const units = /^(?:\d{1,12}(?:ms|[smhdwy])){1,7}$/;
const part = /(\d+)(ms|[smhdwy])/g;

const inMs = (text: string): number =>
  [...text.matchAll(part)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitMs[unit as keyof typeof unitMs],
    0,
  );

const errorTypes: Partial<Record<ErrorCode, string>> = {
  query_refused: 'bad_data',
  query_failed: 'execution',
  query_too_large: 'execution',
  too_much_asked: 'execution',
  query_out_of_time: 'timeout',
  query_abandoned: 'canceled',
};

/** An error as Prometheus's API has it, with our code and next step beside it; undefined for what is none of a query. */
export function encodeQueryError(error: WherryError): (QueryAnswer & { status: 'error' }) | undefined {
  const errorType = errorTypes[error.code];
  if (errorType === undefined) return undefined;
  const { cause, ...rest } = reportOf(error);
  return { status: 'error', errorType, error: cause, ...rest };
}

function refuse(cause: string): never {
  throw new WherryError('query_refused', cause, { component: 'wire' });
}
