import type { Exit } from '@wherry/core/instance';
import type { ExitQuery } from '@wherry/core/ports/log-archive';
import { type ExitState, encodeExit } from './function-state.ts';
import { functionNamed, integer, parameter, refuseQuery, time } from './queries.ts';

/** An instance that is gone, as GET /system/instances/ended answers it (an array, newest first). */
export interface EndedInstance extends ExitState {
  readonly name: string;
  readonly namespace: string;
}

const kinds: readonly Exit['kind'][] = ['stopped', 'exited', 'signalled', 'out-of-memory', 'killed', 'lost'];
const usualLimit = 50;
const mostLimit = 1000;

export function encodeEnded(exit: Exit): EndedInstance {
  const { namespace, name } = exit.deployment;
  return { name, namespace, ...encodeExit(exit) };
}

/** Reads `function`, `namespace`, `instance`, `kind`, `since`, `until`, `limit`. Throws `bad_query`. */
export function decodeExitQuery(query: URLSearchParams): ExitQuery {
  const name = parameter(query, 'function');
  const instance = parameter(query, 'instance');
  const kind = parameter(query, 'kind');
  const [since, until] = [time(query, 'since'), time(query, 'until')];
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  const known = kinds.find((one) => one === kind);
  if (kind !== undefined && known === undefined) return refuseQuery('kind', `none of ${kinds.join(', ')}`);
  return {
    limit,
    ...(name === undefined ? {} : { target: functionNamed(name, parameter(query, 'namespace')) }),
    ...(instance === undefined ? {} : { instance }),
    ...(known === undefined ? {} : { kind: known }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
