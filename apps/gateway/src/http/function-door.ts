import type { IncomingMessage, ServerResponse } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import type { Body } from '@wherry/core/ports/body';
import type { Platform } from '@wherry/engine/platform';
import { encodeError } from '@wherry/wire/error-answer';
import { answerPreflight, isPreflight } from './cors.ts';
import type { Guard } from './guard.ts';
import { linger } from './linger.ts';
import { requestBody } from './request-body.ts';
import { ResponseOutput, type Served } from './response-output.ts';

const prefix = '/function/';

export function isFunctionPath(url: string): boolean {
  return url.startsWith(prefix);
}

/** The HTTP door to functions: `/function/NAME[.NAMESPACE][/path][?query]`. Path and query behind the name go through untouched. */
export class FunctionDoor {
  readonly #platform: Platform;
  readonly #guard: Guard;
  readonly #served: Served;
  /** Calls that came in and are not answered yet. */
  underWay = 0;

  constructor(platform: Platform, guard: Guard, served: Served) {
    this.#platform = platform;
    this.#guard = guard;
    this.#served = served;
  }

  readonly #over = (): void => {
    this.underWay -= 1;
  };

  handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url as string;
    const end = endOfName(url);
    if (isPreflight(request)) {
      const cors = this.#platform.functions.find(url.slice(prefix.length, end))?.fleet.policy.cors;
      if (cors !== undefined) return answerPreflight(request, response, cors);
    }
    const rest = url.slice(end);
    const { authorization, host = '', 'x-call-id': alias } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const proxied = this.#guard.fromProxy(request);
    const forwarded = proxied ? request.headers['x-forwarded-for'] : undefined;
    const ready = (body: Body): void => {
      if (response.destroyed) return;
      const output = new ResponseOutput(request, response, this.#served, this.#over);
      this.underWay += 1;
      output.call = this.#platform.prepare(
        {
          trigger: 'http',
          target: url.slice(prefix.length, end),
          method: request.method as string,
          path: rest === '' ? '/' : rest.startsWith('?') ? `/${rest}` : rest,
          headers: request.rawHeaders,
          body,
          alias: typeof alias === 'string' && alias.length <= 128 && alias !== '' ? alias : undefined,
          authorization,
          from: {
            address: forwarded === undefined ? address : String(forwarded),
            ...(proxied ? { client: this.#guard.client(request) } : {}),
            host,
            scheme: this.#guard.scheme(request),
          },
        },
        output,
      );
      void this.#platform.run(output.call);
    };
    requestBody(request, ready, () => refuseSlow(request, response));
  }
}

function refuseSlow(request: IncomingMessage, response: ServerResponse): void {
  const error = new WherryError('request_slow', 'the body did not come', { component: 'gateway' });
  const answer = encodeError(error, request.headers.accept);
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  linger(request, response, answer.body);
}

function endOfName(url: string): number {
  for (let i = prefix.length; i < url.length; i++) {
    const c = url.charCodeAt(i);
    if (c === 0x2f || c === 0x3f) return i;
  }
  return url.length;
}
