import { decodeCallQuery, encodeCall } from '@wherry/wire/calls';
import { parseFullName } from '@wherry/core/names';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Recent calls, newest first; only those of functions that the asker may see. */
export function calls({ platform }: Server): Handler {
  return async (exchange) => {
    const query = decodeCallQuery(exchange.query);
    if (query.target !== undefined) exchange.about(query.target);
    await platform.recorder.flush();
    const found = await platform.parts.records.find(query);
    const visible = found.filter((record) => {
      const target = record.deployment ?? parseFullName(record.target);
      return target === undefined ? exchange.principal.functions === '*' : exchange.may(target);
    });
    const captured = await platform.captures.which(visible.map(({ id }) => id));
    answerJson(
      exchange.response,
      200,
      visible.map((record) => encodeCall(record, captured.has(record.id))),
    );
  };
}
