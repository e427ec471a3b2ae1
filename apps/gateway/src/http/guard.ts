import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import { isLoopback, type Networks } from './addresses.ts';

/** What every request is checked for before anything is looked up. */
export interface GuardSettings {
  /** The address we listen on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: Networks;
}

const component = 'gateway';
const rememberedHosts = 1_000;

/**
 * Loopback is reachable by every web page that the user has open, so it is no fence: a page whose name was re-bound to 127.0.0.1 sends
 * its own name as Host, and a form of another origin sends that as Origin. Both are refused here.
 */
export class Guard {
  readonly #settings: GuardSettings;
  readonly #known: ReadonlySet<string>;
  readonly #remembered = new Map<string, boolean>();
  readonly #public: boolean;

  constructor(settings: GuardSettings) {
    this.#settings = settings;
    this.#public = !isLoopback(settings.host);
    this.#known = new Set([
      'localhost',
      settings.host.toLowerCase(),
      ...settings.allowedHosts.map((host) => host.toLowerCase()),
    ]);
  }

  /** Throws `unknown_host` or `plain_http`. */
  request(request: IncomingMessage): void {
    const host = request.headers.host ?? '';
    let allowed = this.#remembered.get(host);
    if (allowed === undefined) {
      allowed = this.#allowed(host);
      if (this.#remembered.size >= rememberedHosts) this.#remembered.clear();
      this.#remembered.set(host, allowed);
    }
    if (!allowed)
      throw new WherryError('unknown_host', `Host ${printable(host)} is not a name of this gateway`, {
        component,
      });
    if (this.#public && !this.fromProxy(request) && !isLoopback(request.socket.remoteAddress ?? '')) {
      throw new WherryError('plain_http', `${request.socket.remoteAddress} is not in the trusted networks`, {
        component,
      });
    }
  }

  fromProxy(request: IncomingMessage): boolean {
    return (
      !this.#settings.trustedProxies.empty &&
      this.#settings.trustedProxies.has(request.socket.remoteAddress ?? '')
    );
  }

  /** For requests that change something: a browser says whose page sends them. Throws `foreign_origin`. */
  origin(request: IncomingMessage): void {
    const { origin, host = '' } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const foreignOrigin = origin !== undefined && !sameHost(origin, host);
    const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (!foreignOrigin && !foreignSite) return;
    throw new WherryError(
      'foreign_origin',
      `the request comes from a page of ${printable(origin ?? 'another site')}`,
      { component },
    );
  }

  /** A name we know, or an address: an address can't be re-bound. */
  #allowed(host: string): boolean {
    const match = /^(\[[0-9a-f:.]+\]|[^:@/?#\\\s]+)(?::(\d{1,5}))?$/i.exec(host);
    if (match === null) return false;
    const name = (match[1] ?? '').toLowerCase();
    if (name.startsWith('[')) return isIP(name.slice(1, -1)) === 6;
    // Browsers resolve every name under localhost to this machine themselves (RFC 6761), never by the network.
    return isIP(name) === 4 || this.#known.has(name) || name.endsWith('.localhost');
  }
}

function sameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase().replace(/:80$/, '');
  } catch {
    return false;
  }
}
