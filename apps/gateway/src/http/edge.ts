import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { asWherryError, WherryError, type ErrorCode } from '@wherry/core/errors';
import { encodeError } from '@wherry/wire/error-answer';
import type { AccessLog } from './access-log.ts';
import type { Departure } from './departure.ts';
import { type FunctionDoor, isAsyncPath, isFunctionPath } from './function-door.ts';
import type { Guard } from './guard.ts';
import type { OwnAddresses } from './own-addresses.ts';
import type { SystemDoor } from './system-door.ts';

/** Bounds of what a caller may send before it has said anything useful. */
const limits = {
  maxHeaderSize: 64 * 1024,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
  /** A body has the call's own deadline; the server's would cut long uploads. */
  requestTimeout: 0,
  connectionsCheckingInterval: 2_000,
  /** Node leaves out what is beyond its own limit without a word; ours is below that, and told. */
  maxHeadersCount: 2_000,
};

const mostHeaders = 1_000;

export interface EdgeParts {
  readonly guard: Guard;
  readonly functions: FunctionDoor;
  readonly system: Pick<SystemDoor, 'handle' | 'fail'>;
  readonly newId: () => string;
  readonly accessLog: AccessLog | undefined;
  /** Undefined where functions have no addresses of their own. */
  readonly addresses: OwnAddresses | undefined;
  /** What Strict-Transport-Security says to who comes by TLS. */
  readonly strictTransport?: string | undefined;
  /** Undefined where only functions come in: what they ask for belongs to calls that are under way. */
  readonly departure?: Departure | undefined;
  /** Looked at before anything is dispatched; throws what it refuses. With it nobody goes on in another protocol. */
  readonly admit?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Which certificate is shown: one to everybody, one by name, or both. */
export type TlsOptions = Pick<https.ServerOptions, 'cert' | 'key' | 'SNICallback'>;

/** One strict HTTP/1.1 listener for functions and API alike: Node's own parser, no lenience. */
export function edge(
  { guard, functions, system, newId, accessLog, addresses, strictTransport, departure, admit }: EdgeParts,
  tls?: TlsOptions,
): Server {
  const options = {
    ...limits,
    insecureHTTPParser: false,
    noDelay: true,
    // What has no body is no stream to wait for: a twentieth of a small call.
    optimizeEmptyRequests: true,
    requireHostHeader: true,
    // Others that ask for an upgrade, as some do for HTTP/2 by habit, are answered as if they had not.
    shouldUpgradeCallback: (request: IncomingMessage) =>
      admit === undefined && wantsWebSocket(request, addresses),
  };
  const server =
    tls === undefined
      ? http.createServer(options)
      : https.createServer({ ...options, ...tls, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // It came behind one that was refused with the whole connection, in the same piece.
    if (!request.socket.writable) return;
    const unfit = notForUs(request);
    if (unfit !== undefined) return refuse(unfit, request.socket);
    const line = accessLog?.request(request, response);
    if (tls !== undefined && strictTransport !== undefined && !ofThisMachine(request.headers.host))
      response.setHeader('Strict-Transport-Security', strictTransport);
    try {
      departure?.admit(request, response);
      guard.request(request, addresses?.lead(request) ?? false);
      admit?.(request, response);
      if (isForFunctions(request)) functions.handle(request, response, line);
      else void system.handle(request, response, line);
    } catch (error) {
      const id = newId();
      if (line !== undefined) line.call = { id };
      response.setHeader('X-Call-Id', id);
      system.fail(error, request, response, id);
    }
  });
  // Without the callback above, known since Node 24.9, every request with the header would come here.
  if (canUpgrade && admit === undefined)
    server.on('upgrade', (request: IncomingMessage, socket: Socket, first: Buffer) => {
      const line = accessLog?.conversation(request, socket);
      try {
        const unfit = notForUs(request);
        if (unfit !== undefined) throw unfit;
        departure?.admit(request);
        guard.request(request, addresses?.lead(request) ?? false);
        guard.page(request, functions.corsOf(request));
        functions.upgrade(request, socket, first, line);
      } catch (thrown) {
        const error = asWherryError(thrown, 'gateway');
        if (line !== undefined) line.call = { id: '', status: error.status };
        refuse(error, socket);
      }
    });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    system.fail(
      new WherryError('expectation', `Expect: ${request.headers.expect}`, { component: 'gateway' }),
      request,
      response,
      newId(),
    );
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const code = codes[error.code ?? ''] ?? 'bad_request';
    if (error.code === 'ECONNRESET') socket.destroy();
    else refuse(new WherryError(code, error.message, { component: 'gateway' }), socket);
  });
  return server;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const canUpgrade = major > 24 || (major === 24 && minor >= 9);

/** Taking a call back is a matter of the API, although its address is a function's. */
function isForFunctions({ url = '', method }: IncomingMessage): boolean {
  return isFunctionPath(url) || (isAsyncPath(url) && method !== 'DELETE');
}

function wantsWebSocket(request: IncomingMessage, addresses: OwnAddresses | undefined): boolean {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    addresses?.lead(request);
  } catch {
    // It is told as an answer like any other.
    return false;
  }
  return isFunctionPath(request.url ?? '');
}

/** Told to stay with TLS for `localhost`, a browser would not find the plain port of this machine any more. */
function ofThisMachine(host = ''): boolean {
  return /(?:^|\.)localhost(?::\d+)?$/i.test(host);
}

/** What the parser lets through although it is no HTTP/1, or more of it than anybody means. */
function notForUs(request: IncomingMessage): WherryError | undefined {
  const component = 'gateway';
  if (request.httpVersionMajor !== 1)
    return new WherryError('bad_request', `HTTP/${request.httpVersion} is not spoken here`, { component });
  if (request.rawHeaders.length > 2 * mostHeaders)
    return new WherryError('headers_too_large', `more than ${mostHeaders} headers`, { component });
  // The parser finds out that it cannot read such a body only when the function has been called already.
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return new WherryError('bad_request', 'a Transfer-Encoding other than chunked', { component });
  return undefined;
}

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_slow',
};

/** What could not be read as HTTP is answered once, and the connection closed: nothing after it can be trusted. */
function refuse(error: WherryError, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) return void socket.destroy();
  const answer = encodeError(error, undefined);
  const headers = {
    ...answer.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(answer.body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${answer.status} ${http.STATUS_CODES[answer.status] ?? 'Error'}\r\n${lines.join('')}\r\n${answer.body}`,
  );
}
