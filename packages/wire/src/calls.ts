import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery } from '@wherry/core/ports/call-records';
import { printable } from '@wherry/core/names';
import { functionNamed, integer, parameter, refuseQuery, time } from './queries.ts';
import { rfc3339 } from './times.ts';

/** A call as GET /system/calls answers it (an array, newest first). */
export interface Call extends Omit<CallRecord, 'deployment' | 'startedAt'> {
  readonly startedAt: string;
  /** Of the function that took it; absent where none was found. */
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: number;
  /** Its bodies are kept: GET /system/calls/{id}/capture. */
  readonly captured?: boolean;
}

const usualLimit = 50;
const mostLimit = 1000;

export function encodeCall({ deployment, startedAt, ...rest }: CallRecord, captured = false): Call {
  return { ...rest, ...deployment, startedAt: rfc3339(startedAt), ...(captured ? { captured } : {}) };
}

/** Reads `function`, `namespace`, `id`, `instance`, `trace`, `since`, `until`, `limit`. Throws `bad_query`. */
export function decodeCallQuery(query: URLSearchParams): CallQuery {
  const name = parameter(query, 'function');
  const id = parameter(query, 'id');
  const instance = parameter(query, 'instance');
  const trace = traceOf(query);
  const [since, until] = [time(query, 'since'), time(query, 'until')];
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  return {
    limit,
    ...(name === undefined ? {} : { target: functionNamed(name, parameter(query, 'namespace')) }),
    ...(id === undefined ? {} : { id }),
    ...(instance === undefined ? {} : { instance }),
    ...(trace === undefined ? {} : { trace }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The id of a trace, or the whole `traceparent` that it stands in. */
function traceOf(query: URLSearchParams): string | undefined {
  const text = parameter(query, 'trace')?.trim().toLowerCase();
  if (text === undefined) return undefined;
  const found = /^(?:[0-9a-f]{2}-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2}.*)?$/.exec(text);
  return found?.[1] ?? refuseQuery('trace', `${printable(text)} is not 32 hexadecimal digits`);
}
