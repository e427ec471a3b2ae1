import type { LaneWish } from '@wherry/core/ports/call-queue';
import { Lanes } from './lanes.ts';

/** How much may be under way together. */
export interface PoolLimits {
  readonly running: number;
  /** Bodies in memory: beyond the first, only lanes of which nothing runs begin anything; beyond the second, nobody. */
  readonly usualBytes: number;
  readonly mostBytes: number;
  /** Every lane gets one place, whatever the others hold. Only where there are as many lanes as somebody has deployed, and not as callers name. */
  readonly spare: boolean;
}

/** Attempts of one kind, with room of their own: calls of functions wait for no receiver of answers, and the other way round. */
export class Pool {
  readonly lanes = new Lanes();
  readonly #limits: PoolLimits;
  running = 0;
  bytes = 0;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  wishes(now: number, places: (lane: string) => number): LaneWish[] {
    const { running, usualBytes, mostBytes, spare } = this.#limits;
    if (this.bytes >= mostBytes) return [];
    const room = this.bytes >= usualBytes ? 0 : Math.max(0, running - this.running);
    return this.lanes.wishes(now, places, room, spare);
  }
}
