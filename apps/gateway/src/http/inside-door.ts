import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName } from '@wherry/core/names';
import { gatewayNames } from '@wherry/core/rules/network-access';
import { Networks } from '@wherry/core/rules/networks';
import { routes } from '@wherry/wire/routes';
import type { Callers } from './callers.ts';
import { edge, type EdgeParts } from './edge.ts';
import { Exchange } from './exchange.ts';
import { Guard } from './guard.ts';
import { type Handler, Router } from './router.ts';

/**
 * Where functions that are granted `functions` come in: the same HTTP as outside, but of the API only topics are there. A function speaks for itself:
 * it may call what is in its namespace, and more with a token that it was given.
 */
export class InsideDoor {
  readonly #server: Server;
  readonly #callers: Callers;

  /** `publish` serves messages of functions: the one thing of the API that is theirs. */
  constructor(
    { functions, system, newId }: Omit<EdgeParts, 'guard' | 'accessLog' | 'addresses'>,
    callers: Callers,
    publish: Handler,
  ) {
    this.#callers = callers;
    const router = new Router([{ route: routes.publish, handler: publish }]);
    const none = new Networks('none', []);
    const guard = new Guard({
      host: '127.0.0.1',
      allowedHosts: gatewayNames,
      trustedProxies: none,
      apiNetworks: none,
    });
    const nothingElse = {
      async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const [path = ''] = (request.url ?? '').split('?', 1);
        const match = router.match(request.method ?? '', path);
        const principal = callers.known(request.socket);
        try {
          if (match === undefined || !('entry' in match) || principal === undefined)
            throw new WherryError('not_found', 'functions and topics are served here, and nothing else', {
              component: 'gateway',
            });
          const { params, entry } = match;
          const query = new URLSearchParams();
          await entry.handler(new Exchange({ request, response, params, query, principal, scope: 'invoke' }));
        } catch (error) {
          system.fail(error, request, response, newId());
        }
      },
      fail: system.fail.bind(system),
    };
    const server = edge({
      guard,
      functions,
      system: nothingElse,
      newId,
      accessLog: undefined,
      addresses: undefined,
    });
    // It never listens; but with this Node begins to look for connections that are slow to say what they want.
    server.emit('listening');
    this.#server = server;
  }

  readonly enter = (connection: Socket, from: FunctionName): void => {
    this.#callers.know(connection, callerOf(from));
    this.#server.emit('connection', connection);
  };
}

function callerOf(from: FunctionName): Principal {
  return { name: `function ${fullName(from)}`, scopes: ['invoke'], functions: `${from.namespace}/*` };
}
