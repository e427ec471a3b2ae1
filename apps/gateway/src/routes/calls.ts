import type { CallRecord } from '@wherry/core/call-record';
import { type CallListQuery, decodeCallQuery, encodeCall } from '@wherry/wire/calls';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { pageByPage } from '../tables/page-by-page.ts';
import { takePlace } from '../tables/reading-places.ts';
import { viewerOf } from '../tables/viewer.ts';
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
    const viewer = viewerOf(exchange.principal);
    // Whoever may not see all of these sees others instead, from further back.
    const found =
      latest?.every((record) => maySee(record, viewer)) === true
        ? latest
        : await search(platform, exchange, query);
    const captured = await platform.captures.which(found.map(({ id }) => id));
    answerJson(
      exchange.response,
      200,
      found.map((record) => encodeCall(record, captured.has(record.id))),
    );
  };
}

/** By what records are not found by: they are read page by page until there are as many as wanted, or all were looked at. */
async function search(
  { parts: { records } }: Server['platform'],
  { principal, response }: Exchange,
  { failed, cold, namespace, ...query }: CallListQuery,
): Promise<readonly CallRecord[]> {
  const viewer = viewerOf(principal);
  const wanted = (record: CallRecord): boolean => isWanted(record, { failed, cold, namespace }, viewer);
  // Of one id there are few.
  if (query.id !== undefined) return (await records.find(query)).filter(wanted);
  const gone = takePlace(principal.name, response);
  const found: CallRecord[] = [];
  for await (const page of pageByPage((next) => records.page({ ...query, limit: pageRows }, next))) {
    found.push(...page.records.filter(wanted));
    if (found.length >= query.limit || gone.aborted) break;
  }
  return found.slice(0, query.limit);
}
