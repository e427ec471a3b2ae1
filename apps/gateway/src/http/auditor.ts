import type { IncomingMessage } from 'node:http';
import { coversAll, type Principal } from '@wherry/core/access';
import { asWherryError, type WherryError } from '@wherry/core/errors';
import type { Platform } from '@wherry/engine/platform';
import type { Route, RouteName } from '@wherry/wire/routes';
import { type Auditing, auditingOf, nameOf } from '../routes/audited.ts';
import { AuditTrail } from './audit-trail.ts';
import type { Exchange } from './exchange.ts';
import type { Guard } from './guard.ts';
import type { Entry } from './router.ts';

const refusals: readonly string[] = [
  'unauthenticated',
  'forbidden',
  'address_refused',
  'foreign_origin',
  'bad_signature',
  'link_spent',
  'link_unknown',
];

/** Stands around every handler: whatever changes something is noted before it is done, and answered when its record is on the disk. */
export class Auditor {
  readonly #platform: Platform;
  readonly #guard: Guard;

  constructor(platform: Platform, guard: Guard) {
    this.#platform = platform;
    this.#guard = guard;
  }

  async serve({ route, handler }: Entry, exchange: Exchange, call: string): Promise<void> {
    const auditing = auditingOf(route);
    if (auditing === undefined) return this.#plain({ route, handler }, exchange, call);
    const { request, response, principal } = exchange;
    const start = {
      ...this.#start(route, request, principal, call),
      ...target(auditing.what, exchange, undefined),
    };
    const trail = new AuditTrail(this.#platform.audit, response, start, auditing.frees);
    exchange.trail = trail;
    try {
      await begin(auditing, exchange, trail);
      await handler(exchange);
    } catch (thrown) {
      const error = asWherryError(thrown, 'gateway');
      trail.failed(error);
      if (!trail.begun) await this.refused(route, request, error, call);
      throw error;
    } finally {
      trail.handled();
    }
  }

  /** Somebody was refused before anything was looked at. Never rejects. */
  async refused(route: Route, request: IncomingMessage, error: WherryError, call: string): Promise<void> {
    if (!refusals.includes(error.code)) return;
    const { authorization } = request.headers;
    const who = authorization === undefined ? undefined : this.#platform.gatekeeper.principal(authorization);
    const entry = this.#start(route, request, who, call);
    await this.#platform.audit.refused(entry, { status: error.status, error: error.code });
  }

  async #plain({ route, handler }: Entry, exchange: Exchange, call: string): Promise<void> {
    try {
      await handler(exchange);
    } catch (thrown) {
      await this.refused(route, exchange.request, asWherryError(thrown, 'gateway'), call);
      throw thrown;
    }
  }

  #start(route: Route, request: IncomingMessage, who: Principal | undefined, call: string) {
    const name = who?.name ?? '';
    const hash = this.#platform.tokens.list().find((token) => token.name === name)?.hash;
    return {
      who: name,
      ...(hash === undefined ? {} : { token: hash.slice(0, 12) }),
      from: this.#guard.client(request),
      what: nameOf(route),
      method: request.method ?? '',
      call,
    };
  }
}

async function begin(
  { what, streamed, provedLater, foundLater, jsonBytes }: Auditing,
  exchange: Exchange,
  trail: AuditTrail,
): Promise<void> {
  if (provedLater || (foundLater && !coversAll(exchange.principal))) return;
  // What cannot be read is the handler's to refuse, where it wants to read it at all.
  if (!streamed) trail.about(target(what, exchange, await exchange.json(jsonBytes).catch(() => undefined)));
  await trail.begin();
}

const nameFields = ['service', 'functionName', 'serviceName', 'name', 'image'] as const;

/** What a request is about, as far as its path, its query and its body say it in the usual places. Handlers that know better say so. */
function target(
  what: RouteName,
  { params, query }: Exchange,
  body: unknown,
): { namespace?: string; name?: string } {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const named =
    params['name'] ?? params['topic'] ?? params['id'] ?? nameFields.map((one) => fields[one]).find(isText);
  const namespace = params['namespace'] ?? query.get('namespace') ?? fields['namespace'];
  if (what.includes('Namespace')) return { namespace: String(params['namespace'] ?? fields['name'] ?? '') };
  return {
    ...(isText(named) ? { name: named } : {}),
    ...(isText(namespace) ? { namespace } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
