import type { LaneWish } from '@wherry/core/ports/call-queue';

/** One lane as the dispatcher sees it. */
interface Lane {
  readonly name: string;
  running: number;
  /** When its next item may begin, as far as is known; infinite where nothing waits. */
  due: number;
  /** Nothing of it is begun before. */
  notBefore: number;
}

/** Asked of one lane at a time, so that a long one does not fill a lease alone. */
const mostAtOnce = 64;

/** Which lanes have something to do, and whose turn it is. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #turn = 0;

  /** Something of this lane may begin at `due`. */
  expect(name: string, due: number): void {
    const lane = this.#lane(name);
    if (due < lane.due) lane.due = due;
  }

  /** The lane can take nothing for now. */
  pause(name: string, until: number): void {
    const lane = this.#lane(name);
    lane.notBefore = Math.max(lane.notBefore, until);
  }

  began(name: string): void {
    this.#lane(name).running += 1;
  }

  ended(name: string): void {
    this.#lane(name).running -= 1;
  }

  /** All that was due was taken; what is due later will be said. */
  drained(name: string): void {
    this.#lane(name).due = Infinity;
  }

  /**
   * What may begin now: of each lane as much as it has places for, beginning with another lane each time. A lane of which nothing runs gets a
   * place although `most` are taken: slow functions with many instances must not hold up those with one call.
   */
  wishes(now: number, places: (lane: string) => number, most: number): LaneWish[] {
    const ready = [...this.#lanes.values()].filter(({ due, notBefore }) => due <= now && notBefore <= now);
    const from = ready.length === 0 ? 0 : this.#turn++ % ready.length;
    const wishes: LaneWish[] = [];
    let left = most;
    for (let i = 0; i < ready.length; i++) {
      const lane = ready[(from + i) % ready.length] as Lane;
      // What is left is shared among those that have not been asked yet.
      const share = Math.max(Math.ceil(left / (ready.length - i)), lane.running === 0 ? 1 : 0);
      const free = Math.min(places(lane.name) - lane.running, share, mostAtOnce);
      if (free <= 0) continue;
      wishes.push({ lane: lane.name, most: free });
      left = Math.max(0, left - free);
    }
    return wishes;
  }

  /** When there will be something to do although nothing happens; infinite where never. */
  next(now: number, places: (lane: string) => number): number {
    let next = Infinity;
    for (const lane of this.#lanes.values()) {
      if (lane.due === Infinity && lane.running === 0 && lane.notBefore <= now) this.#lanes.delete(lane.name);
      else if (lane.running < places(lane.name)) next = Math.min(next, Math.max(lane.due, lane.notBefore));
    }
    return next;
  }

  #lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { name, running: 0, due: Infinity, notBefore: 0 };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
