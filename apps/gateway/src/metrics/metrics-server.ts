import http, { type Server } from 'node:http';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { answerError } from '../http/error-answer.ts';
import type { Guard } from '../http/guard.ts';
import type { Measuring } from '@wherry/engine/metrics/measuring';
import { exposition, metricsContentType } from './exposition.ts';

/** A listener of its own for scrapers: `/metrics` and `/healthz`, nothing else. */
export function metricsServer(measuring: Pick<Measuring, 'families'>, guard: Guard): Server {
  const body = async (path: string): Promise<string> =>
    path === '/healthz' ? 'OK' : exposition(await measuring.families());
  return http.createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, async (request, response) => {
    try {
      guard.request(request);
      const path = request.url?.split('?')[0] ?? '';
      if (path !== '/metrics' && path !== '/healthz')
        throw new WherryError('not_found', 'metrics are at /metrics', { component: 'metrics' });
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new WherryError('method_not_allowed', `${request.method}`, { component: 'metrics' });
      const text = await body(path);
      response.writeHead(200, {
        'Content-Type': path === '/healthz' ? 'text/plain' : metricsContentType,
        'Content-Length': Buffer.byteLength(text),
      });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      answerError(request, response, asWherryError(error, 'metrics'));
    }
  });
}
