import type { CallQuery } from '@wherry/core/ports/call-records';

/** A start is told to people in whole microseconds. */
export const startSlackMs = 0.001;

/** What a query for all before a call means where that call is on record no more. */
export function begunBy<Query extends Omit<CallQuery, 'limit'>>(
  query: Query,
  before: CallQuery['before'],
): Query {
  if (before === undefined) return query;
  return { ...query, until: Math.min(query.until ?? Infinity, before.startedAt) };
}
