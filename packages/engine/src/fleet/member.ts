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
  /** Set while it is being stopped: with which patience, and when it is gone. */
  stopping: { readonly graceMs: number; readonly gone: Promise<void> } | undefined;
  /** Called when it has nothing in flight any more. */
  emptied: (() => void) | undefined;
  /** When it began to take calls, on the monotonic clock. */
  readonly since: number;

  constructor(instance: Instance, channel: Channel, since: number) {
    this.instance = instance;
    this.channel = channel;
    this.since = since;
    this.limit = instance.loaded.concurrency;
  }

  get id(): string {
    return this.instance.id;
  }

  get free(): boolean {
    return this.inFlight < this.limit;
  }
}
