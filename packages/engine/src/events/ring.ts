import type { PlatformEvent } from '@wherry/core/platform-event';

/** An event and what it is called, so that whoever lost the thread can say where. */
export interface Told {
  readonly id: string;
  readonly event: PlatformEvent;
}

/** What is kept, counted in things that are named: some minutes where much happens. */
const mostKept = 5_000;

/** The latest events, numbered. */
export class Ring {
  readonly #origin: string;
  #kept: Told[] = [];
  #weight = 0;
  /** Of the newest. */
  #number = 0;

  /** `origin` tells its numbers from those of other rings. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  get last(): string {
    return `${this.#origin}-${this.#number}`;
  }

  add(event: PlatformEvent): Told {
    this.#number += 1;
    const told = { id: this.last, event };
    this.#kept.push(told);
    this.#weight += weightOf(event);
    let drop = 0;
    while (this.#weight > mostKept && drop < this.#kept.length)
      this.#weight -= weightOf((this.#kept[drop++] as Told).event);
    if (drop > 0) this.#kept.splice(0, drop);
    return told;
  }

  /** Undefined where what came right behind it is not kept any more, or the id is none of this ring. */
  behind(id: string): readonly Told[] | undefined {
    const match = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(id);
    const missed = this.#number - Number(match?.[2] ?? Number.NaN);
    if (match?.[1] !== this.#origin || !(missed >= 0) || missed > this.#kept.length) return undefined;
    return missed === 0 ? [] : this.#kept.slice(-missed);
  }
}

function weightOf(event: PlatformEvent): number {
  return event.kind === 'calls' ? event.functions.length : event.kind === 'queue' ? event.lanes.length : 1;
}
