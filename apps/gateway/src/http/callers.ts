import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Principal } from '@wherry/core/access';
import type { FunctionTable } from '@wherry/engine/functions/function-table';
import type { CallInput } from '@wherry/engine/invoke/call';
import type { Guard } from './guard.ts';
import type { OwnAddresses } from './own-addresses.ts';

/** Where a request comes from, as calls are told it. */
export type Origin = Pick<CallInput, 'caller' | 'depth' | 'from'>;

/** Tells who is at the other end: somebody outside, as far as proxies can be believed, or a function of ours. */
export class Callers {
  readonly #functions: FunctionTable;
  readonly #guard: Guard;
  readonly #addresses: OwnAddresses;
  /** Who is at the other end, where we know it without being told. */
  readonly #known = new WeakMap<Duplex, Principal>();

  constructor(functions: FunctionTable, guard: Guard, addresses: OwnAddresses) {
    this.#functions = functions;
    this.#guard = guard;
    this.#addresses = addresses;
  }

  /** Whatever comes by this connection is said by a function of ours. */
  know(connection: Duplex, caller: Principal): void {
    this.#known.set(connection, caller);
  }

  known(connection: Duplex): Principal | undefined {
    return this.#known.get(connection);
  }

  originOf(request: IncomingMessage): Origin {
    const { host = '', 'x-wherry-depth': said } = request.headers;
    const caller = this.#known.get(request.socket);
    // The addresses in a function's own network mean nothing outside; it runs here.
    const address = caller === undefined ? (request.socket.remoteAddress ?? '') : '127.0.0.1';
    const led = this.#addresses.prefixOf(request);
    const proxied = caller === undefined && this.#guard.fromProxy(request);
    const forwarded = proxied ? request.headers['x-forwarded-for'] : undefined;
    return {
      ...(caller === undefined ? {} : { caller }),
      ...this.#depth(said, caller),
      from: {
        address: forwarded === undefined ? address : String(forwarded),
        ...(proxied ? { client: this.#guard.client(request) } : {}),
        host,
        scheme: caller === undefined ? this.#guard.scheme(request) : 'http',
        ...(led === undefined ? {} : { prefix: led }),
      },
    };
  }

  /** Whoever was called says in a header how deep; a function of ours is at least as deep as its deepest call, whatever it says. */
  #depth(said: string | string[] | undefined, caller: Principal | undefined): { depth?: number } {
    const given = typeof said === 'string' && /^\d{1,3}$/.test(said) ? Number(said) : undefined;
    if (caller === undefined) return given === undefined ? {} : { depth: given + 1 };
    const fn = this.#functions.find(caller.name.replace('function ', ''));
    return { depth: Math.max(given ?? 0, fn?.depths.deepest(performance.now()) ?? 0) + 1 };
  }
}
