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
}

/** Calls that wait for a free place in a function's instances, first come, first served. */
export class Line {
  readonly #waiters = new Set<Waiter>();

  get length(): number {
    return this.#waiters.size;
  }

  join(): Place {
    let leave: Place['leave'] = () => undefined;
    const taken = new Promise<Member>((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.#waiters.add(waiter);
      leave = (error) => {
        if (this.#waiters.delete(waiter)) reject(error);
      };
    });
    return { taken, leave: (error) => leave(error) };
  }

  /** Gives places as long as there are any: `take` answers undefined when there are no more. */
  serve(take: () => Member | undefined): void {
    for (const waiter of this.#waiters) {
      const member = take();
      if (member === undefined) return;
      this.#waiters.delete(waiter);
      waiter.resolve(member);
    }
  }

  /** Sends everybody away. */
  dismiss(error: Error): void {
    const all = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of all) waiter.reject(error);
  }
}
