import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery } from '@wherry/core/ports/call-records';
import { printable } from '@wherry/core/names';
import { flag, functionNamed, integer, parameter, refuseQuery, time, wholeNamespace } from './queries.ts';
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

/** Which calls are listed. */
export interface CallListQuery extends CallQuery {
  /** Only those that were answered with 500 or more, as exports mean it. */
  readonly failed?: boolean;
  /** Only those that had to wake an instance. */
  readonly cold?: boolean;
  /** Only those of its functions; where one function is meant, `target` has it. */
  readonly namespace?: string;
}

/** Reads `function`, `namespace`, `id`, `instance`, `trace`, `failed`, `cold`, `since`, `until`, `before`, `beforeStart`, `limit`. Throws `bad_query`. */
export function decodeCallQuery(query: URLSearchParams): CallListQuery {
  const name = parameter(query, 'function');
  const id = parameter(query, 'id');
  const instance = parameter(query, 'instance');
  const trace = traceOf(query);
  const namespace = wholeNamespace(query);
  const [failed, cold] = [flag(query, 'failed'), flag(query, 'cold')];
  const [since, until] = [time(query, 'since'), time(query, 'until')];
  const before = beforeIn(query);
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  return {
    limit,
    ...(name === undefined ? {} : { target: functionNamed(name, parameter(query, 'namespace')) }),
    ...(id === undefined ? {} : { id }),
    ...(instance === undefined ? {} : { instance }),
    ...(trace === undefined ? {} : { trace }),
    ...(failed ? { failed } : {}),
    ...(cold ? { cold } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(before === undefined ? {} : { before }),
  };
}

/** The last call of the page before: tried several times it has one id, and each attempt its own start. */
function beforeIn(query: URLSearchParams): CallQuery['before'] {
  const [id, startedAt] = [parameter(query, 'before'), time(query, 'beforeStart')];
  if (id !== undefined && startedAt !== undefined) return { id, startedAt };
  if (id === undefined && startedAt === undefined) return undefined;
  return refuseQuery('before', 'before and beforeStart go together: id and startedAt of one call');
}

/** The id of a trace, or the whole `traceparent` that it stands in. */
function traceOf(query: URLSearchParams): string | undefined {
  const text = parameter(query, 'trace')?.trim().toLowerCase();
  if (text === undefined) return undefined;
  const found = /^(?:[0-9a-f]{2}-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2}.*)?$/.exec(text);
  return found?.[1] ?? refuseQuery('trace', `${printable(text)} is not 32 hexadecimal digits`);
}
