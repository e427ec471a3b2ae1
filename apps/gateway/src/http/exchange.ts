import type { IncomingMessage, ServerResponse } from 'node:http';
import { allows, type Principal, type Scope } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { AuditChange } from '@wherry/core/audit-record';
import { type FunctionName, fullName } from '@wherry/core/names';
import { maxSecretBytes } from '@wherry/core/secret';
import { parseJson } from '@wherry/wire/json';
import type { AuditTrail } from './audit-trail.ts';

/** Requests to the API itself are small; packages have a limit of their own. */
export const maxJsonBytes = 2 ** 20;
/** Of secrets: room for the largest secret, in base64 and as text beside it, as `faas-cli` sends both. */
export const mostSecretBytes = 8 * maxSecretBytes;

/** A request to the API that has been matched and allowed, and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The `{x}` parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly principal: Principal;
  /** Where the request is audited: its record. */
  trail: AuditTrail | undefined;
  #gathered: Promise<Buffer> | undefined;
  readonly #scope: Scope | undefined;

  constructor(of: {
    request: IncomingMessage;
    response: ServerResponse;
    params: Readonly<Record<string, string>>;
    query: URLSearchParams;
    principal: Principal;
    scope: Scope | undefined;
  }) {
    this.request = of.request;
    this.response = of.response;
    this.params = of.params;
    this.query = of.query;
    this.principal = of.principal;
    this.#scope = of.scope;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** Whether this function is the asker's business, in the scope that the route asks for. */
  may(target: FunctionName): boolean {
    return this.#scope === undefined || allows(this.principal, this.#scope, target);
  }

  /** Throws `forbidden`. Every handler that is about one function says which, before it does anything. */
  about(target: FunctionName): void {
    this.trail?.about({ namespace: target.namespace, name: target.name });
    if (this.may(target)) return;
    throw new WherryError(
      'forbidden',
      `the token ${this.principal.name} lacks the scope ${this.#scope} for ${fullName(target)}`,
      { component: 'gateway' },
    );
  }

  /** What comes, piece by piece. Whoever stops reading half-way can still be answered. */
  get body(): AsyncIterable<Buffer> {
    return this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  }

  /** The body as JSON, of at most so many bytes; read once, however often it is asked for. Throws `bad_json`, `body_too_large`. */
  async json(most = maxJsonBytes): Promise<unknown> {
    return parseJson(await this.#whole(most));
  }

  /** The parameters of the address, and those of a form in the body behind them. Throws `body_too_large`. */
  async form(): Promise<URLSearchParams> {
    const form = new URLSearchParams(this.query);
    const type = this.request.headers['content-type'] ?? '';
    if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return form;
    const body = new URLSearchParams((await this.#whole(maxJsonBytes)).toString());
    for (const [name, value] of body) form.append(name, value);
    return form;
  }

  /** For the audit log: what is different afterwards. Never a value that may be secret. */
  note(change: AuditChange): void {
    this.trail?.note(change);
  }

  async #whole(most: number): Promise<Buffer> {
    checkSize(Number(this.request.headers['content-length'] ?? 0), most);
    this.#gathered ??= this.#read(most);
    // Told to whoever waits for it, now or later; nobody waiting is no reason to end the process.
    this.#gathered.catch(() => undefined);
    const bytes = await this.#gathered;
    checkSize(bytes.length, most);
    return bytes;
  }

  async #read(most: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    checkSize(Number(this.request.headers['content-length'] ?? 0), most);
    for await (const piece of this.body) {
      bytes += piece.length;
      checkSize(bytes, most);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }
}

function checkSize(bytes: number, most: number): void {
  if (bytes <= most) return;
  throw new WherryError('body_too_large', `more than ${most} bytes`, {
    component: 'gateway',
  });
}
