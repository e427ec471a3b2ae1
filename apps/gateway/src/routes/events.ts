import { coversAll } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { eventContentType } from '@wherry/wire/events';
import { EventReader } from '../http/event-reader.ts';
import type { Handler } from '../http/router.ts';
import { whileAllowed } from '../http/while-allowed.ts';
import type { Server } from '../start/server.ts';

const mostReaders = 100;
/** Of one token, so that nobody takes the places of all. */
const mostOfOne = 20;

/** What happens here, as it happens: only what the asker may see, for as long as they may. */
export function events({ platform }: Server): Handler {
  const byToken = new Map<string, number>();
  return (exchange) => {
    const { response, request, principal } = exchange;
    const { events: book } = platform;
    const own = byToken.get(principal.name) ?? 0;
    if (own >= mostOfOne) throw full(`${mostOfOne} read along with the token ${principal.name} already`);
    if (book.watchers >= mostReaders) throw full(`${mostReaders} read along already`);
    response.writeHead(200, {
      'Content-Type': eventContentType,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      // Proxies hand on what comes instead of gathering it.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    byToken.set(principal.name, own + 1);
    const reader = new EventReader(
      response,
      (target) => exchange.may(target),
      coversAll(principal),
      () => book.last,
    );
    const lastSeen = String(request.headers['last-event-id'] ?? '');
    reader.begin(lastSeen, lastSeen === '' ? [] : book.behind(lastSeen));
    const leave = book.watch({ tell: (told) => reader.tell(told), end: () => response.end() });
    whileAllowed(exchange, platform, { scope: 'read' }, () => reader.beat());
    response.once('close', () => {
      const left = (byToken.get(principal.name) ?? 1) - 1;
      if (left > 0) byToken.set(principal.name, left);
      else byToken.delete(principal.name);
      leave();
    });
  };
}

const full = (cause: string): WherryError =>
  new WherryError('watchers_full', cause, { component: 'gateway' });
