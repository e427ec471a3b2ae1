import type { Endpoint } from '@wherry/core/instance';
import { WherryError } from '@wherry/core/errors';
import type { Clock } from '@wherry/core/ports/clock';
import type { Channel, Forwarder } from '@wherry/core/ports/forwarder';
import type { Script } from './fake-call.ts';
import { FakeChannel } from './fake-channel.ts';

/**
 * Instances that answer by a script instead of running code. `script` is asked for every call, whatever the instance; replace
 * it at any moment. `calls` lists the calls that reached an instance.
 */
export class FakeForwarder implements Forwarder {
  script: Script = () => ({ status: 200, headers: ['content-type', 'text/plain'], body: Buffer.from('ok') });
  readonly calls: {
    readonly at: string;
    readonly method: string;
    readonly path: string;
    readonly body: Buffer;
  }[] = [];
  /** What `ping` says, on every channel. */
  alive = true;
  readonly #clock: Clock;
  readonly #open = new Map<string, FakeChannel>();
  readonly #deaf = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open(endpoint: Endpoint, lost: () => void): Promise<Channel> {
    const at = addressOf(endpoint);
    const known = this.#open.get(at);
    if (known !== undefined) return known;
    if (this.#deaf.has(at))
      throw new WherryError('start_failed', `nobody listens at ${at}`, { component: 'fake-forwarder' });
    const channel = new FakeChannel({
      clock: this.#clock,
      at,
      script: (call) => this.script(call),
      seen: (call) => this.calls.push(call),
      alive: () => this.alive,
      gone: () => this.#open.delete(at),
      lost,
    });
    this.#open.set(at, channel);
    return channel;
  }

  /** The channel to an instance, to look at or to misuse. */
  channel(endpoint: Endpoint): FakeChannel | undefined {
    return this.#open.get(addressOf(endpoint));
  }

  /** The connection to an instance breaks: calls in flight fail, and whoever opened it is told. */
  lose(endpoint: Endpoint): void {
    this.#open.get(addressOf(endpoint))?.break();
  }

  /** Nobody listens at this endpoint from now on. */
  refuse(endpoint: Endpoint): void {
    this.#deaf.add(addressOf(endpoint));
  }
}

function addressOf(endpoint: Endpoint): string {
  return endpoint.kind === 'frames' ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
}
