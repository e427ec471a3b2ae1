import type { WherryError } from '@wherry/core/errors';

/** What of the history could not be kept since the start. */
export interface Losses {
  readonly calls: number;
  readonly lines: number;
  readonly exits: number;
  /** Decisions over numbers of instances. */
  readonly scalings: number;
  /** Calls with their bodies. */
  readonly captures: number;
  /** Of the history of numbers. */
  readonly samples: number;
  /** Why the last of them was lost: the disk's words, or that the database fell behind. */
  readonly reason: string | undefined;
}

type Kind = Exclude<keyof Losses, 'reason'>;

/**
 * History on its way to the database. Writing it never fails or holds up anybody: what is above the limit while the database falls behind,
 * or cannot be written, is dropped and counted.
 */
export class Backlog {
  readonly #most: number;
  #waiting = 0;
  #lost = { calls: 0, lines: 0, exits: 0, scalings: 0, captures: 0, samples: 0 };
  #reason: string | undefined;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get losses(): Losses {
    return { ...this.#lost, reason: this.#reason };
  }

  /** Whether there is room now. Asked before a batch is even packed, so that dropping costs nothing. */
  hasRoom(kind: Kind, count: number): boolean {
    if (this.#waiting < this.#most) return true;
    this.lose(kind, count, 'the database falls behind');
    return false;
  }

  /** Sends a batch of `weight` bytes; resolves when it was written, or lost and counted. */
  async carry(kind: Kind, count: number, weight: number, send: () => Promise<void>): Promise<void> {
    this.#waiting += weight;
    try {
      await send();
    } catch (error) {
      this.lose(kind, count, (error as WherryError).message);
    } finally {
      this.#waiting -= weight;
    }
  }

  /** Counts what was not kept. */
  lose(kind: Kind, count: number, reason: string): void {
    this.#lost[kind] += count;
    this.#reason = reason;
  }
}
