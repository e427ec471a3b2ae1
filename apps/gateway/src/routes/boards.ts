import { coversAll } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { decodeBoard, encodeBoard } from '@wherry/wire/boards';
import type { Exchange } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

export function listBoards({ platform }: Server): Handler {
  return async (exchange) => {
    forAll(exchange);
    answerJson(exchange.response, 200, (await platform.boards.list()).map(encodeBoard));
  };
}

export function readBoard({ platform }: Server): Handler {
  return async (exchange) => {
    forAll(exchange);
    answerJson(exchange.response, 200, encodeBoard(await platform.boards.get(exchange.param('name'))));
  };
}

export function putBoard({ platform }: Server): Handler {
  return async (exchange) => {
    forAll(exchange);
    const wish = decodeBoard(exchange.param('name'), await exchange.json());
    const board = await platform.boards.put(wish);
    exchange.note({ revision: String(board.revision), charts: String(board.charts.length) });
    answerJson(exchange.response, 200, encodeBoard(board));
  };
}

export function deleteBoard({ platform }: Server): Handler {
  return async (exchange) => {
    forAll(exchange);
    await platform.boards.remove(exchange.param('name'));
    answerEmpty(exchange.response, 202);
  };
}

/** Boards are everybody's, and what their queries say may name any function. */
function forAll({ principal }: Exchange): void {
  if (coversAll(principal)) return;
  throw new WherryError(
    'forbidden',
    `the token ${principal.name} is for some functions, and boards are for all`,
    {
      component: 'gateway',
    },
  );
}
