import type { Instance } from '@wherry/core/instance';
import type { Channel } from '@wherry/core/ports/forwarder';

/** A running instance as the engine sees it: how to reach it, and how busy it is. */
export class Member {
  readonly instance: Instance;
  readonly channel: Channel;
  /** Calls it may have at once. */
  readonly limit: number;
  inFlight = 0;
  /** No new calls: it sleeps, makes room for a new version, or is suspected to hang. */
  draining = false;

  constructor(instance: Instance, channel: Channel) {
    this.instance = instance;
    this.channel = channel;
    this.limit = instance.loaded.concurrency;
  }

  get id(): string {
    return this.instance.id;
  }

  get free(): boolean {
    return this.inFlight < this.limit;
  }
}
