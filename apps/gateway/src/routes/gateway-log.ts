import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** The latest lines that the gateway wrote to its standard error. */
export function gatewayLog({ saidLately }: Server): Handler {
  return (exchange) => answerJson(exchange.response, 200, saidLately);
}
