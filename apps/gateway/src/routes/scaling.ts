import { unknownFunction } from '@wherry/engine/functions/deployer';
import { functionNamed, parameter } from '@wherry/wire/queries';
import { decodeScalingQuery, encodeScaling } from '@wherry/wire/scaling';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** What was decided over a function's number of instances. What is gone may still be asked about, as its calls may. */
export function scaling({ platform }: Server): Handler {
  return async (exchange) => {
    const name = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
    exchange.about(name);
    const found = await platform.scalingBook.find(decodeScalingQuery(name, exchange.query));
    if (found.length === 0 && platform.functions.get(name) === undefined) throw unknownFunction(name);
    answerJson(exchange.response, 200, found.map(encodeScaling));
  };
}
