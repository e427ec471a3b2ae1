import { reaches } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { removeNamespace } from '@wherry/engine/namespaces/namespace-removal';
import { decodeNamespace, encodeNamespace } from '@wherry/wire/namespaces';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import { namesIn } from './audited-change.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Those that the asker has to do with. */
export function listNamespaces({ platform }: Server): Handler {
  return ({ response, principal }) =>
    answerJson(
      response,
      200,
      platform.namespaces.list().filter((name) => reaches(principal, name)),
    );
}

export function readNamespace({ platform }: Server): Handler {
  return (exchange) => {
    const name = exchange.param('namespace');
    // Whoever has nothing to do with it is not told whether it is there.
    if (!reaches(exchange.principal, name))
      throw new WherryError('namespace_absent', `${name} does not exist`, { component: 'gateway' });
    answerJson(exchange.response, 200, encodeNamespace(platform.namespaces.get(name)));
  };
}

export function createNamespace({ platform }: Server): Handler {
  return async (exchange) => {
    const { name, ...wish } = decodeNamespace(await exchange.json());
    exchange.note(namesIn(wish));
    await platform.namespaces.create(name, wish);
    answerEmpty(exchange.response, 201);
  };
}

export function updateNamespace({ platform }: Server): Handler {
  return async (exchange) => {
    const { name, ...wish } = decodeNamespace(await exchange.json(), exchange.param('namespace'));
    exchange.note(namesIn(wish));
    await platform.namespaces.update(name, wish);
    answerEmpty(exchange.response, 202);
  };
}

/** Clients send a body that says the name once more; the path is what counts. */
export function deleteNamespace({ platform }: Server): Handler {
  return async (exchange) => {
    await removeNamespace(platform, exchange.param('namespace'));
    answerEmpty(exchange.response, 202);
  };
}
