import { WherryError } from '@wherry/core/errors';
import { type FunctionName, parseFullName, printable } from '@wherry/core/names';
import type { QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall } from '@wherry/core/queued-call';
import {
  decodeQueueChange,
  decodeQueueQuery,
  encodeLane,
  encodeOutcome,
  encodeQueued,
} from '@wherry/wire/queued-calls';
import type { Exchange } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

const shownAttempts = 100;

/** What became of one call, whether it was queued or not. */
export function call({ platform }: Server): Handler {
  return async (exchange) => {
    const id = exchange.param('id');
    await platform.recorder.flush();
    const [[queued], records] = await Promise.all([
      platform.queue.find({ id, limit: 1 }),
      platform.parts.records.find({ id, limit: shownAttempts }),
    ]);
    const own = queued?.item.id ?? (records.some((record) => record.id === id) ? id : undefined);
    const mine = records.filter((record) => {
      // Somebody else may have sent this id as their own.
      if (own !== undefined && record.id !== own) return false;
      const target = record.deployment ?? parseFullName(record.target);
      return target === undefined ? exchange.principal.functions === '*' : exchange.may(target);
    });
    const visible = queued !== undefined && exchange.may(queued.item.of) ? queued : undefined;
    // Whose business it is not is told the same as where there is none.
    if (visible === undefined && mine.length === 0) throw unknownCall(id);
    answerJson(exchange.response, 200, encodeOutcome(visible, mine));
  };
}

/** OpenFaaS's way and ours: both answer 202 once it will not be begun any more. */
export function cancel({ platform }: Server, parameter: 'id' | 'name'): Handler {
  return async (exchange) => {
    const id = exchange.param(parameter);
    const [found] = await platform.queue.find({ id, limit: 1 });
    if (found === undefined || !exchange.may(found.item.of)) throw unknownCall(id);
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
    const query = decodeQueueQuery(exchange.query);
    if (query.of !== undefined) exchange.about(query.of);
    const found = await platform.queue.find(query);
    answerJson(exchange.response, 200, found.filter(({ item }) => exchange.may(item.of)).map(encodeQueued));
  };
}

/** `redrive` tries them again, `discard` removes them. */
export function changeDead({ platform }: Server, what: 'redrive' | 'discard'): Handler {
  return async (exchange) => {
    const selection = decodeQueueChange(await exchange.json());
    const ids = await platform.queue[what](await allowed(exchange, selection, platform));
    answerJson(exchange.response, 200, { ids });
  };
}

/** Of what is asked for, what the asker may change: every one, or those that were named. */
async function allowed(
  exchange: Exchange,
  selection: QueueSelection,
  { queue }: Server['platform'],
): Promise<QueueSelection> {
  if (selection.of !== undefined) {
    exchange.about(selection.of);
    return selection;
  }
  if (selection.ids === undefined && exchange.principal.functions === '*') return selection;
  const found =
    selection.ids === undefined
      ? await queue.find({ state: 'dead', limit: 10_000 })
      : (await Promise.all(selection.ids.map((id) => queue.find({ id, limit: 1 })))).flat();
  return { ids: found.filter(({ item }: QueuedCall) => exchange.may(item.of)).map(({ item }) => item.id) };
}

export function callbackKey(server: Server): Handler {
  return (exchange) => answerJson(exchange.response, 200, { key: server.callbackKey() });
}

/** Receivers of answers are everybody's: who sees only some functions is told of those. */
function maySee(exchange: Exchange, of: FunctionName | undefined): boolean {
  return of === undefined ? exchange.principal.functions === '*' : exchange.may(of);
}

function unknownCall(id: string): WherryError {
  return new WherryError('call_unknown', `${printable(id)} is no call that is still known`, {
    component: 'queue',
  });
}
