import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { WherryError } from '@wherry/core/errors';
import type { AnswerToSend, CallbackSender, Received } from '@wherry/core/ports/callback-sender';
import type { AllowedAddresses } from './allowed-addresses.ts';
import { addressesOf, type LookUp } from './look-up.ts';
import { keyFor, signed } from './signature.ts';

/** Sends answers over HTTP. Whatever a name means to others, what is connected to was checked here, and is what is connected to. */
export class HttpCallbackSender implements CallbackSender {
  readonly #allowed: AllowedAddresses;
  readonly #key: () => Uint8Array;
  readonly #agent: string;
  readonly #now: () => number;
  readonly #lookUp: LookUp;

  constructor(parts: {
    allowed: AllowedAddresses;
    key: () => Uint8Array;
    agent: string;
    now: () => number;
    lookUp?: LookUp;
  }) {
    this.#allowed = parts.allowed;
    this.#key = parts.key;
    this.#agent = parts.agent;
    this.#now = parts.now;
    this.#lookUp = parts.lookUp ?? addressesOf(parts.allowed);
  }

  check(url: string): void {
    const host = hostOf(new URL(url));
    if (isIP(host) !== 0) this.#allowed.of(host, [host]);
    else if (/(?:^|\.)localhost\.?$/i.test(host)) this.#allowed.of(host, ['127.0.0.1']);
  }

  async send({ url, id, headers, body }: AnswerToSend, signal: AbortSignal): Promise<Received> {
    this.check(url);
    const target = new URL(url);
    const host = hostOf(target);
    let addresses: readonly string[];
    try {
      addresses = isIP(host) === 0 ? await this.#lookUp(host) : [host];
    } catch (error) {
      return { status: 0, cause: `${host} could not be found: ${(error as NodeJS.ErrnoException).code}` };
    }
    const allowed = this.#allowed.of(host, addresses);
    const seconds = Math.floor(this.#now() / 1000);
    // Without a prototype: a function may answer with a header of any name.
    const all = Object.assign(Object.create(null) as http.OutgoingHttpHeaders, { 'user-agent': this.#agent });
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = (headers[i] as string).toLowerCase();
      const before = all[name];
      all[name] =
        before === undefined ? (headers[i + 1] as string) : [before, headers[i + 1]].flat().map(String);
    }
    Object.assign(all, signed(id, seconds, body, keyFor(this.#key(), target.origin)), {
      'content-length': body.length,
    });
    return post(target, allowed, all, body, signal);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function post(
  url: URL,
  addresses: readonly string[],
  headers: http.OutgoingHttpHeaders,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Received> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  const first = known[0] as (typeof known)[number];
  const pinned: LookupFunction = (_name, options, done) =>
    options.all === true ? done(null, known) : done(null, first.address, first.family);
  return new Promise((resolve, reject) => {
    let request: http.ClientRequest;
    try {
      request = (url.protocol === 'https:' ? https : http).request(url, {
        ...{ method: 'POST', headers, signal, lookup: pinned, agent: false },
      });
    } catch (error) {
      // A header that a function gave and HTTP does not know.
      return reject(
        new WherryError('callback_refused', (error as Error).message, { component: 'callbacks' }),
      );
    }
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const asked = response.headers['retry-after'] ?? '';
      const wait = /^\d{1,9}$/.test(asked) ? Number(asked) : 0;
      // What it has to say is nothing that anybody waits for.
      response.destroy();
      resolve({
        ...{ status, cause: `it answered ${status}` },
        ...(wait > 0 ? { retryAfterMs: wait * 1000 } : {}),
      });
    });
    // Node gives such a connection away, and says nothing more of the request.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, cause: 'it answered 101' });
    });
    request.on('close', () => resolve({ status: 0, cause: 'no answer: the connection was closed' }));
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        status: 0,
        cause: signal.aborted ? 'no answer in time' : `no answer: ${error.code ?? error.message}`,
      }),
    );
    request.end(body);
  });
}
