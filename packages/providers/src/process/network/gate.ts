import { connect, type Server, type Socket } from 'node:net';
import type { Contact } from '@wherry/core/contact';
import type { DeploymentKey } from '@wherry/core/function';
import { admission, gatewayNames, lineWith, mayAsk, targetText } from '@wherry/core/rules/network-access';
import { hostName, type NetworkGrant } from '@wherry/core/rules/network-grant';
import type { LookUp } from './look-up.ts';
import { isMadeUp, MadeUpAddresses } from './made-up-addresses.ts';
import { serveNames, type Verdict } from './name-server.ts';
import type { Space } from './space.ts';
import type { Crowd } from './crowd.ts';
import { splice } from './splice.ts';

/** Takes a connection that a function makes to the gateway itself. */
export type FunctionsDoor = (connection: Socket, from: DeploymentKey) => void;

export interface GateParts {
  readonly grant: NetworkGrant;
  readonly lookUp: LookUp;
  readonly door: FunctionsDoor;
  readonly crowd: Crowd;
  /** Told of every connection, with what became of it. */
  told(contact: Pick<Contact, 'target' | 'outcome' | 'why' | 'line'>): void;
}

/** At once, of one instance. Each is two sockets of ours. */
const mostConnections = 1_024;
const connectMs = 30_000;
/** What an instance wrote last may still be on its way when it has ended. */
const lingerMs = 2_000;
/** The port by which functions know the gateway, wherever it listens. */
export const gatewayPort = 8080;

/** Stands at the only way out of an instance's network: decides about every connection, and carries those that are granted. */
export class Gate {
  readonly #parts: GateParts;
  readonly #addresses = new MadeUpAddresses();
  readonly #open = new Set<Socket>();
  readonly space: Space;
  /** Whose network it is: a waiting host gets its function late. */
  #deployment: DeploymentKey;

  constructor(space: Space, deployment: DeploymentKey, parts: GateParts) {
    this.space = space;
    this.#deployment = deployment;
    this.#parts = parts;
    serveNames(space.names, this.#addresses, (name) => this.#judge(name));
    for (const listener of space.listeners) this.#serve(listener);
  }

  assign(deployment: DeploymentKey): void {
    this.#deployment = deployment;
  }

  get deployment(): DeploymentKey {
    return this.#deployment;
  }

  /** Once the instance has ended. */
  close(): void {
    this.space.forget();
    this.space.names.close();
    for (const listener of this.space.listeners) listener.close();
    setTimeout(() => this.#open.forEach((socket) => socket.destroy()), lingerMs).unref();
  }

  #serve(listener: Server): void {
    listener.on('error', () => undefined);
    listener.on('connection', (inside: Socket) => {
      inside.allowHalfOpen = true;
      inside.on('error', () => undefined);
      const { crowd } = this.#parts;
      if (this.#open.size >= mostConnections || !crowd.enter()) return void inside.resetAndDestroy();
      this.#open.add(inside);
      inside.once('close', () => {
        this.#open.delete(inside);
        crowd.leave();
      });
      void this.#carry(inside);
    });
  }

  /** What is said about a name. One that is not granted gets an address all the same: the connection is what tells the port. */
  async #judge(name: string): Promise<Verdict> {
    const { grant } = this.#parts;
    // One that ends in a number is an address that somebody takes for a name.
    if (!hostName.test(name) || /(?:^|\.)\d+$/.test(name)) return 'no-such-name';
    if (gatewayNames.includes(name) || !mayAsk(grant, name)) return 'address';
    try {
      return (await this.#where(name)).length > 0 ? 'address' : 'no-such-name';
    } catch (error) {
      return missing.has((error as NodeJS.ErrnoException).code ?? '') ? 'no-such-name' : 'later';
    }
  }

  #where(name: string): Promise<readonly string[]> {
    const { grant, lookUp } = this.#parts;
    return lookUp(name, grant.names.some((given) => given.name === name) ? 'as-the-machine' : 'by-dns');
  }

  async #carry(inside: Socket): Promise<void> {
    const address = (inside.localAddress ?? '').replace(/^::ffff:/, '');
    const port = inside.localPort ?? 0;
    const name = this.#addresses.nameOf(address);
    const target = targetText(name ?? address, port);
    const { grant, door, crowd } = this.#parts;
    if (name !== undefined && gatewayNames.includes(name) && port === gatewayPort) {
      if (!grant.functions)
        return this.#refuse(inside, target, 'functions are not granted', lineWith(grant, 'functions'));
      this.#parts.told({ target, outcome: 'connected' });
      inside.allowHalfOpen = false;
      return door(inside, this.#deployment);
    }
    if (name === undefined && isMadeUp(address))
      return this.#refuse(inside, target, `${target} stands for no name that was asked for`, undefined);
    try {
      const found = name === undefined ? [address] : mayAsk(grant, name) ? await this.#where(name) : [];
      const admitted = admission(grant, { name, port }, found, (one) => crowd.own.has(one));
      if ('why' in admitted) return this.#refuse(inside, target, admitted.why, admitted.line);
      await this.#join(inside, target, admitted.addresses, port);
    } catch (error) {
      this.#fail(inside, target, (error as Error).message);
    }
  }

  #join(inside: Socket, target: string, addresses: readonly string[], port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      // It went away while its name was looked up.
      if (inside.destroyed) return resolve();
      const outside = connect({
        host: 'granted',
        port,
        // The addresses that were judged, and no others: nothing is looked up between this and the connection.
        lookup: (_host, _options, found) =>
          found(
            null,
            addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          ),
        autoSelectFamily: true,
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
      });
      outside.setTimeout(connectMs, () => outside.destroy(new Error('it does not answer')));
      outside.on('error', reject);
      const abandon = (): void => void outside.destroy();
      inside.once('close', abandon);
      outside.once('connect', () => {
        outside.setTimeout(0);
        inside.off('close', abandon);
        this.#parts.told({ target, outcome: 'connected' });
        splice(inside, outside, this.#parts.crowd.turns);
        resolve();
      });
    });
  }

  #refuse(inside: Socket, target: string, why: string, line: string | undefined): void {
    inside.resetAndDestroy();
    this.#parts.told({ target, outcome: 'refused', why, ...(line === undefined ? {} : { line }) });
  }

  #fail(inside: Socket, target: string, why: string): void {
    inside.resetAndDestroy();
    this.#parts.told({ target, outcome: 'failed', why });
  }
}

/** Said by the machine's own way, and by name servers. */
const missing = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);
