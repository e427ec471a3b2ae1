import type { Instance } from '@wherry/core/instance';
import type { Channel } from '@wherry/core/ports/forwarder';

/** Calls that are answered in less time on average are worth sending before their turn. */
const quickMs = 5;

/** A running instance as the engine sees it: how to reach it, and how busy it is. */
export class Member {
  readonly instance: Instance;
  readonly channel: Channel;
  /** Calls it runs at once. */
  readonly limit: number;
  readonly #ahead: number;
  /** Moving average of the time to an answer. */
  #usualMs = quickMs;
  inFlight = 0;
  /** No new calls: it sleeps, makes room for a new version, or is suspected to hang. */
  draining = false;
  /** Draining because the load needs fewer: it may be called back, and has all the time that its calls take. */
  leaving = false;
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
    this.#ahead = instance.loaded.ahead ?? 0;
  }

  get id(): string {
    return this.instance.id;
  }

  /**
   * Whether it takes one more call. While it is quick it is sent small ones ahead of their turn, so that one write brings many
   * and it never waits for the next; what a slow one could not begin yet is better kept here, where another may take it.
   */
  takes(small: boolean): boolean {
    if (this.draining) return false;
    return this.inFlight < (small ? this.capacity : this.limit);
  }

  /** Calls that it is given at most. */
  get capacity(): number {
    return this.#usualMs < quickMs ? this.limit + this.#ahead : this.limit;
  }

  /** A call was answered after so many milliseconds. */
  answered(afterMs: number): void {
    this.#usualMs += (afterMs - this.#usualMs) / 16;
  }
}

/** Of those that take one more such call. */
export function leastBusy(members: readonly Member[], small: boolean): Member | undefined {
  let best: Member | undefined;
  for (const member of members) {
    if (!member.takes(small)) continue;
    if (best === undefined || member.inFlight < best.inFlight) best = member;
  }
  return best;
}
