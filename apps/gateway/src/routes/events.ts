import { WherryError } from '@wherry/core/errors';
import { eventContentType } from '@wherry/wire/events';
import { EventReader } from '../http/event-reader.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

const mostReaders = 100;
const heartbeatMs = 15_000;

/** What happens here, as it happens: only what the asker may see, for as long as they may. */
export function events({ platform }: Server): Handler {
  return (exchange) => {
    const { response, request } = exchange;
    const { events: book, gatekeeper, parts } = platform;
    if (book.watchers >= mostReaders)
      throw new WherryError('watchers_full', `${mostReaders} read along already`, { component: 'gateway' });
    response.writeHead(200, {
      'Content-Type': eventContentType,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      // Proxies hand on what comes instead of gathering it.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    const reader = new EventReader(
      response,
      (target) => exchange.may(target),
      () => book.last,
    );
    const lastSeen = String(request.headers['last-event-id'] ?? '');
    reader.begin(lastSeen, lastSeen === '' ? [] : book.behind(lastSeen));
    const leave = book.watch({ tell: (told) => reader.tell(told), end: () => response.end() });
    const beat = parts.clock.every(heartbeatMs, () => {
      try {
        // A token that was revoked, or has ended, reads no further.
        gatekeeper.require(request.headers.authorization, 'read');
        reader.beat();
      } catch {
        response.end();
      }
    });
    response.once('close', () => {
      leave();
      beat();
    });
  };
}
