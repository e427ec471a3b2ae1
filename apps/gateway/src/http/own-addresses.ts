import type { IncomingMessage } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import type { OwnRoutes } from '@wherry/engine/functions/own-routes';

/** Leads requests for a function's own address to where functions are: from there on they are like any others. */
export class OwnAddresses {
  readonly #routes: OwnRoutes;
  /** Requests that were led, with the part of their path that is the address. */
  readonly #led = new WeakMap<IncomingMessage, string>();

  constructor(routes: OwnRoutes) {
    this.#routes = routes;
  }

  /**
   * Rewrites the path of a request that is for a function by its address. Whether its host name is a function's: then nothing of the gateway is
   * served there. Throws `not_found` for a path on such a host that leads nowhere.
   */
  lead(request: IncomingMessage): boolean {
    if (!this.#routes.some) return false;
    const host = hostName(request.headers.host);
    const taken = this.#routes.hasHost(host);
    if (this.#led.has(request)) return taken;
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const routed = url.startsWith('/') ? this.#routes.find(host, path) : undefined;
    if (routed !== undefined) {
      this.#led.set(request, routed.prefix);
      request.url = `/function/${routed.target}${url.slice(routed.prefix.length)}`;
    } else if (taken)
      throw new WherryError('not_found', `nothing is served at ${printable(host + path)}`, {
        component: 'gateway',
      });
    return taken;
  }

  /** The part of the path that led to the function; undefined where it came by /function/NAME. */
  prefixOf(request: IncomingMessage): string | undefined {
    return this.#routes.some ? this.#led.get(request) : undefined;
  }

  /** Whether a host name is a function's. */
  has(host: string | undefined): boolean {
    return this.#routes.some && this.#routes.hasHost(hostName(host));
  }
}

function hostName(host = ''): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase();
}
