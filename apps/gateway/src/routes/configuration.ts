import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Every setting with its value and where it came from. */
export function configuration({ origins }: Server): Handler {
  return (exchange) => answerJson(exchange.response, 200, origins);
}
