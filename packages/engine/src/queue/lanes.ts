import type { Leased, LaneWish } from '@wherry/core/ports/call-queue';

/** One lane as the dispatcher sees it. */
interface Lane {
  readonly name: string;
  running: number;
  /** When its next item may begin, as far as is known; infinite where nothing waits. */
  due: number;
  /** Nothing of it is begun before. */
  notBefore: number;
  /** Taken already, and to be run one at a time with nothing else of the lane beside them. */
  suspects: Leased[];
  alone: boolean;
}

/** Asked of one lane at a time, so that a long one does not fill a lease alone. */
const mostAtOnce = 64;

/** Which lanes have something to do, and whose turn it is. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #turn = 0;

  get size(): number {
    return this.#lanes.size;
  }

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
    const lane = this.#lane(name);
    lane.running -= 1;
    if (lane.running === 0) lane.alone = false;
  }

  /** All that was due was taken; what is due later will be said. */
  drained(name: string): void {
    this.#lane(name).due = Infinity;
  }

  /** An instance died while this was in it, maybe because of another: next time it shall be alone, so that it is known. */
  suspect(lease: Leased): void {
    this.#lane(lease.item.lane).suspects.push(lease);
  }

  /** The next that is to run alone, where the lane is empty. */
  nextAlone(name: string): Leased | undefined {
    const lane = this.#lane(name);
    const next = lane.running === 0 ? lane.suspects.shift() : undefined;
    lane.alone = next !== undefined || (lane.alone && lane.running > 0);
    return next;
  }

  /**
   * What may begin now: of each lane as much as it has places for, beginning with another lane each time. With `spare` a lane of which nothing
   * runs gets a place although `most` are taken: slow functions with many instances must not hold up those with one call.
   */
  wishes(now: number, places: (lane: string) => number, most: number, spare: boolean): LaneWish[] {
    const ready = [...this.#lanes.values()].filter(
      (lane) => lane.due <= now && lane.notBefore <= now && free(lane),
    );
    const from = ready.length === 0 ? 0 : this.#turn++ % ready.length;
    const wishes: LaneWish[] = [];
    let left = most;
    for (let i = 0; i < ready.length && (spare || left > 0); i++) {
      const lane = ready[(from + i) % ready.length] as Lane;
      // What is left is shared among those that have not been asked yet.
      const share = Math.max(Math.ceil(left / (ready.length - i)), spare && lane.running === 0 ? 1 : 0);
      const some = Math.min(places(lane.name) - lane.running, share, mostAtOnce);
      if (some <= 0) continue;
      wishes.push({ lane: lane.name, most: some });
      left = Math.max(0, left - some);
    }
    return wishes;
  }

  /** When there will be something to do although nothing happens; infinite where never. */
  next(now: number, places: (lane: string) => number): number {
    let next = Infinity;
    for (const lane of this.#lanes.values()) {
      if (lane.due === Infinity && lane.running === 0 && lane.notBefore <= now && free(lane))
        this.#lanes.delete(lane.name);
      else if (free(lane) && lane.running < places(lane.name))
        next = Math.min(next, Math.max(lane.due, lane.notBefore));
    }
    return next;
  }

  #lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { name, running: 0, due: Infinity, notBefore: 0, suspects: [], alone: false };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}

function free({ alone, suspects }: Lane): boolean {
  return !alone && suspects.length === 0;
}
