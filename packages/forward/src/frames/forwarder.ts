import type { Channel, Forwarder } from '@wherry/core/ports/forwarder';
import type { Endpoint } from '@wherry/core/instance';
import { WherryError } from '@wherry/core/errors';
import { FramesChannel } from './channel.ts';

/** Speaks the runtime protocol to hosts on this machine. */
export class FramesForwarder implements Forwarder {
  readonly #open = new Map<string, Promise<FramesChannel>>();

  async open(endpoint: Endpoint, lost: () => void): Promise<Channel> {
    if (endpoint.kind !== 'frames') {
      throw new WherryError('internal', `cannot speak ${endpoint.kind}`, { component: 'forward' });
    }
    const channel = await this.#channel(endpoint.path);
    channel.onLost(lost);
    return channel;
  }

  async #channel(path: string): Promise<FramesChannel> {
    const standing = await this.#open.get(path)?.catch(() => undefined);
    if (standing !== undefined && !standing.ended) return standing;
    const opening = FramesChannel.open(path);
    this.#open.set(path, opening);
    const forget = () => {
      if (this.#open.get(path) === opening) this.#open.delete(path);
    };
    opening.then((channel) => channel.onLost(forget), forget);
    return opening;
  }
}
