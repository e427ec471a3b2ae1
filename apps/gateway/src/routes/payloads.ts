import { allows } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { fullName, printable } from '@wherry/core/names';
import type { QueuedCall } from '@wherry/core/queued-call';
import { decodeEdited, encodePayload, type Redriven } from '@wherry/wire/queue-payloads';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** What a call in the queue says, for those who may see its function and call it. */
export function readPayload({ platform }: Server): Handler {
  return async (exchange) => {
    const queued = await mine(exchange, platform);
    exchange.response.setHeader('Cache-Control', 'no-store');
    answerJson(exchange.response, 200, encodePayload(queued));
  };
}

/** Tries a dead letter again with another body; what failed stays, and says which call took its place. */
export function redriveEdited({ platform }: Server): Handler {
  return async (exchange) => {
    const edited = decodeEdited(await exchange.json());
    const { item, ...state } = await mine(exchange, platform);
    const id = await platform.queue.redriveEdited(
      { item, ...state },
      { ...edited, caller: exchange.principal },
    );
    exchange.note({ call: id, bytes: String(edited.body.length) });
    answerJson(exchange.response, 200, { id, replayOf: item.id } satisfies Redriven);
  };
}

/** Like what is kept of calls: bodies are what callers sent in confidence, and take read and invoke. */
async function mine(exchange: Exchange, { queue }: Server['platform']): Promise<QueuedCall> {
  const id = exchange.param('id');
  const found = await queue.find({ id, body: true, limit: 20 });
  const queued = found.find(({ item }) => exchange.may(item.of));
  // Whose business it is not is told the same as where there is none; so is what is over, whose body is gone.
  if (queued?.body === undefined)
    throw new WherryError('call_unknown', `${printable(id)} is no call that waits or failed for good`, {
      component: 'queue',
    });
  const { of } = queued.item;
  exchange.trail?.about({ namespace: of.namespace, name: queued.item.id });
  exchange.note({ function: of.name });
  await exchange.trail?.begin();
  for (const scope of ['read', 'invoke'] as const)
    if (!allows(exchange.principal, scope, of))
      throw new WherryError(
        'forbidden',
        `the token ${exchange.principal.name} lacks the scope ${scope} for ${fullName(of)}: what calls say takes read and invoke`,
        { component: 'gateway' },
      );
  return queued;
}
