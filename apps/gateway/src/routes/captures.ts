import { allows } from '@wherry/core/access';
import type { Capture } from '@wherry/core/capture';
import { WherryError } from '@wherry/core/errors';
import { fullName, printable } from '@wherry/core/names';
import { replayOf } from '@wherry/engine/capture/replay';
import { AnswerRoom, Delivery } from '@wherry/engine/queue/delivery';
import { decodeReplay, encodeCapture, encodeReplayed, type Replayed } from '@wherry/wire/captures';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** What is shown of the answer to a repeated call. */
const mostAnswer = 2 ** 20;

/** A call with its bodies, where its function asked for them to be kept. */
export function readCapture({ platform }: Server): Handler {
  return async (exchange) => {
    const capture = await mine(exchange, platform);
    exchange.response.setHeader('Cache-Control', 'no-store');
    answerJson(exchange.response, 200, encodeCapture(capture));
  };
}

/** Makes a call that was kept again: now, with its answer, or later. */
export function replayCall(server: Server): Handler {
  const { platform } = server;
  return async (exchange) => {
    const { async: later, qualifier } = decodeReplay(await exchange.json());
    const capture = await mine(exchange, platform);
    const input = replayOf(capture, {
      ...{ async: later, caller: exchange.principal, from: server.originOf(exchange.request).from },
      ...(qualifier === undefined ? {} : { qualifier }),
    });
    const delivery = new Delivery(mostAnswer, new AnswerRoom());
    const call = platform.prepare(input, delivery);
    exchange.response.once('close', () => call.cancel('caller_gone'));
    await (later ? platform.accept(call) : platform.run(call));
    exchange.note({ call: call.id });
    // Refused before it reached anybody, it is this request that was refused.
    if (call.error !== undefined && call.member === undefined) throw call.error;
    const { id } = call;
    const replayed: Replayed = later
      ? { id, replayOf: capture.id, status: call.status }
      : encodeReplayed(id, capture.id, { ...delivery.result, status: call.status });
    const { error } = call;
    const failed = error === undefined ? {} : { error: { code: error.code, message: error.message } };
    answerJson(exchange.response, later ? 202 : 200, { ...replayed, ...failed });
  };
}

/**
 * What is kept of a call, for those who may see its function and call it. Bodies are what callers sent in confidence: whoever may look
 * at records is not meant by that alone, and whoever may call would hear of others' calls.
 */
async function mine(exchange: Exchange, { captures }: Server['platform']): Promise<Capture> {
  const id = exchange.param('id');
  const capture = await captures.read(id);
  // Whose business it is not is told the same as where there is nothing.
  if (capture === undefined || !exchange.may(capture.deployment))
    throw new WherryError('not_captured', `of call ${printable(id)} nothing is kept`, {
      component: 'gateway',
    });
  const { namespace, name } = capture.deployment;
  exchange.trail?.about({ namespace, name: id });
  exchange.note({ function: name });
  await exchange.trail?.begin();
  for (const scope of ['read', 'invoke'] as const)
    if (!allows(exchange.principal, scope, capture.deployment))
      throw new WherryError(
        'forbidden',
        `the token ${exchange.principal.name} lacks the scope ${scope} for ${fullName(capture.deployment)}: what is kept of its calls takes read and invoke`,
        { component: 'gateway' },
      );
  return capture;
}
