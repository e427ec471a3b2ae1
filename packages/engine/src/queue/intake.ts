import { WherryError } from '@wherry/core/errors';
import type { CallQueue, Enqueued, NewItem } from '@wherry/core/ports/call-queue';

/** Bodies that wait for the disk together. */
const mostPendingBytes = 64 * 2 ** 20;

/** The way into the queue: on disk, or refused. */
export class Intake {
  readonly #queue: CallQueue;
  readonly #expect: (lane: string, due: number) => void;
  #pendingBytes = 0;
  /** Items that were put in since the start. */
  submitted = 0;

  /** `expect` is told of every lane that gets something, and when it is due. */
  constructor(queue: CallQueue, expect: (lane: string, due: number) => void) {
    this.#queue = queue;
    this.#expect = expect;
  }

  /** All or none; resolves when they are on disk. Throws `queue_unavailable`. */
  async take(items: readonly NewItem[]): Promise<readonly Enqueued[]> {
    const bytes = items.reduce((sum, { body }) => sum + body.length, 0);
    if (this.#pendingBytes + bytes > mostPendingBytes && this.#pendingBytes > 0)
      throw unavailable('more is being written than the disk keeps up with');
    this.#pendingBytes += bytes;
    try {
      const accepted = await this.#queue.enqueue(items).catch((error: unknown) => {
        throw unavailable((error as Error).message, error);
      });
      for (const [place, { as }] of accepted.entries())
        if (as === 'new') this.#expect((items[place] as NewItem).lane, (items[place] as NewItem).due);
      this.submitted += accepted.filter(({ as }) => as === 'new').length;
      return accepted;
    } finally {
      this.#pendingBytes -= bytes;
    }
  }
}

function unavailable(cause: string, error?: unknown): WherryError {
  return new WherryError('queue_unavailable', cause, {
    component: 'queue',
    retryAfterS: 5,
    ...(error === undefined ? {} : { cause: error }),
  });
}
