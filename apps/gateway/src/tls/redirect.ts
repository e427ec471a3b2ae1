import http, { type Server } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import { answerError } from '../http/error-answer.ts';
import type { OwnAddresses } from '../http/own-addresses.ts';
import type { Challenges } from './acme/challenges.ts';
import type { Guard } from '../http/guard.ts';

/** Plain HTTP for people who type a name: to the same address by TLS. What carries a body or credentials is not sent on, but refused: it was seen already. */
export function redirectServer(
  guard: Guard,
  addresses: OwnAddresses,
  tlsPort: number,
  challenges: Challenges,
): Server {
  return http.createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    try {
      const proof = challenges.proofFor(request.url);
      if (proof !== undefined) return void response.end(proof);
      guard.host(request, addresses.has(request.headers.host));
      const url = request.url ?? '';
      if (!url.startsWith('/'))
        throw new WherryError('bad_request', 'the request names no path', { component: 'gateway' });
      const safe = request.method === 'GET' || request.method === 'HEAD';
      if (!safe || request.headers.authorization !== undefined)
        throw new WherryError('plain_http', 'this came without encryption', {
          component: 'gateway',
          next: 'Use https:// in the address, and replace a token that was sent this way: wherry token rotate NAME',
        });
      const name = (request.headers.host ?? '').replace(/:\d+$/, '');
      if (name === '')
        throw new WherryError('bad_request', 'the request names no host', { component: 'gateway' });
      const port = tlsPort === 443 ? '' : `:${tlsPort}`;
      response.writeHead(308, {
        Location: `https://${name}${port}${url}`,
        'Content-Length': 0,
        Connection: 'close',
      });
      response.end();
    } catch (error) {
      if (!(error instanceof WherryError)) throw error;
      answerError(request, response, error);
    }
  });
}
