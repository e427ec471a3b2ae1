import type { KeyObject } from 'node:crypto';
import { certificateRequest } from './csr.ts';
import { type Answer, Messages, type Problem } from './messages.ts';
import { jwk, thumbprint } from './jose.ts';

/** What an authority's directory names (RFC 8555 section 7.1.1). */
interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
}

interface Order {
  readonly status: string;
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate?: string;
  readonly error?: Problem;
}

interface Authorization {
  readonly status: string;
  readonly identifier: { readonly value: string };
  readonly challenges: readonly Challenge[];
}

interface Challenge {
  readonly type: string;
  readonly url: string;
  readonly token: string;
  readonly status: string;
  readonly error?: Problem;
}

export interface AcmeOptions {
  /** Address of the authority's directory. */
  readonly directory: string;
  /** Certificates that vouch for the authority's own server, where the system's do not. */
  readonly ca: Buffer | undefined;
  readonly email: string;
  readonly accountKey: KeyObject;
  /** Puts the proof for a token where the authority looks for it; and takes it away again. */
  readonly show: (token: string, proof: string) => void;
  readonly hide: (token: string) => void;
  readonly pause: (ms: number) => Promise<void>;
}

const [firstLookMs, longestLookMs, patienceMs] = [100, 5_000, 60_000];

/** A certificate authority that is spoken to by ACME (RFC 8555), and proves names by HTTP (section 8.3). */
export class AcmeClient {
  readonly #options: AcmeOptions;
  readonly #messages: Messages;
  #directory: Directory | undefined;
  #account: string | undefined;

  constructor(options: AcmeOptions) {
    this.#options = options;
    this.#messages = new Messages(options.accountKey, options.ca, async () => (await this.#where()).newNonce);
  }

  /** A certificate chain (PEM) for a name. Throws with the authority's own words where it gives none. */
  async certificate(name: string, key: KeyObject): Promise<string> {
    const { newOrder } = await this.#where();
    const made = await this.#post(newOrder, { identifiers: [{ type: 'dns', value: name }] });
    const at = location(made);
    let order = JSON.parse(made.text) as Order;
    for (const authorization of order.authorizations) await this.#prove(authorization);
    order = await this.#until<Order>(at, order, ({ status }) => status !== 'pending');
    const csr = certificateRequest([name], key).toString('base64url');
    order = JSON.parse((await this.#post(order.finalize, { csr })).text) as Order;
    order = await this.#until<Order>(
      at,
      order,
      ({ status }) => status !== 'processing' && status !== 'ready',
    );
    if (order.status !== 'valid' || order.certificate === undefined)
      throw new Error(
        `the authority gave no certificate for ${name}: ${order.error?.detail ?? order.status}`,
      );
    return (await this.#post(order.certificate, undefined)).text;
  }

  async #prove(at: string): Promise<void> {
    const asked = await this.#ask<Authorization>(at);
    if (asked.status === 'valid') return;
    const challenge = asked.challenges.find(({ type }) => type === 'http-01');
    if (challenge === undefined)
      throw new Error(`the authority offers no proof by HTTP for ${asked.identifier.value}`);
    const { show, hide, accountKey } = this.#options;
    show(challenge.token, `${challenge.token}.${thumbprint(accountKey)}`);
    try {
      await this.#post(challenge.url, {});
      const proved = await this.#until<Authorization>(at, asked, ({ status }) => status !== 'pending');
      if (proved.status === 'valid') return;
      const why = proved.challenges.find(({ error }) => error !== undefined)?.error?.detail ?? proved.status;
      throw new Error(`${asked.identifier.value} was not proved: ${why}`);
    } finally {
      hide(challenge.token);
    }
  }

  /** Asks again until it is as wanted: a minute at most. */
  async #until<T>(at: string, first: T, done: (now: T) => boolean): Promise<T> {
    let now = first;
    let waited = 0;
    for (let ms = firstLookMs; !done(now); ms = Math.min(longestLookMs, ms * 2)) {
      if (waited > patienceMs) throw new Error('the authority did not come to an end within a minute');
      await this.#options.pause(ms);
      waited += ms;
      now = await this.#ask<T>(at);
    }
    return now;
  }

  async #ask<T>(url: string): Promise<T> {
    return JSON.parse((await this.#post(url, undefined)).text) as T;
  }

  /** Kept once it is one: an authority that is being mended answers something else, and is asked again. */
  async #where(): Promise<Directory> {
    if (this.#directory !== undefined) return this.#directory;
    const { status, text } = await this.#messages.request('GET', this.#options.directory);
    if (status !== 200) throw new Error(`the authority's directory answered ${status}`);
    const found = JSON.parse(text) as Partial<Directory>;
    for (const name of ['newNonce', 'newAccount', 'newOrder'] as const)
      if (typeof found[name] !== 'string') throw new Error(`the authority's directory names no ${name}`);
    this.#directory = found as Directory;
    return this.#directory;
  }

  /** Made at the first use, and found again by its key (section 7.3.1). */
  async #accountUrl(): Promise<string> {
    if (this.#account !== undefined) return this.#account;
    const { accountKey, email } = this.#options;
    const contact = email === '' ? {} : { contact: [`mailto:${email}`] };
    const { newAccount } = await this.#where();
    const made = await this.#messages.send(
      newAccount,
      { jwk: jwk(accountKey) },
      { termsOfServiceAgreed: true, ...contact },
    );
    this.#account = location(made);
    return this.#account;
  }

  async #post(url: string, payload: unknown): Promise<Answer> {
    return this.#messages.send(url, { kid: await this.#accountUrl() }, payload);
  }
}

function location({ headers }: Answer): string {
  return String(headers['location'] ?? '');
}
