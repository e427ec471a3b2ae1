import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { WherryError, type ErrorCode } from '@wherry/core/errors';
import { encodeError } from '@wherry/wire/error-answer';

/** What a request was: what tests look at afterwards. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** A gateway that says what a test wants: answers by `METHOD /path`, a 404 of ours to all else. */
export class ScriptedGateway {
  readonly seen: Seen[] = [];
  readonly #answers = new Map<string, Answer>();
  url = '';

  static async start(t: TestContext): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    const server = createServer((request, response) => void gateway.#serve(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return gateway;
  }

  on(route: string, answer: Answer): this {
    this.#answers.set(route, answer);
    return this;
  }

  json(route: string, value: unknown, status = 200): this {
    return this.on(route, (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  }

  fails(route: string, code: ErrorCode, cause: string): this {
    return this.on(route, (request, response) => fail(request, response, code, cause));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    const streamed = this.#answers.get(`${request.method} ${path} streaming`);
    if (streamed !== undefined) return streamed(request, response, Buffer.alloc(0));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const answer = this.#answers.get(`${request.method} ${path}`);
    if (answer === undefined) fail(request, response, 'function_unknown', `nothing at ${path}`);
    else answer(request, response, body);
  }
}

function fail(request: IncomingMessage, response: ServerResponse, code: ErrorCode, cause: string): void {
  const answer = encodeError(
    new WherryError(code, cause, { component: 'gateway' }),
    request.headers.accept,
    'call-1',
  );
  response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
}
