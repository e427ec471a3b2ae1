import type {
  CallQueue,
  Enqueued,
  LaneState,
  LaneWish,
  Leased,
  LeaseKey,
  NewItem,
  QueueQuery,
  QueueSelection,
  Settlement,
} from '@wherry/core/ports/call-queue';
import type { CallHead, QueuedCall } from '@wherry/core/queued-call';
import { keyDigest, printOf } from '../../queue-rules.ts';
import {
  Bodies,
  changedAtOnce,
  packItem,
  type PackedItem,
  type PackedLease,
  type PackedSettlement,
  type QueueRequest,
} from './queue-batch.ts';
import type { SqliteThread } from '../sqlite-thread.ts';

/** Bodies in one batch: more would only be moved about, and hold up what comes behind. */
const mostBytes = 8 * 2 ** 20;

interface Waiting {
  readonly pack: (bodies: Bodies) => QueueRequest;
  readonly bytes: number;
  /** It makes the queue longer. */
  readonly adds: boolean;
  resolve(outcome: unknown): void;
  reject(error: unknown): void;
}

/**
 * The queue in the embedded database. What is asked while the disk is busy with one group becomes the next group: one transaction and one
 * flush for all of it, however many callers there are.
 */
export class SqliteCallQueue implements CallQueue {
  readonly #thread: SqliteThread;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  enqueue(items: readonly NewItem[]): Promise<readonly Enqueued[]> {
    const bytes = items.reduce((sum, { body }) => sum + body.length, 0);
    const pack = (bodies: Bodies): QueueRequest => ({
      kind: 'enqueue',
      items: items.map((item) => packItem(item, bodies, identify)),
    });
    return this.#ask(bytes, pack, true);
  }

  async lease(
    wishes: readonly LaneWish[],
    holder: string,
    now: number,
    until: number,
    most: number,
  ): Promise<readonly Leased[]> {
    const request: QueueRequest = { kind: 'lease', wishes, holder, now, until, mostBytes: most };
    return (await this.#ask<readonly PackedLease[]>(0, () => request)).map(unpacked);
  }

  extend(leases: readonly LeaseKey[], until: number): Promise<readonly boolean[]> {
    return this.#ask(0, () => ({ kind: 'extend', leases, until }));
  }

  settle(outcomes: readonly Settlement[]): Promise<readonly boolean[]> {
    const bytes = outcomes.reduce((sum, one) => sum + weightOf(one), 0);
    return this.#ask(bytes, (bodies) => ({
      kind: 'settle',
      outcomes: outcomes.map((outcome) => packed(outcome, bodies)),
    }));
  }

  lanes(now?: number): Promise<readonly LaneState[]> {
    return this.#thread.ask('queue', 'lanes', [now]);
  }

  find(query: QueueQuery): Promise<readonly QueuedCall[]> {
    return this.#thread.ask('queue', 'find', [query]);
  }

  async change(
    selection: QueueSelection,
    what: 'cancel' | 'redrive' | 'discard',
    now: number,
    keptUntil: number,
  ): Promise<readonly string[]> {
    const changed: string[] = [];
    for (;;) {
      const part = await this.#ask<readonly string[]>(0, () => ({
        ...{ kind: 'change', selection, what, now, keptUntil },
      }));
      changed.push(...part);
      if (selection.ids !== undefined || part.length < changedAtOnce) return changed;
    }
  }

  prune(now: number, most: number): Promise<number> {
    return this.#thread.ask('queue', 'prune', [now, most]);
  }

  release(holder: string, now: number, latestDue: number): Promise<number> {
    return this.#thread.ask('queue', 'release', [holder, now, latestDue]);
  }

  #ask<T>(bytes: number, pack: (bodies: Bodies) => QueueRequest, adds = false): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pack, bytes, adds, resolve: resolve as (outcome: unknown) => void, reject });
      // At the end of this turn of the event loop: what else comes in it shares the first flush.
      if (!this.#busy) setImmediate(() => void this.#send());
      this.#busy = true;
    });
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#next();
      try {
        await this.#apply(group);
      } catch (error) {
        // More of it has no room; what is in it must be able to end, or it never would have.
        const full = (error as { code?: string }).code === 'storage_full';
        const others = full ? group.filter(({ adds }) => !adds) : [];
        for (const one of group) if (!others.includes(one)) one.reject(error);
        await this.#apply(others).catch((failure: unknown) => {
          for (const { reject } of others) reject(failure);
        });
      }
    }
    this.#busy = false;
  }

  async #apply(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    const bodies = new Bodies();
    const requests = group.map(({ pack }) => pack(bodies));
    const bytes = bodies.joined();
    const outcomes = await this.#thread.ask('queue', 'apply', [requests, bytes], [bytes.buffer]);
    for (const [place, { resolve }] of group.entries()) resolve(outcomes[place]);
  }

  #next(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((one, place) => (bytes += one.bytes) > mostBytes && place > 0);
    const group = end < 0 ? this.#waiting : this.#waiting.slice(0, end);
    this.#waiting = end < 0 ? [] : this.#waiting.slice(end);
    return group;
  }
}

/** What it carries from thread to thread. */
function weightOf(outcome: Settlement): number {
  if (outcome.to === 'waiting') return 0;
  const kept = outcome.to === 'done' ? outcome.result.body.length : 0;
  return kept + (outcome.next?.body.length ?? 0);
}

function identify(item: NewItem, key: string): { digest: Uint8Array; print: Uint8Array } {
  return { digest: keyDigest(item.lane, key), print: printOf(item) };
}

function packed(outcome: Settlement, bodies: Bodies): PackedSettlement {
  if (outcome.to === 'waiting') return outcome;
  const next: { next?: PackedItem } =
    outcome.next === undefined ? {} : { next: packItem(outcome.next, bodies, identify) };
  if (outcome.to === 'dead') return { ...outcome, ...next } as PackedSettlement;
  const { id, epoch, at, keptUntil, result } = outcome;
  const { body, ...answer } = result;
  return {
    ...{ id, epoch, to: 'done', at, keptUntil },
    ...{ answer: JSON.stringify(answer), body: bodies.put(body), ...next },
  };
}

function unpacked(lease: PackedLease): Leased {
  const { id, epoch, attempts, crashes, alias, lane, of, head, body, enqueuedAt, due, expires } = lease;
  return {
    ...{ id, epoch, attempts, crashes },
    item: {
      ...{ id, lane, of, head: JSON.parse(head) as CallHead, body, enqueuedAt, due, expires },
      ...(alias === undefined ? {} : { alias }),
    },
  };
}
