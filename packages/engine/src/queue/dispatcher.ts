// Long because: taking, running and settling are one loop, and its order is what keeps calls from being lost.
import type { WherryError } from '@wherry/core/errors';
import type { CallQueue, Leased, Settlement } from '@wherry/core/ports/call-queue';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import { Lanes } from './lanes.ts';
import type { QueueClock } from './queue-clock.ts';

/** One attempt under way. */
export interface Attempt {
  /** How it ended; never rejects. */
  readonly over: Promise<Settlement & { readonly pauseLaneMs?: number }>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

export interface DispatcherParts {
  readonly clock: Clock;
  readonly time: QueueClock;
  readonly queue: CallQueue;
  /** Whose leases these are: the same name after a restart. */
  readonly holder: string;
  /** How many of a lane may run at once, now. */
  readonly places: (lane: string) => number;
  readonly begin: (lease: Leased) => Attempt;
  readonly problem: (message: string) => void;
}

/** Held on to every third of its time. */
const leaseMs = 60_000;
const extendMs = leaseMs / 3;
/** What others put in, or what is due later than what was taken, is looked for this often. */
const lookMs = 250;
const restMs = 5_000;
/** A queue that can't be read or written is tried again after this. */
const troubleMs = 1_000;
const mostRunning = 512;
/** Bodies in memory together: beyond the first, only lanes of which nothing runs begin anything; beyond the second, nobody. */
const [usualBytes, mostBytes] = [64 * 2 ** 20, 256 * 2 ** 20];
const bytesAtOnce = 32 * 2 ** 20;
/** No due time lies further ahead than the longest delay and back-off; else a clock was wrong. */
const latestDueMs = 31 * 86_400_000;

/** Takes calls out of the queue as fast as there is room for them, lane by lane in turn, and says how each ended. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #lanes = new Lanes();
  readonly #running = new Map<string, { lease: Leased; attempt: Attempt }>();
  readonly #settling = new Set<Promise<void>>();
  #bytes = 0;
  #timers: Cancel[] = [];
  #timer: Cancel | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #looked = 0;
  #closed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Takes up what an earlier run left, and begins. */
  async open(): Promise<void> {
    const { clock, queue, holder, time } = this.#parts;
    const now = time.now();
    await queue.release(holder, now, now + latestDueMs);
    await this.#look();
    this.#timers = [clock.every(extendMs, () => this.#extend()), clock.every(restMs, () => this.#look())];
    this.turn();
  }

  /** Something was put into a lane. */
  expect(lane: string, due: number): void {
    this.#lanes.expect(lane, due);
    this.turn();
  }

  /** Ends the attempt of a call that was cancelled. */
  cancel(id: string): void {
    this.#running.get(id)?.attempt.cancel();
  }

  /** Begins nothing more. */
  stop(): void {
    this.#closed = true;
    this.#timer?.();
    for (const cancel of this.#timers.slice(1)) cancel();
  }

  /** After `stop`: gives back what still runs, and resolves when every outcome is on disk. */
  async close(): Promise<void> {
    this.stop();
    await this.#turning;
    for (const cancel of this.#timers) cancel();
    for (const { attempt } of this.#running.values()) attempt.cancel();
    await Promise.all([...this.#settling]);
  }

  /** Looks whether something can begin. One look at a time: whoever asks meanwhile is served by the next. */
  turn(): void {
    this.#again = true;
    if (this.#turning !== undefined || this.#closed) return;
    this.#turning = this.#turns().finally(() => {
      this.#turning = undefined;
      if (this.#again && !this.#closed) this.turn();
    });
  }

  async #turns(): Promise<void> {
    const { time, places, problem } = this.#parts;
    this.#timer?.();
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        await this.#take();
      } catch (error) {
        problem(`the queue cannot be read: ${(error as WherryError).message}`);
        return this.#wakeIn(troubleMs);
      }
    }
    const now = time.now();
    const next = this.#lanes.next(now, places);
    // What could begin already waits for something that runs: its end is told.
    this.#wakeIn(next <= now ? restMs : next - now);
  }

  async #take(): Promise<void> {
    const { queue, time, holder, places } = this.#parts;
    const now = time.now();
    if (this.#bytes >= mostBytes) return;
    const room = this.#bytes >= usualBytes ? 0 : Math.max(0, mostRunning - this.#running.size);
    const wishes = this.#lanes.wishes(now, places, room);
    if (wishes.length === 0) return;
    // Said before the answer: what is put in meanwhile is not forgotten.
    for (const { lane } of wishes) this.#lanes.drained(lane);
    const leased = await queue.lease(wishes, holder, now, now + leaseMs, bytesAtOnce);
    for (const lease of leased) this.#begin(lease);
    const taken = new Map<string, number>();
    for (const { item } of leased) taken.set(item.lane, (taken.get(item.lane) ?? 0) + 1);
    let dry = false;
    for (const { lane, most } of wishes) {
      if ((taken.get(lane) ?? 0) === most) this.#lanes.expect(lane, now);
      else dry = true;
    }
    if (leased.length > 0) this.#again = true;
    if (dry && now - this.#looked >= lookMs) await this.#look();
    else if (dry) this.#parts.clock.after(lookMs, () => void this.#look());
  }

  #begin(lease: Leased): void {
    const { lane } = lease.item;
    this.#lanes.began(lane);
    this.#bytes += lease.item.body.length;
    const attempt = this.#parts.begin(lease);
    this.#running.set(lease.id, { lease, attempt });
    const settled = attempt.over.then(async ({ pauseLaneMs, ...outcome }) => {
      if (pauseLaneMs !== undefined) this.#lanes.pause(lane, this.#parts.time.now() + pauseLaneMs);
      await this.#settle(outcome as Settlement, lane);
      this.#running.delete(lease.id);
      this.#bytes -= lease.item.body.length;
      this.#lanes.ended(lane);
      this.turn();
    });
    this.#settling.add(settled);
    void settled.finally(() => this.#settling.delete(settled));
  }

  /** An outcome that can't be written now is held, and the lease with it, until it can. */
  async #settle(outcome: Settlement, lane: string): Promise<void> {
    const { queue, clock, problem } = this.#parts;
    for (let told = false; ; told = true) {
      try {
        await queue.settle([outcome]);
        if (outcome.to === 'waiting') this.#lanes.expect(lane, outcome.due);
        else if (outcome.next !== undefined) this.#lanes.expect(outcome.next.lane, outcome.next.due);
        return;
      } catch (error) {
        if (!told)
          problem(`the outcome of ${outcome.id} cannot be kept yet: ${(error as WherryError).message}`);
        // It will be made again after the restart: at least once is what was promised.
        if (this.#closed) return;
        await new Promise<void>((resolve) => clock.after(troubleMs, resolve));
      }
    }
  }

  async #extend(): Promise<void> {
    const { queue, time, problem } = this.#parts;
    const leases = [...this.#running.values()].map(({ lease: { id, epoch } }) => ({ id, epoch }));
    if (leases.length === 0) return;
    await queue.extend(leases, time.now() + leaseMs).catch((error: Error) => problem(error.message));
  }

  async #look(): Promise<void> {
    const { queue, time, problem } = this.#parts;
    if (this.#closed) return;
    this.#looked = time.now();
    try {
      for (const { lane, nextDue } of await queue.lanes())
        if (nextDue !== undefined) this.#lanes.expect(lane, nextDue);
    } catch (error) {
      problem(`the queue cannot be read: ${(error as WherryError).message}`);
    }
    this.turn();
  }

  #wakeIn(ms: number): void {
    if (ms === Infinity || this.#closed) return;
    this.#timer = this.#parts.clock.after(Math.min(ms, restMs), () => this.turn());
  }
}
