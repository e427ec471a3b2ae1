import type { IncomingMessage, ServerResponse } from 'node:http';
import { nobody, type Principal } from '@wherry/core/access';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import type { Gatekeeper } from '@wherry/engine/access/gatekeeper';
import { encodeError } from '@wherry/wire/error-answer';
import { type Route, routes } from '@wherry/wire/routes';
import { Exchange } from './exchange.ts';
import type { ApiCounts } from '../metrics/api-counts.ts';
import type { Line } from './access-log.ts';
import type { Auditor } from './auditor.ts';
import type { Guard } from './guard.ts';
import { isFunctionPath } from './function-door.ts';
import { letIn } from './let-in.ts';
import { linger } from './linger.ts';
import type { Router } from './router.ts';

const component = 'gateway';

/** The HTTP door to the platform itself: match, authorise what matched, handle; failures are told in one way. */
export class SystemDoor {
  readonly #router: Router;
  readonly #gatekeeper: Gatekeeper;
  readonly #guard: Guard;
  readonly #newId: () => string;
  readonly #counts: ApiCounts;
  readonly #problem: (message: string) => void;
  readonly #auditor: Auditor;

  constructor(
    router: Router,
    gatekeeper: Gatekeeper,
    guard: Guard,
    newId: () => string,
    counts: ApiCounts,
    problem: (message: string) => void,
    auditor: Auditor,
  ) {
    this.#auditor = auditor;
    this.#router = router;
    this.#gatekeeper = gatekeeper;
    this.#guard = guard;
    this.#newId = newId;
    this.#counts = counts;
    this.#problem = problem;
  }

  async handle(request: IncomingMessage, response: ServerResponse, line?: Line): Promise<void> {
    const id = this.#newId();
    if (line !== undefined) line.call = { id };
    response.setHeader('X-Call-Id', id);
    try {
      await this.#serve(request, response, id);
      // A body that nobody asked for would be read for as long as somebody likes to send it.
      if (!request.complete) linger(request, response);
    } catch (thrown) {
      this.fail(thrown, request, response, id);
    }
  }

  /** Tells a failure; also for what goes wrong before a door was chosen. */
  fail(thrown: unknown, request: IncomingMessage, response: ServerResponse, id: string): void {
    const error = asWherryError(thrown, component);
    if (error.code === 'internal') this.#problem(`${id}: ${error.stack ?? error.message}`);
    if (response.headersSent) return void response.destroy();
    const answer = encodeError(error, request.headers.accept, id);
    response.statusCode = answer.status;
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    // A browser that is asked for a password remembers it for every page of this origin, also those that functions make.
    if (error.code === 'unauthenticated' && request.headers['sec-fetch-mode'] === undefined) {
      response.setHeader('WWW-Authenticate', 'Basic realm="Restricted"');
    }
    linger(request, response, answer.body);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const match = this.#router.match(request.method ?? '', path);
    if (match === undefined) {
      // As clients make it that put an address with a slash at its end before a path. Further in, an empty part may be a name that is missing.
      const clean = path.replace(/^\/+/, '/');
      if (clean !== path && this.#leads(request.method ?? '', clean))
        return redirect(request, response, clean + url.slice(path.length));
      throw new WherryError('not_found', `nothing is served at ${printable(path)}`, { component });
    }
    if ('methods' in match) {
      response.setHeader('Allow', match.methods.join(', '));
      throw new WherryError('method_not_allowed', `${request.method} is not served at ${printable(path)}`, {
        component,
      });
    }
    const { entry, params } = match;
    this.#count(entry.route, response);
    const principal = await this.#admit(entry.route, request, id);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    const scope = entry.route.access === 'public' ? undefined : entry.route.access;
    const exchange = new Exchange({ request, response, params, query, principal, scope });
    await letIn(this.#gatekeeper, principal, () => this.#auditor.serve(entry, exchange, id));
  }

  /** Who is refused is noted. */
  async #admit(route: Route, request: IncomingMessage, id: string): Promise<Principal> {
    try {
      // An address that is a credential itself: programs open it, from where the API may be used.
      if (route === routes.readExportLink) this.#guard.api(request);
      if (route.access !== 'public') {
        this.#guard.api(request);
        this.#guard.origin(request);
      }
      return this.#authorise(route, request);
    } catch (thrown) {
      await this.#auditor.refused(route, request, asWherryError(thrown, component), id);
      throw thrown;
    }
  }

  #leads(method: string, path: string): boolean {
    return isFunctionPath(path) || this.#router.match(method, path) !== undefined;
  }

  /** Once it is answered, however that went. */
  #count({ method, path }: Route, response: ServerResponse): void {
    const since = performance.now();
    response.once('close', () =>
      this.#counts.observe(method, path, response.statusCode, (performance.now() - since) / 1000),
    );
  }

  /** The one place where requests to the platform are allowed: by what matched, never by how the path is spelled. */
  #authorise(route: Route, request: IncomingMessage): Principal {
    if (route.access === 'public') return nobody;
    const { authorization } = request.headers;
    if (route.access === 'admin') return this.#gatekeeper.requireSystem(authorization, 'admin');
    return this.#gatekeeper.require(authorization, route.access);
  }
}

/** What carries a body keeps its method (RFC 9110 section 15.4.9). */
function redirect(request: IncomingMessage, response: ServerResponse, to: string): void {
  const plain = request.method === 'GET' || request.method === 'HEAD';
  response.writeHead(plain ? 301 : 308, { Location: to, 'Content-Length': 0 });
  response.end();
}
