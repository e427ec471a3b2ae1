import { coversAll } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, parseFullName, printable } from '@wherry/core/names';
import type { QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall } from '@wherry/core/queued-call';
import { callbackUrl } from '@wherry/core/rules/async-request';
import { decodeQueueQuery } from '@wherry/wire/queue-queries';
import { decodeQueueChange, encodeLane, encodeOutcome, encodeQueued } from '@wherry/wire/queued-calls';
import type { Exchange } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

const shownAttempts = 100;
/** Calls of the same name that are looked at. */
const mostNamesakes = 20;
const pageOf = 1_000;
/** Most calls that are changed together by whoever is for some functions only. */
const mostChanged = 10_000;

/** What became of one call, whether it was queued or not. */
export function call({ platform }: Server): Handler {
  return async (exchange) => {
    const id = exchange.param('id');
    const found = await platform.queue.find({ id, limit: mostNamesakes });
    // Only now: a call that is done is not to be told without the attempt that did it.
    await platform.recorder.flush();
    const records = await platform.parts.records.find({ id, limit: shownAttempts });
    // Anybody may give a call any name; the asker means one that is their business.
    const queued = found.find(({ item }) => exchange.may(item.of));
    const own = queued?.item.id ?? (records.some((record) => record.id === id) ? id : undefined);
    const mine = records.filter((record) => {
      // Somebody else may have sent this id as their own.
      if (own !== undefined && record.id !== own) return false;
      const target = record.deployment ?? parseFullName(record.target);
      return target === undefined ? coversAll(exchange.principal) : exchange.may(target);
    });
    // Whose business it is not is told the same as where there is none.
    if (queued === undefined && mine.length === 0) throw unknownCall(id);
    const captured = await platform.captures.which([own ?? id, ...mine.map((one) => one.id)]);
    answerJson(exchange.response, 200, encodeOutcome(queued, mine, captured));
  };
}

/** OpenFaaS's way and ours: both answer 202 once it will not be begun any more. */
export function cancel({ platform }: Server, parameter: 'id' | 'name'): Handler {
  return async (exchange) => {
    const id = exchange.param(parameter);
    const all = await platform.queue.find({ id, limit: mostNamesakes });
    const found = all.find(({ item }) => exchange.may(item.of));
    if (found === undefined) throw unknownCall(id);
    exchange.trail?.about({ namespace: found.item.of.namespace });
    exchange.note({ function: found.item.of.name });
    const ids = await platform.queue.cancel({ ids: [found.item.id] });
    if (ids.length === 0)
      throw new WherryError('conflict', `call ${printable(id)} is over: ${found.state}`, {
        component: 'queue',
        next: 'Nothing: what is over cannot be taken back.',
      });
    answerEmpty(exchange.response, 202);
  };
}

export function lanes({ platform }: Server): Handler {
  return async (exchange) => {
    const all = await platform.queue.lanes();
    const visible = all.filter(({ lane }) => maySee(exchange, parseFullName(lane)));
    answerJson(
      exchange.response,
      200,
      visible.map((lane) => encodeLane(lane)).sort((a, b) => (a.lane < b.lane ? -1 : 1)),
    );
  };
}

export function queued({ platform }: Server): Handler {
  return async (exchange) => {
    const { namespace, ...query } = decodeQueueQuery(exchange.query);
    if (query.of !== undefined) exchange.about(query.of);
    const found: QueuedCall[] = [];
    const wanted = ({ item: { of } }: QueuedCall): boolean =>
      exchange.may(of) && (namespace === undefined || of.namespace === namespace);
    // Page by page: what is not wanted, or not the asker's business, takes no place in what they are shown.
    for (let page: readonly QueuedCall[] | undefined; found.length < query.limit; ) {
      const before = page?.at(-1)?.item.id ?? query.before;
      page = await platform.queue.find({
        ...query,
        limit: pageOf,
        ...(before === undefined ? {} : { before }),
      });
      found.push(...page.filter(wanted));
      if (page.length < pageOf) break;
    }
    answerJson(exchange.response, 200, found.slice(0, query.limit).map(encodeQueued));
  };
}

/** `cancel` takes back what waits or runs; of dead letters, `redrive` tries them again, `discard` removes them. */
export function change({ platform }: Server, what: 'cancel' | 'redrive' | 'discard'): Handler {
  return async (exchange) => {
    const selection = decodeQueueChange(await exchange.json());
    const ids = await platform.queue[what](await allowed(exchange, selection, platform, what));
    exchange.note({ calls: String(ids.length), ids: ids.slice(0, 8).join(' ') });
    answerJson(exchange.response, 200, { ids });
  };
}

/** Of what is asked for, what the asker may change: every one, or those that were named. */
async function allowed(
  exchange: Exchange,
  selection: QueueSelection,
  { queue }: Server['platform'],
  what: 'cancel' | 'redrive' | 'discard',
): Promise<QueueSelection> {
  const { ids, of, lane } = selection;
  if (of !== undefined) {
    exchange.about(of);
    return selection;
  }
  if (ids === undefined && coversAll(exchange.principal)) return selection;
  const states = what === 'cancel' ? (['waiting', 'running'] as const) : (['dead'] as const);
  const queries =
    ids === undefined
      ? states.map((state) => ({ state, limit: mostChanged, ...(lane === undefined ? {} : { lane }) }))
      : ids.map((id) => ({ id, limit: 1 }));
  const found = (await Promise.all(queries.map((query) => queue.find(query)))).flat();
  // Who names no ids means none whose place another call took.
  const meant = ids === undefined && what === 'redrive' ? found.filter(({ editedAs }) => !editedAs) : found;
  return { ids: meant.filter(({ item }) => exchange.may(item.of)).map(({ item }) => item.id) };
}

export function callbackKey(server: Server): Handler {
  return (exchange) => {
    const receiver = new URL(callbackUrl(exchange.query.get('receiver') ?? '')).origin;
    answerJson(exchange.response, 200, { receiver, key: server.callbackKey(receiver) });
  };
}

/** Receivers of answers are everybody's: who sees only some functions is told of those. */
function maySee(exchange: Exchange, of: FunctionName | undefined): boolean {
  return of === undefined ? coversAll(exchange.principal) : exchange.may(of);
}

function unknownCall(id: string): WherryError {
  return new WherryError('call_unknown', `${printable(id)} is no call that is still known`, {
    component: 'queue',
  });
}
