import type { IncomingMessage, ServerResponse } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import type { Headers } from '@wherry/core/ports/forwarder';
import { encodeError } from '@wherry/wire/error-answer';
import { announced } from '@wherry/engine/invoke/announced';
import type { Call, CallOutput } from '@wherry/engine/invoke/call';
import { streamed } from '../machine/garbage.ts';
import { carriedAnswer } from './carried-answer.ts';
import { headersFor, isCorsHeader } from './cors.ts';
import { linger } from './linger.ts';

/** What `X-Served-By` says. */
export interface Served {
  readonly by: string;
  /** The function's status and headers go inside a header of ours, so that on this origin its answer is data and never a page. */
  readonly carried?: boolean;
}

/** Only where several versions could have answered: others need not know how often a function was deployed. */
const versionHeader = 'X-Wherry-Version';

/** Node joins head and body into one write only where both are text; up to this size that is cheaper than two buffers. */
const oneWriteBytes = 16 * 1024;

/** Bytes as text and back are the same in Latin-1. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The answer to a call over HTTP: the function's, with our headers added and what belongs to the connection taken off. */
export class ResponseOutput implements CallOutput {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #served: Served;
  call: Call | undefined;

  /** `over` is called when the exchange has ended, however it did. */
  constructor(request: IncomingMessage, response: ServerResponse, served: Served, over: () => void) {
    this.#request = request;
    this.#response = response;
    this.#served = served;
    // Ends before the answer is complete: nobody waits for it any more.
    response.on('close', () => {
      over();
      if (!response.writableFinished) this.call?.cancel('caller_gone');
    });
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    const bodiless = this.#request.method === 'HEAD' || status === 204 || status === 304;
    const length = bodiless ? undefined : body.length;
    this.#write(
      status,
      this.#headers(headers, length, this.#request.method === 'HEAD' && announced(headers) !== undefined),
    );
    if (bodiless) this.#response.end();
    else if (body.length <= oneWriteBytes) this.#response.end(latin1(body), 'latin1');
    else this.#response.end(body);
    this.#finish();
  }

  head(status: number, headers: Headers): void {
    this.#write(
      status,
      this.#headers(headers, undefined, status !== 204 && announced(headers) !== undefined),
    );
    // Held back until the end of this turn: what comes with the head goes in the same write.
    const { socket } = this.#response;
    socket?.cork();
    this.#response.flushHeaders();
    process.nextTick(() => socket?.uncork());
    this.#response.on('drain', () => this.call?.resume());
  }

  chunk(bytes: Uint8Array): boolean {
    streamed(bytes.length);
    return this.#response.write(bytes);
  }

  end(): void {
    this.#response.end();
    this.#finish();
  }

  cut(): void {
    // Where the end of the connection is the end of the answer (HTTP/1.0), only a reset says that this was not all.
    if (this.#request.httpVersionMinor === 0) this.#response.socket?.resetAndDestroy();
    this.#response.destroy();
  }

  error(error: WherryError, call: Call): void {
    const response = this.#response;
    if (response.destroyed || response.headersSent) return void response.destroy();
    const answer = encodeError(error, this.#request.headers.accept, call.input.alias ?? call.id);
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    response.setHeader('X-Call-Id', call.input.alias ?? call.id);
    response.setHeader('X-Start-Time', call.startTime);
    response.setHeader('X-Served-By', this.#served.by);
    const cors = call.fleet?.policy.cors;
    const forPage = cors === undefined ? [] : headersFor(cors, this.#request);
    for (let i = 0; i < forPage.length; i += 2)
      response.setHeader(forPage[i] as string, forPage[i + 1] as string);
    // OpenFaaS clients take this for a failure of the platform, which may be tried again, and not of the function.
    response.setHeader('X-OpenFaaS-Internal', 'wherry');
    response.statusCode = answer.status;
    linger(this.#request, response, answer.body);
  }

  #write(status: number, headers: string[]): void {
    try {
      if (this.#served.carried === true) this.#response.writeHead(200, carriedAnswer(status, headers));
      else this.#response.writeHead(status, headers);
    } catch (error) {
      // What the checks before let through, Node refuses: never half an answer.
      throw new WherryError('function_garbled', (error as Error).message, { component: 'gateway' });
    }
  }

  #headers(headers: Headers, length: number | undefined, keepLength: boolean): string[] {
    const call = this.call as Call;
    const cors = call.fleet?.policy.cors;
    const out: string[] = cors === undefined ? [] : headersFor(cors, this.#request);
    // Said where the function does not say it itself.
    const { headers: further } = call.fleet?.policy ?? {};
    if (further !== undefined) out.push(...without(further, headers));
    let typed = false;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] as string;
      const value = headers[i + 1] as string;
      if (name.length === 12 && name.toLowerCase() === 'content-type') typed = true;
      if (name.length === 14 && name.toLowerCase() === 'content-length') {
        if (keepLength) out.push(name, value);
      } else if (!ours(name) && (cors === undefined || !isCorsHeader(name))) out.push(name, value);
    }
    if (!typed && (length ?? 1) > 0)
      out.push('Content-Type', this.#request.headers['content-type'] ?? 'text/plain; charset=utf-8');
    if (length !== undefined) out.push('Content-Length', String(length));
    if (call.tellsVersion) out.push(versionHeader, String(call.fleet?.key.version));
    out.push('X-Call-Id', call.input.alias ?? call.id, 'X-Start-Time', call.startTime);
    out.push(
      'X-Duration-Seconds',
      ((performance.now() - call.started) / 1000).toFixed(6),
      'X-Served-By',
      this.#served.by,
    );
    return out;
  }

  /** A caller that has its answer and still sends is heard out briefly, so that the answer is not lost in a reset. */
  #finish(): void {
    if (!this.#request.complete) linger(this.#request, this.#response);
  }
}

/** Of some headers those that others do not have. */
function without(headers: Headers, others: Headers): string[] {
  const said = new Set(others.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : '')));
  return headers.filter((_, i) => !said.has((headers[i - (i % 2)] as string).toLowerCase()));
}

/** Headers that only we say, or that belong to the connection. */
export function ours(name: string): boolean {
  switch (name.length) {
    case 7:
      return name.toLowerCase() === 'upgrade' || name.toLowerCase() === 'trailer';
    case 9:
      return name.toLowerCase() === 'x-call-id';
    case 10:
      return name.toLowerCase() === 'connection' || name.toLowerCase() === 'keep-alive';
    case 11:
      return name.toLowerCase() === 'x-served-by';
    case 12:
      return name.toLowerCase() === 'x-start-time';
    case 14:
      return name.toLowerCase() === 'x-wherry-error';
    case 16:
      return name.toLowerCase() === 'proxy-connection' || name.toLowerCase() === 'x-wherry-version';
    case 17:
      return name.toLowerCase() === 'transfer-encoding';
    case 18:
      return name.toLowerCase() === 'x-duration-seconds';
    case 22:
      // A worker for the whole origin would sit between a browser and every other function.
      return name.toLowerCase() === 'service-worker-allowed';
    default:
      return false;
  }
}
