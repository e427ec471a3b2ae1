import type { Member } from './member.ts';

/** Somebody who waits for a place. */
export interface Place {
  readonly taken: Promise<Member>;
  /** Stops waiting; `taken` rejects with the error. */
  leave(error: Error): void;
}

interface Waiter {
  resolve(member: Member): void;
  reject(error: Error): void;
  waits: boolean;
  readonly small: boolean;
}

/** Left waiters are dropped from the front of the list once so many have gathered there. */
const compactAt = 1_024;

/** Calls that wait for a free place in a function's instances, first come, first served. */
export class Line {
  /** A list with a moving front: who leaves from the middle is only marked. */
  #waiters: Waiter[] = [];
  #front = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  join(small: boolean): Place {
    let own: Waiter | undefined;
    const taken = new Promise<Member>((resolve, reject) => {
      own = { resolve, reject, waits: true, small };
    });
    const waiter = own as unknown as Waiter;
    this.#waiters.push(waiter);
    this.#length += 1;
    return {
      taken,
      leave: (error) => {
        if (this.#leave(waiter)) waiter.reject(error);
      },
    };
  }

  /** Gives places as long as there are any: `take` answers undefined when there is none for such a call. */
  serve(take: (small: boolean) => Member | undefined): void {
    while (this.#length > 0) {
      const waiter = this.#waiters[this.#front] as Waiter;
      if (waiter.waits) {
        const member = take(waiter.small);
        if (member === undefined) return;
        this.#leave(waiter);
        waiter.resolve(member);
      }
      this.#advance();
    }
  }

  /** Sends everybody away. */
  dismiss(error: Error): void {
    const all = this.#waiters.slice(this.#front);
    this.#waiters = [];
    this.#front = 0;
    for (const waiter of all) if (this.#leave(waiter)) waiter.reject(error);
  }

  /** False for who has left already. */
  #leave(waiter: Waiter): boolean {
    if (!waiter.waits) return false;
    waiter.waits = false;
    this.#length -= 1;
    return true;
  }

  #advance(): void {
    this.#front += 1;
    if (this.#length === 0 || this.#front >= compactAt) {
      this.#waiters = this.#length === 0 ? [] : this.#waiters.slice(this.#front);
      this.#front = 0;
    }
  }
}
