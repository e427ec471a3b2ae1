// A server of images on loopback, which also misbehaves in all the ways that servers have.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Route = Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void);

export async function withServer(
  routes: Record<string, Route>,
  use: (base: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    response.on('error', () => {});
    const route = routes[request.url ?? ''];
    if (route === undefined) response.writeHead(404).end('nothing here');
    else if (route instanceof Uint8Array) response.end(route);
    else route(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export const redirect =
  (to: string): Route =>
  (_, response) => {
    response.writeHead(302, { location: to }).end();
  };

/** Never says anything. */
export const silent: Route = () => {};

/** Sends without end, and without saying how much it will be. */
export const endless: Route = (_, response) => {
  const piece = Buffer.alloc(65_536, 0xff);
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
};

/** Says that it is small and ends in the middle. */
export const broken =
  (bytes: Buffer): Route =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length) });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  };
