import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long is still read of a request that was answered before it was complete. */
const lingerMs = 1_000;

/**
 * Ends a response although the request may still be coming. Closing at once would reset the connection, and the caller might
 * never read the answer; reading on for ever would let it fill our time. So: the answer and our half's end, a moment, then close
 * (RFC 9112, section 9.6).
 */
export function linger(request: IncomingMessage, response: ServerResponse, body?: string): void {
  // Whoever read the request may have destroyed it, and the connection with it: then there is nobody to answer.
  const socket = request.socket as Socket | null;
  if (socket === null) return void response.destroy();
  const incomplete = !request.complete;
  if (incomplete && !response.headersSent) response.setHeader('Connection', 'close');
  // Once the answer is out Node ends a connection that is to be closed by this, with everything that was not read yet.
  if (incomplete) socket.destroySoon = () => socket.end();
  if (body !== undefined) {
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(request.method === 'HEAD' ? undefined : body);
  }
  if (!incomplete) return;
  request.on('error', () => undefined);
  request.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  const stop = (): void => clearTimeout(timer);
  socket.once('close', stop);
  // A streamed answer had promised to go on with this connection.
  if (response.shouldKeepAlive) request.once('end', stop);
}
