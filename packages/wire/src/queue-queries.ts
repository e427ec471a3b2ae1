import type { QueueQuery } from '@wherry/core/ports/call-queue';
import type { QueueState } from '@wherry/core/queued-call';
import { functionNamed, integer, parameter, refuseQuery, wholeNamespace } from './queries.ts';

/** Which calls are listed. */
export interface QueueListQuery extends QueueQuery {
  /** Only those of its functions; where one function is meant, `of` has it. */
  readonly namespace?: string;
}

const states: readonly string[] = ['waiting', 'running', 'done', 'dead', 'cancelled'];
const usualLimit = 50;
const mostLimit = 1000;

/** Reads `function`, `namespace`, `lane`, `state`, `before` (an id), `limit`. Throws `bad_query`. */
export function decodeQueueQuery(query: URLSearchParams): QueueListQuery {
  const name = parameter(query, 'function');
  const state = parameter(query, 'state');
  const [before, lane] = [parameter(query, 'before'), parameter(query, 'lane')];
  const namespace = wholeNamespace(query);
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  if (state !== undefined && !states.includes(state))
    return refuseQuery('state', `none of ${states.join(', ')}`);
  return {
    limit,
    ...(name === undefined ? {} : { of: functionNamed(name, parameter(query, 'namespace')) }),
    ...(state === undefined ? {} : { state: state as QueueState }),
    ...(before === undefined ? {} : { before }),
    ...(lane === undefined ? {} : { lane }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
