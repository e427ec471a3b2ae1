import type { IncomingMessage, ServerResponse } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import type { Gatekeeper } from '@wherry/engine/access/gatekeeper';
import type { Line } from '../http/access-log.ts';
import { isAsyncPath, isFunctionPath } from '../http/function-door.ts';
import type { Guard } from '../http/guard.ts';
import type { SystemDoor } from '../http/system-door.ts';
import { dataPolicy } from './policies.ts';
import type { StaticFiles } from './static-files.ts';

const component = 'dashboard';

/**
 * What is particular about the dashboard's origin. Its pages hold a token, so nothing that a function says may become a page, a script or
 * a frame here: whatever is no file of ours is fetched by script, with the token in a header, or not at all.
 */
export class DashboardDoor {
  readonly #files: StaticFiles;
  readonly #system: SystemDoor;
  readonly #guard: Guard;
  readonly #gatekeeper: Gatekeeper;

  constructor(files: StaticFiles, system: SystemDoor, guard: Guard, gatekeeper: Gatekeeper) {
    this.#files = files;
    this.#system = system;
    this.#guard = guard;
    this.#gatekeeper = gatekeeper;
  }

  /** Before anything is dispatched. Throws `not_a_page`, `foreign_origin`, `unauthenticated`. */
  readonly admit = (request: IncomingMessage, response: ServerResponse): void => {
    const { url = '' } = request;
    if (isFile(url)) return;
    for (const [name, value] of Object.entries(dataPolicy)) response.setHeader(name, value);
    checkFetched(request);
    if (!isFunctionPath(url) && !isAsyncPath(url)) return;
    this.#guard.api(request);
    this.#guard.origin(request);
    // Even public functions: on this origin nothing is called without somebody who signed in.
    this.#gatekeeper.require(request.headers.authorization, 'invoke');
  };

  async handle(request: IncomingMessage, response: ServerResponse, line?: Line): Promise<void> {
    const { url = '', method } = request;
    if (!isFile(url)) return this.#system.handle(request, response, line);
    try {
      if (method !== 'GET' && method !== 'HEAD')
        throw new WherryError('method_not_allowed', `${method}: pages are only read`, { component });
      await this.#files.answer(url.split('?')[0] ?? '/', request, response);
    } catch (error) {
      this.fail(error, request, response, '');
    }
  }

  fail(thrown: unknown, request: IncomingMessage, response: ServerResponse, id: string): void {
    if (!response.headersSent)
      for (const [name, value] of Object.entries(dataPolicy)) response.setHeader(name, value);
    this.#system.fail(thrown, request, response, id);
  }
}

/** Everything that is neither the API nor a function: the application has its own paths. */
function isFile(url: string): boolean {
  return !/^\/+(?:system|function|async-function|healthz|readyz|openapi\.json|api|build|publickey)(?:[/?]|$)/.test(
    url,
  );
}

/** Browsers say what they ask for; who is no browser says nothing, and has to bring the token anyway. Throws `not_a_page`. */
function checkFetched({ headers }: IncomingMessage): void {
  const dest = headers['sec-fetch-dest'];
  const mode = headers['sec-fetch-mode'];
  const script = (dest === undefined || dest === 'empty') && mode !== 'navigate' && mode !== 'no-cors';
  if (script && headers['service-worker'] === undefined) return;
  throw new WherryError('not_a_page', `asked for as ${String(dest ?? mode)}`, { component });
}
