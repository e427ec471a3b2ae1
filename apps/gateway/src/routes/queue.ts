import { coversAll } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName, parseFullName, printable } from '@wherry/core/names';
import type { QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall, QueueState } from '@wherry/core/queued-call';
import { callbackUrl } from '@wherry/core/rules/async-request';
import { decodeQueueQuery } from '@wherry/wire/queue-queries';
import { decodeQueueChange, encodeLane, encodeOutcome, encodeQueued } from '@wherry/wire/queued-calls';
import type { Exchange } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { searchCalls } from './calls.ts';

const shownAttempts = 100;
/** Calls of the same name that are looked at. */
const mostNamesakes = 20;
const pageOf = 1_000;

/** What became of one call, whether it was queued or not. */
export function call({ platform }: Server): Handler {
  return async (exchange) => {
    const id = exchange.param('id');
    const found = await platform.queue.find({ id, limit: mostNamesakes });
    // Only now: a call that is done is not to be told without the attempt that did it.
    await platform.recorder.flush();
    // Anybody may give a call any name; the asker means one that is their business.
    const queued = found.find(({ item }) => exchange.may(item.of));
    const wanted = { id: queued?.item.id ?? id, limit: shownAttempts };
    const records = await searchCalls(platform, exchange, wanted);
    const own = queued?.item.id ?? (records.some((record) => record.id === id) ? id : undefined);
    // Somebody else may have sent this id as their own.
    const mine = records.filter((record) => own === undefined || record.id === own);
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
    const own = all.filter(({ item }) => exchange.may(item.of));
    const found = own.find(({ state }) => state === 'waiting' || state === 'running') ?? own[0];
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
    const ids: string[] = [];
    for (const one of await allowed(exchange, selection, platform, what))
      ids.push(...(await platform.queue[what](one)));
    exchange.note({ calls: String(ids.length), ids: ids.slice(0, 8).join(' ') });
    answerJson(exchange.response, 200, { ids });
  };
}

/** Of what is asked for, what the asker may change: all of it, of each of their functions what is in it, or those that are named. */
async function allowed(
  exchange: Exchange,
  selection: ReturnType<typeof decodeQueueChange>,
  { queue, functions }: Server['platform'],
  what: 'cancel' | 'redrive' | 'discard',
): Promise<readonly QueueSelection[]> {
  const { ids, of, lane, namespace: only } = selection;
  if (of !== undefined) {
    exchange.about(of);
    return [selection];
  }
  if (ids !== undefined) return [{ ids: await meantBy(ids, exchange, queue, what) }];
  if (coversAll(exchange.principal) && only === undefined) return [selection];
  // Those that are gone may have left something.
  const left = (await queue.lanes()).flatMap((one) => parseFullName(one.lane) ?? []);
  const own = new Map([...functions.list(), ...left].map((one) => [fullName(one), one]));
  return [...own.values()]
    .filter((one) => exchange.may(one) && (only === undefined || one.namespace === only))
    .map(({ name, namespace }) => ({
      of: { name, namespace },
      ...(lane === undefined ? {} : { lane }),
    }));
}

/** Of each id the call that can be changed so: names that callers give may be those of others, and of what is over. */
async function meantBy(
  ids: readonly string[],
  exchange: Exchange,
  queue: Server['platform']['queue'],
  what: 'cancel' | 'redrive' | 'discard',
): Promise<readonly string[]> {
  const states: readonly QueueState[] = what === 'cancel' ? ['waiting', 'running'] : ['dead'];
  const named = await Promise.all(ids.map((id) => queue.find({ id, limit: mostNamesakes })));
  return named.flatMap((found) => {
    const meant = found.find(({ item, state }) => exchange.may(item.of) && states.includes(state));
    return meant?.item.id ?? [];
  });
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
