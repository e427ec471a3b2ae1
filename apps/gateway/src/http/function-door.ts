import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WherryError } from '@wherry/core/errors';
import type { Body } from '@wherry/core/ports/body';
import type { TraceHeaders } from '@wherry/core/trace';
import type { Cors } from '@wherry/core/rules/access-rules';
import type { CallInput } from '@wherry/engine/invoke/call';
import type { Platform } from '@wherry/engine/platform';
import { encodeError } from '@wherry/wire/error-answer';
import type { Line } from './access-log.ts';
import type { Callers } from './callers.ts';
import { answerPreflight, isPreflight } from './cors.ts';
import { linger } from './linger.ts';
import { requestBody } from './request-body.ts';
import { ResponseOutput, type Served } from './response-output.ts';
import { SocketSource, UpgradeOutput } from './upgrade-output.ts';

const prefix = '/function/';
const asyncPrefix = '/async-function/';

export function isFunctionPath(url: string): boolean {
  return url.startsWith(prefix);
}

/** Calls that are to be made later. What else is done with them is a matter of the API. */
export function isAsyncPath(url: string): boolean {
  return url.startsWith(asyncPrefix);
}

/**
 * The HTTP door to functions: `/function/NAME[.NAMESPACE][/path][?query]`, and the same behind `/async-function/` for calls that are kept
 * and made later. Path and query behind the name go through untouched.
 */
export class FunctionDoor {
  readonly #platform: Platform;
  readonly #callers: Callers;
  readonly #served: Served;
  readonly #conversations = new Set<Duplex>();
  /** Calls that came in and are not answered yet. */
  underWay = 0;

  constructor(platform: Platform, callers: Callers, served: Served) {
    this.#platform = platform;
    this.#callers = callers;
    this.#served = served;
  }

  readonly #over = (): void => {
    this.underWay -= 1;
  };

  handle(request: IncomingMessage, response: ServerResponse, line?: Line): void {
    const end = endOfName(request.url as string);
    if (isPreflight(request)) {
      const cors = this.corsOf(request);
      if (cors !== undefined) return answerPreflight(request, response, cors);
    }
    if (isAsyncPath(request.url as string) && request.method !== 'POST')
      return refuseMethod(request, response);
    const ready = (body: Body): void => {
      if (response.destroyed) return;
      const output = new ResponseOutput(request, response, this.#served, this.#over);
      this.#begin(output, this.#input(request, end, body), line);
    };
    requestBody(request, ready, () => refuse(request, response, slow()));
  }

  /** A caller that wants to go on in WebSocket (RFC 6455): its connection is the body, and takes the answer bare. */
  upgrade(request: IncomingMessage, socket: Duplex, first: Buffer, line?: Line): void {
    this.#conversations.add(socket);
    socket.once('close', () => this.#conversations.delete(socket));
    const end = endOfName(request.url as string);
    const output = new UpgradeOutput(request, socket, this.#served.by, this.#over);
    const input = { ...this.#input(request, end, new SocketSource(socket, first)), upgrade: 'websocket' };
    this.#begin(output, input, line);
  }

  /** Ends them all: they would go on for as long as both sides like. */
  endConversations(): void {
    for (const socket of this.#conversations) socket.destroy();
  }

  /** Which pages of other origins may talk to it. */
  corsOf(request: IncomingMessage): Cors | undefined {
    const url = request.url as string;
    return this.#platform.functions.find(url.slice(startOfName(url), endOfName(url)))?.fleet.policy.cors;
  }

  #begin(output: ResponseOutput | UpgradeOutput, input: CallInput, line: Line | undefined): void {
    this.underWay += 1;
    output.call = this.#platform.prepare(input, output);
    if (line !== undefined) line.call = output.call;
    void (input.trigger === 'async' ? this.#platform.accept(output.call) : this.#platform.run(output.call));
  }

  #input(request: IncomingMessage, end: number, body: Body): CallInput {
    const url = request.url as string;
    const rest = url.slice(end);
    const { authorization, 'x-call-id': alias, traceparent: parent, tracestate: state } = request.headers;
    return {
      trigger: isAsyncPath(url) ? 'async' : 'http',
      target: url.slice(startOfName(url), end),
      method: request.method as string,
      path: rest === '' ? '/' : rest.startsWith('?') ? `/${rest}` : rest,
      headers: request.rawHeaders,
      body,
      alias: typeof alias === 'string' && alias.length <= 128 && alias !== '' ? alias : undefined,
      authorization,
      ...(typeof parent === 'string' ? { trace: traceOf(parent, state) } : {}),
      ...this.#callers.originOf(request),
    };
  }
}

function traceOf(parent: string, state: string | string[] | undefined): TraceHeaders {
  return { parent, ...(typeof state === 'string' ? { state } : {}) };
}

function slow(): WherryError {
  return new WherryError('request_slow', 'the body did not come', { component: 'gateway' });
}

function refuseMethod(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Allow', 'POST, DELETE');
  const cause = `${request.method}: only POST puts a call into the queue`;
  refuse(request, response, new WherryError('method_not_allowed', cause, { component: 'gateway' }));
}

function refuse(request: IncomingMessage, response: ServerResponse, error: WherryError): void {
  const answer = encodeError(error, request.headers.accept);
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  linger(request, response, answer.body);
}

function startOfName(url: string): number {
  return isAsyncPath(url) ? asyncPrefix.length : prefix.length;
}

function endOfName(url: string): number {
  for (let i = startOfName(url); i < url.length; i++) {
    const c = url.charCodeAt(i);
    if (c === 0x2f || c === 0x3f) return i;
  }
  return url.length;
}
