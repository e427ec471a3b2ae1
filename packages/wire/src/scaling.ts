import type { ScalingQuery } from '@wherry/core/ports/scaling-records';
import type { FunctionName } from '@wherry/core/names';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import { integer, refuseQuery, time } from './queries.ts';
import { rfc3339 } from './times.ts';

/** A decision as GET /system/function/{name}/scaling answers it (an array, newest first). */
export interface ScalingDecision extends Omit<ScalingRecord, 'deployment' | 'at'> {
  readonly at: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
}

const usualLimit = 50;
const mostLimit = 1000;

export function encodeScaling({ deployment, at, ...rest }: ScalingRecord): ScalingDecision {
  return { at: rfc3339(at), ...deployment, ...rest };
}

/** Reads `since` and `limit`. Throws `bad_query`. */
export function decodeScalingQuery(target: FunctionName, query: URLSearchParams): ScalingQuery {
  const since = time(query, 'since');
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  return { target, limit, ...(since === undefined ? {} : { since }) };
}
