import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName } from '@wherry/core/names';
import { gatewayNames } from '@wherry/core/rules/network-access';
import { Networks } from '@wherry/core/rules/networks';
import { edge, type EdgeParts } from './edge.ts';
import { Guard } from './guard.ts';

/**
 * Where functions that are granted `functions` come in: the same HTTP as outside, but of the API nothing is there. A function speaks for itself:
 * it may call what is in its namespace, and more with a token that it was given.
 */
export class InsideDoor {
  readonly #server: Server;
  readonly #functions: EdgeParts['functions'];

  constructor({ functions, system, newId }: Omit<EdgeParts, 'guard' | 'accessLog' | 'addresses'>) {
    this.#functions = functions;
    const none = new Networks('none', []);
    const guard = new Guard({
      host: '127.0.0.1',
      allowedHosts: gatewayNames,
      trustedProxies: none,
      apiNetworks: none,
    });
    const nothingElse = {
      async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const error = new WherryError('not_found', 'functions are served here, and nothing else', {
          component: 'gateway',
        });
        system.fail(error, request, response, newId());
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
    this.#functions.know(connection, callerOf(from));
    this.#server.emit('connection', connection);
  };
}

function callerOf(from: FunctionName): Principal {
  return { name: `function ${fullName(from)}`, scopes: ['invoke'], functions: `${from.namespace}/*` };
}
