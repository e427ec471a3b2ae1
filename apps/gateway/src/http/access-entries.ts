import { fullName } from '@wherry/core/names';
import { pathWithoutCredentials, withoutCredentials } from '@wherry/core/rules/capturing';
import type { GatewayLog } from '../machine/gateway-log.ts';
import type { AccessSink } from './access-log.ts';

const mostPath = 256;

/** A line per request among those of the gateway's own log. Without the query, which may hold what is nobody's business. */
export function accessEntries(log: Pick<GatewayLog, 'entry'>): AccessSink {
  return {
    take({ at, client, method, url, status, sent, agent, seconds, call }) {
      const { path } = pathWithoutCredentials((url.split('?', 1)[0] ?? '').slice(0, mostPath));
      log.entry(
        {
          ...{ level: status >= 500 ? 'error' : 'info', component: 'access' },
          ...{ message: `${method} ${path} ${status}`, method, path, status, bytes: sent },
          seconds: Number(seconds.toFixed(6)),
          ...(client === undefined ? {} : { client }),
          ...agentOf(agent),
          ...(call?.function === undefined ? {} : { function: fullName(call.function) }),
          ...(call?.id ? { call: call.id } : {}),
          ...(call?.trace === undefined ? {} : { trace: call.trace.traceId }),
        },
        at,
      );
    },
    async close() {},
  };
}

/** What the client calls itself; some put a token there. */
function agentOf(agent = ''): { readonly agent?: string } {
  const [, said] = withoutCredentials(['User-Agent', agent]).headers;
  return said === undefined || said === '' ? {} : { agent: said.slice(0, mostPath) };
}
