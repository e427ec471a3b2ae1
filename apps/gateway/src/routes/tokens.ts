import { decodeTokenRequest, encodeNewToken, encodeToken } from '@wherry/wire/tokens';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

export function listTokens({ platform }: Server): Handler {
  return (exchange) => answerJson(exchange.response, 200, platform.tokens.list().map(encodeToken));
}

/** The only time that the token's text is seen. */
export function createToken({ platform }: Server): Handler {
  return async (exchange) => {
    const { expiresInSeconds, ...wish } = decodeTokenRequest(await exchange.json());
    const lifeMs = expiresInSeconds === undefined ? {} : { lifeMs: expiresInSeconds * 1000 };
    exchange.note({ scopes: wish.scopes.join(' '), functions: wish.functions, ...life(expiresInSeconds) });
    const { record, token } = await platform.tokens.create({ ...wish, ...lifeMs }, exchange.principal);
    answerJson(exchange.response, 200, encodeNewToken(record, token));
  };
}

export function revokeToken({ platform }: Server): Handler {
  return async (exchange) => {
    await platform.tokens.revoke(exchange.param('name'));
    answerEmpty(exchange.response, 202);
  };
}

export function rotateToken({ platform }: Server): Handler {
  return async (exchange) => {
    const { record, token } = await platform.tokens.rotate(exchange.param('name'));
    answerJson(exchange.response, 200, encodeNewToken(record, token));
  };
}

function life(seconds: number | undefined): { readonly seconds?: string } {
  return seconds === undefined ? {} : { seconds: String(seconds) };
}
