import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { WherryError } from '@wherry/core/errors';
import type { AnswerToSend, CallbackSender, Received } from '@wherry/core/ports/callback-sender';
import type { AllowedAddresses } from './allowed-addresses.ts';
import { signed } from './signature.ts';

/** Sends answers over HTTP. Whatever a name means to others, what is connected to was checked here, and is what is connected to. */
export class HttpCallbackSender implements CallbackSender {
  readonly #allowed: AllowedAddresses;
  readonly #key: () => Uint8Array;
  readonly #agent: string;
  readonly #now: () => number;

  constructor(parts: { allowed: AllowedAddresses; key: () => Uint8Array; agent: string; now: () => number }) {
    this.#allowed = parts.allowed;
    this.#key = parts.key;
    this.#agent = parts.agent;
    this.#now = parts.now;
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
      addresses =
        isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
    } catch (error) {
      return { status: 0, cause: `${host} could not be found: ${(error as NodeJS.ErrnoException).code}` };
    }
    const [address = ''] = this.#allowed.of(host, addresses);
    const seconds = Math.floor(this.#now() / 1000);
    const all: http.OutgoingHttpHeaders = { 'user-agent': this.#agent };
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = (headers[i] as string).toLowerCase();
      const before = all[name];
      all[name] =
        before === undefined ? (headers[i + 1] as string) : [before, headers[i + 1]].flat().map(String);
    }
    Object.assign(all, signed(id, seconds, body, this.#key()), { 'content-length': body.length });
    return post(target, address, all, body, signal);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function post(
  url: URL,
  address: string,
  headers: http.OutgoingHttpHeaders,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Received> {
  const family = isIP(address);
  const pinned: LookupFunction = (_name, options, done) =>
    options.all === true ? done(null, [{ address, family }]) : done(null, address, family);
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
      const wait = Number(response.headers['retry-after']);
      // What it has to say is nothing that anybody waits for.
      response.destroy();
      resolve({
        ...{ status, cause: `it answered ${status}` },
        ...(wait > 0 ? { retryAfterMs: wait * 1000 } : {}),
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        status: 0,
        cause: signal.aborted ? 'no answer in time' : `no answer: ${error.code ?? error.message}`,
      }),
    );
    request.end(body);
  });
}
