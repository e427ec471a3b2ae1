import type { Exit } from '@wherry/core/instance';
import type { ExitQuery } from '@wherry/core/ports/log-archive';
import { type ExitState, encodeExit } from './function-state.ts';
import { flag, functionNamed, integer, parameter, refuseQuery, time, wholeNamespace } from './queries.ts';

/** An instance that is gone, as GET /system/instances/ended answers it (an array, newest first). */
export interface EndedInstance extends ExitState {
  readonly name: string;
  readonly namespace: string;
}

/** Which ends are listed. */
export interface ExitListQuery extends ExitQuery {
  /** Only those that nobody asked for, as exports mean it. */
  readonly failed?: boolean;
  /** Only those of its functions; where one function is meant, `target` has it. */
  readonly namespace?: string;
}

const kinds: readonly Exit['kind'][] = ['stopped', 'exited', 'signalled', 'out-of-memory', 'killed', 'lost'];
const usualLimit = 50;
const mostLimit = 1000;

export function encodeEnded(exit: Exit): EndedInstance {
  const { namespace, name } = exit.deployment;
  return { name, namespace, ...encodeExit(exit) };
}

/** Reads `function`, `namespace`, `instance`, `kind`, `failed`, `since`, `until`, `limit`. Throws `bad_query`. */
export function decodeExitQuery(query: URLSearchParams): ExitListQuery {
  const name = parameter(query, 'function');
  const instance = parameter(query, 'instance');
  const kind = parameter(query, 'kind');
  const [failed, namespace] = [flag(query, 'failed'), wholeNamespace(query)];
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
    ...(failed ? { failed } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
