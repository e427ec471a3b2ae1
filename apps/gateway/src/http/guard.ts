import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import { allowedOrigin, type Cors } from '@wherry/core/rules/access-rules';
import type { Networks } from '@wherry/core/rules/networks';
import { isLoopback } from './addresses.ts';

/** What every request is checked for before anything is looked up. */
export interface GuardSettings {
  /** The address we listen on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: Networks;
  /** From where the API may be used; empty is from anywhere. */
  readonly apiNetworks: Networks;
}

const component = 'gateway';
const rememberedHosts = 1_000;
/** A domain name has 253 characters at most; a port comes on top. */
const longestHost = 260;

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

  /** Throws `bad_request`, `unknown_host` or `plain_http`. `known`: the host name is a function's. */
  request(request: IncomingMessage, known = false): void {
    this.host(request, known);
    if (
      this.#public &&
      !isEncrypted(request) &&
      !this.fromProxy(request) &&
      !isLoopback(request.socket.remoteAddress ?? '')
    ) {
      throw new WherryError('plain_http', `${request.socket.remoteAddress} is not in the trusted networks`, {
        component,
      });
    }
  }

  /** Throws `bad_request` or `unknown_host`. */
  host(request: IncomingMessage, known = false): void {
    const host = request.headers.host ?? '';
    // Node takes the first of several; whoever stands before us may have taken the last.
    if (hostLines(request.rawHeaders) > 1)
      throw new WherryError('bad_request', 'more than one Host header', { component });
    if (!known && !this.#remembers(host))
      throw new WherryError('unknown_host', `Host ${printable(host)} is not a name of this gateway`, {
        component,
      });
  }

  /** For requests to the API that need credentials: this machine always may, others where the operator lets them. Throws `address_refused`. */
  api(request: IncomingMessage): void {
    const { apiNetworks } = this.#settings;
    if (apiNetworks.empty) return;
    // That it is this machine is believed of a connection only; what is forwarded has to be on the list.
    const forwarded = this.fromProxy(request) && request.headers['x-forwarded-for'] !== undefined;
    const client = this.client(request);
    if ((!forwarded && isLoopback(client)) || apiNetworks.has(client)) return;
    throw new WherryError('address_refused', `the API is not for ${printable(client)}`, {
      component,
      next: 'Use it from a network that the operator named in WHERRY_API_NETWORKS.',
    });
  }

  /**
   * For conversations: a browser lets every page begin one, and read it, so that only our own pages and those that the function names may.
   * Throws `foreign_origin`.
   */
  page({ headers }: IncomingMessage, cors: Cors | undefined): void {
    const { origin, host = '' } = headers;
    if (origin === undefined || sameHost(origin, host)) return;
    if (cors !== undefined && allowedOrigin(cors, origin) !== undefined) return;
    throw new WherryError('foreign_origin', `the request comes from a page of ${printable(origin)}`, {
      component,
      next: 'Name its origin in the annotation com.wherry.cors of the function.',
    });
  }

  /** What the caller spoke, as far as we know it ourselves or a trusted proxy says it. */
  scheme(request: IncomingMessage): 'http' | 'https' {
    if (isEncrypted(request)) return 'https';
    return this.fromProxy(request) && request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  }

  #remembers(host: string): boolean {
    if (host.length > longestHost) return false;
    let allowed = this.#remembered.get(host);
    if (allowed === undefined) {
      allowed = this.#allowed(host);
      if (this.#remembered.size >= rememberedHosts) this.#remembered.clear();
      this.#remembered.set(host, allowed);
    }
    return allowed;
  }

  fromProxy(request: IncomingMessage): boolean {
    return (
      !this.#settings.trustedProxies.empty &&
      this.#settings.trustedProxies.has(request.socket.remoteAddress ?? '')
    );
  }

  /**
   * Who sent a request in the end. Of X-Forwarded-For only what our own proxies added can be believed: the last entry that is none of theirs.
   */
  client(request: IncomingMessage): string {
    const address = request.socket.remoteAddress ?? '';
    if (!this.fromProxy(request)) return address;
    const hops = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== '');
    return hops.findLast((hop) => !this.#settings.trustedProxies.has(hop)) ?? hops[0] ?? address;
  }

  /**
   * For requests to the API: a browser says whose page sends them. Pages of our own origin are made by functions; what they send is taken
   * with a token that they were given, but not with a password that the browser remembers and adds by itself. Throws `foreign_origin`.
   */
  origin(request: IncomingMessage): void {
    const { origin, host = '', authorization = '' } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const foreignOrigin = origin !== undefined && !sameHost(origin, host);
    const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const page = origin !== undefined || (site !== undefined && site !== 'none');
    const remembered = page && /^\s*basic\b/i.test(authorization);
    if (!foreignOrigin && !foreignSite && !remembered) return;
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
    const bare = name.startsWith('[') ? name.slice(1, -1) : name;
    if (this.#known.has(bare) || this.#known.has(name)) return true;
    // No address, but "any of mine": only web pages that look for this machine without a name for it come by it.
    if (unspecified.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')) return false;
    if (name.startsWith('[')) return isIP(bare) === 6;
    // Browsers resolve every name under localhost to this machine themselves (RFC 6761), never by the network.
    return isIP(name) === 4 || /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+localhost$/.test(name);
  }
}

const unspecified = new BlockList();
unspecified.addSubnet('0.0.0.0', 8, 'ipv4');
unspecified.addSubnet('::', 128, 'ipv6');
unspecified.addSubnet('::ffff:0.0.0.0', 104, 'ipv6');

function hostLines(headers: readonly string[]): number {
  let lines = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') lines += 1;
  }
  return lines;
}

function sameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase().replace(/:80$/, '');
  } catch {
    return false;
  }
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket;
}
