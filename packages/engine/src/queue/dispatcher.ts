// Long because: taking, running and settling are one loop, and its order is what keeps calls from being lost.
import type { WherryError } from '@wherry/core/errors';
import type { CallQueue, Leased, Settlement } from '@wherry/core/ports/call-queue';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import { Pool } from './pool.ts';
import type { QueueClock } from './queue-clock.ts';

/** Calls of functions, answers to whoever asked for them, messages about alerts. */
export type LaneKind = 'call' | 'answer' | 'notice';

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
  /** How an attempt ended; not asked where another end stands, as of what was cancelled meanwhile. */
  readonly ended: (to: Settlement['to']) => void;
  /** What is in a lane. Each kind has room of its own. */
  readonly kindOf: (lane: string) => LaneKind;
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
const mebibyte = 2 ** 20;
const callLimits = { running: 512, usualBytes: 64 * mebibyte, mostBytes: 256 * mebibyte, spare: true };
/** Each is a connection to somebody whom a caller named. */
const answerLimits = { running: 128, usualBytes: 64 * mebibyte, mostBytes: 64 * mebibyte, spare: false };
/** Messages about alerts: there are few, and callers whose receivers are slow must not hold them up. */
const noticeLimits = { running: 32, usualBytes: 16 * mebibyte, mostBytes: 16 * mebibyte, spare: true };
/** With so many lanes, looking through them is not done for every attempt that ends. */
const manyLanes = 1_000;
/** How long outcomes are waited for at the end; what takes longer is made again after the next start. */
const closeMs = 10_000;
const bytesAtOnce = 32 * 2 ** 20;
/** No due time lies further ahead than the longest delay and back-off; else a clock was wrong. */
const latestDueMs = 31 * 86_400_000;

/** Takes calls out of the queue as fast as there is room for them, lane by lane in turn, and says how each ended. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #pools = {
    call: new Pool(callLimits),
    answer: new Pool(answerLimits),
    notice: new Pool(noticeLimits),
  };
  readonly #running = new Map<string, { lease: Leased; attempt: Attempt | undefined }>();
  readonly #settling = new Set<Promise<unknown>>();
  #timers: Cancel[] = [];
  #timer: Cancel | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #looked = 0;
  #lookMs = lookMs;
  #resting = false;
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
    this.#pool(lane).lanes.expect(lane, due);
    this.turn();
  }

  /** Ends the attempt of a call that was cancelled. */
  cancel(id: string): void {
    const held = this.#running.get(id);
    if (held?.attempt === undefined) this.#running.delete(id);
    else held.attempt.cancel();
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
    for (const { lease, attempt } of this.#running.values()) {
      attempt?.cancel();
      if (attempt === undefined) this.#giveBack(lease);
    }
    const late = new Promise<void>((resolve) => this.#parts.clock.after(closeMs, resolve));
    await Promise.race([Promise.all([...this.#settling]), late]);
  }

  /** Looks whether something can begin. One look at a time: whoever asks meanwhile is served by the next. */
  turn(): void {
    this.#again = true;
    if (this.#turning !== undefined || this.#resting || this.#closed) return;
    this.#turning = this.#turns().finally(() => {
      this.#turning = undefined;
      const lanes = this.#pools.call.lanes.size + this.#pools.answer.lanes.size;
      if (lanes > manyLanes) this.#rest(lanes / 200);
      else if (this.#again && !this.#closed) this.turn();
    });
  }

  #rest(ms: number): void {
    this.#resting = true;
    this.#parts.clock.after(ms, () => {
      this.#resting = false;
      if (this.#again) this.turn();
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
    const next = Math.min(...Object.values(this.#pools).map(({ lanes }) => lanes.next(now, places)));
    // What could begin already waits for something that runs: its end is told.
    this.#wakeIn(next <= now ? restMs : next - now);
  }

  async #take(): Promise<void> {
    const { queue, time, holder, places } = this.#parts;
    const now = time.now();
    const wishes = Object.values(this.#pools).flatMap((pool) => pool.wishes(now, places));
    if (wishes.length === 0) return;
    // Said before the answer: what is put in meanwhile is not forgotten.
    for (const { lane } of wishes) this.#pool(lane).lanes.drained(lane);
    const leased = await queue.lease(wishes, holder, now, now + leaseMs, bytesAtOnce);
    for (const lease of leased) this.#accept(lease);
    const taken = new Map<string, number>();
    for (const { item } of leased) taken.set(item.lane, (taken.get(item.lane) ?? 0) + 1);
    let dry = false;
    for (const { lane, most } of wishes) {
      if ((taken.get(lane) ?? 0) === most) this.#pool(lane).lanes.expect(lane, now);
      else dry = true;
    }
    if (leased.length > 0) this.#again = true;
    if (dry && now - this.#looked >= this.#lookMs) await this.#look();
    else if (dry) this.#parts.clock.after(this.#lookMs, () => void this.#look());
  }

  #pool(lane: string): Pool {
    return this.#pools[this.#parts.kindOf(lane)];
  }

  #accept(lease: Leased): void {
    const { lane, body } = lease.item;
    const pool = this.#pool(lane);
    pool.bytes += body.length;
    pool.running += 1;
    if (lease.crashes === 0) return this.#begin(lease);
    this.#running.set(lease.id, { lease, attempt: undefined });
    pool.lanes.suspect(lease);
    this.#nextAlone(lane);
  }

  /** Begins what shall have its function for itself, once nothing else of the queue is in it. */
  #nextAlone(lane: string): void {
    for (;;) {
      const lease = this.#closed ? undefined : this.#pool(lane).lanes.nextAlone(lane);
      if (lease === undefined) return;
      if (this.#running.has(lease.id)) return this.#begin(lease);
      // Cancelled meanwhile.
      this.#over(lease);
    }
  }

  #over({ item: { lane, body } }: Leased): void {
    const pool = this.#pool(lane);
    pool.bytes -= body.length;
    pool.running -= 1;
  }

  /** It was never begun: no attempt was made. */
  #giveBack({ id, epoch, item }: Leased): void {
    const at = this.#parts.time.now();
    const note = { at, cause: 'the gateway stopped before it could be begun' };
    const settled = this.#settle(
      { id, epoch, to: 'waiting', due: at, note, counts: false, crashed: false },
      item.lane,
    );
    this.#settling.add(settled);
  }

  #begin(lease: Leased): void {
    const { lane } = lease.item;
    const { lanes } = this.#pool(lane);
    lanes.began(lane);
    const attempt = this.#parts.begin(lease);
    this.#running.set(lease.id, { lease, attempt });
    const settled = attempt.over.then(async ({ pauseLaneMs, ...outcome }) => {
      if (pauseLaneMs !== undefined) lanes.pause(lane, this.#parts.time.now() + pauseLaneMs);
      if (await this.#settle(outcome as Settlement, lane)) this.#parts.ended(outcome.to);
      this.#running.delete(lease.id);
      this.#over(lease);
      lanes.ended(lane);
      this.#nextAlone(lane);
      this.turn();
    });
    this.#settling.add(settled);
    void settled.finally(() => this.#settling.delete(settled));
  }

  /** An outcome that can't be written now is held, and the lease with it, until it can. Whether it stands. */
  async #settle(outcome: Settlement, lane: string): Promise<boolean> {
    const { queue, clock, problem } = this.#parts;
    for (let told = false; ; told = true) {
      try {
        const [stands = false] = await queue.settle([outcome]);
        if (outcome.to === 'waiting') this.expect(lane, outcome.due);
        else if (outcome.next !== undefined) this.expect(outcome.next.lane, outcome.next.due);
        return stands;
      } catch (error) {
        if (!told)
          problem(`the outcome of ${outcome.id} cannot be kept yet: ${(error as WherryError).message}`);
        // It will be made again after the restart: at least once is what was promised.
        if (this.#closed) return false;
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
    const from = this.#parts.clock.monotonic();
    try {
      for (const { lane, nextDue } of await queue.lanes())
        if (nextDue !== undefined) this.#pool(lane).lanes.expect(lane, nextDue);
    } catch (error) {
      problem(`the queue cannot be read: ${(error as WherryError).message}`);
    }
    this.#looked = time.now();
    // Looking takes its time where there are many lanes; it must not be all that is done.
    this.#lookMs = Math.max(lookMs, 20 * (this.#parts.clock.monotonic() - from));
    this.turn();
  }

  #wakeIn(ms: number): void {
    if (ms === Infinity || this.#closed) return;
    this.#timer = this.#parts.clock.after(Math.min(ms, restMs), () => this.turn());
  }
}
