import type { CallRecord } from '@wherry/core/call-record';
import { type CallListQuery, decodeCallQuery, encodeCall } from '@wherry/wire/calls';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { pageByPage } from '../tables/page-by-page.ts';
import { takePlace } from '../tables/reading-places.ts';
import { type Viewer, viewerOf } from '../tables/viewer.ts';
import { isWanted, maySee } from '../tables/wanted-calls.ts';

const pageRows = 250;

/** Recent calls, newest first; only those of functions that the asker may see. */
export function calls({ platform }: Server): Handler {
  return async (exchange) => {
    const query = decodeCallQuery(exchange.query);
    if (query.target !== undefined) exchange.about(query.target);
    await platform.recorder.flush();
    const { failed, cold, namespace, ...plain } = query;
    const isPlain = failed === undefined && cold === undefined && namespace === undefined;
    const latest = isPlain ? await platform.parts.records.find(plain) : undefined;
    const viewer = viewerIn(exchange);
    // Whoever may not see all of these sees others instead, from further back.
    const found =
      latest?.every((record) => maySee(record, viewer)) === true
        ? latest
        : await searchCalls(platform, exchange, query);
    const captured = await platform.captures.which(found.map(({ id }) => id));
    answerJson(
      exchange.response,
      200,
      found.map((record) => encodeCall(record, captured.has(record.id))),
    );
  };
}

/** What the asker may see, also by what records are not found by: they are read page by page until there are as many as wanted, or all were looked at. */
export async function searchCalls(
  { parts: { records } }: Server['platform'],
  exchange: Exchange,
  { failed, cold, namespace, ...query }: CallListQuery,
): Promise<readonly CallRecord[]> {
  const viewer = viewerIn(exchange);
  const wanted = (record: CallRecord): boolean => isWanted(record, { failed, cold, namespace }, viewer);
  // Of one id there are few, unless many callers give the same.
  const named = query.id === undefined ? undefined : await records.find(query);
  if (named !== undefined && named.length < query.limit) return named.filter(wanted);
  const gone = takePlace(exchange.principal.name, exchange.response);
  const found: CallRecord[] = [];
  for await (const page of pageByPage((next) => records.page({ ...query, limit: pageRows }, next))) {
    found.push(...page.records.filter(wanted));
    if (found.length >= query.limit || gone.aborted) break;
  }
  return found.slice(0, query.limit);
}

/** Whoever may do what the route is for. */
function viewerIn(exchange: Exchange): Viewer {
  return { ...viewerOf(exchange.principal), may: (target) => exchange.may(target) };
}
