import { namespaceOf } from '@wherry/wire/queries';
import { decodeSecret, decodeSecretName, encodeSecret } from '@wherry/wire/secrets';
import { mostSecretBytes } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Names and times; values go in and never come out. */
export function listSecrets({ platform }: Server): Handler {
  return async (exchange) => {
    const secrets = await platform.secrets.list(namespaceOf(exchange.query));
    answerJson(exchange.response, 200, secrets.filter((secret) => exchange.may(secret)).map(encodeSecret));
  };
}

export function createSecret({ platform }: Server): Handler {
  return async (exchange) => {
    const { name, value } = decodeSecret(await exchange.json(mostSecretBytes), exchange.query);
    exchange.about(name);
    await platform.secrets.create(name, value);
    answerEmpty(exchange.response, 202);
  };
}

export function updateSecret({ platform }: Server): Handler {
  return async (exchange) => {
    const { name, value } = decodeSecret(await exchange.json(mostSecretBytes), exchange.query);
    exchange.about(name);
    await platform.secrets.update(name, value);
    answerEmpty(exchange.response, 202);
  };
}

export function deleteSecret({ platform }: Server): Handler {
  return async (exchange) => {
    const name = decodeSecretName(await exchange.json(), exchange.query);
    exchange.about(name);
    await platform.secrets.remove(name);
    answerEmpty(exchange.response, 202);
  };
}

export function rotateSecretKey({ platform }: Server): Handler {
  return async ({ response }) => answerJson(response, 200, { secrets: await platform.secrets.rotateKey() });
}
