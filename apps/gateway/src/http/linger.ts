import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long, and how much, is still read of a request that was answered before it was complete. */
const lingerMs = 1_000;

/**
 * Ends a response although the request may still be coming. Closing at once would reset the connection, and the caller might
 * never read the answer; reading on for ever would let it fill our time. So: a moment, then close.
 */
export function linger(request: IncomingMessage, response: ServerResponse, body?: string): void {
  const incomplete = !request.complete;
  if (incomplete && !response.headersSent) response.setHeader('Connection', 'close');
  if (body !== undefined) {
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(request.method === 'HEAD' ? undefined : body);
  }
  if (!incomplete) return;
  request.on('error', () => undefined);
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}
