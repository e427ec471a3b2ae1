import { WherryError } from '@wherry/core/errors';
import { answerEmpty } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Alive: the process serves requests. */
export const alive: Handler = (exchange) => answerEmpty(exchange.response, 200);

/** Ready: calls are answered. Not any more once it is stopping, so that a balancer looks elsewhere. */
export function ready({ platform }: Server): Handler {
  return (exchange) => {
    if (platform.stopping)
      throw new WherryError('stopping', 'calls under way are finishing', { component: 'gateway' });
    answerEmpty(exchange.response, 200);
  };
}
