// Long because: taking rounds, closing windows and the clock's leaps all move the same few things.
import type { MetricKind } from '@wherry/core/metric';
import { type Level, slotOf } from './levels.ts';
import { OpenWindow, type Round } from './open-window.ts';
import { rollUp, type Carry } from './roll-up.ts';
import { SeriesIndex, type Series } from './series-index.ts';
import { joined, type Shelf } from './shelf.ts';

const day = 86_400_000;

/** One round as it was sampled: by keys, as `keyOf` makes them. */
export interface SampledRound {
  readonly at: number;
  readonly keys: readonly string[];
  /** 1 for counters. */
  readonly counters: Uint8Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Fine samples of a series, as they were taken. */
interface Fine {
  readonly times: number[];
  readonly values: number[];
}

/** A gap of more than a day, with less than a day after it: the clock may have leapt. By blocks of the finest level. */
interface Leap {
  readonly before: number;
  readonly after: number;
}

/** The history of numbers: what is young in windows, what is finished in the blocks of a shelf. Keeps no time and writes nothing by itself. */
export class MetricBook {
  readonly levels: readonly Level[];
  readonly shelf: Shelf;
  readonly index = new SeriesIndex();
  /** Windows that are not in blocks yet, in the order they were begun; rounds come into the last one. */
  readonly windows: OpenWindow[] = [];
  readonly #carries = new Map<number, Carry>();

  constructor(levels: readonly Level[], shelf: Shelf) {
    this.levels = levels;
    this.shelf = shelf;
  }

  get finest(): Level {
    return this.levels[0]!;
  }

  /** When the last round was. */
  get newest(): number {
    const last = this.windows.at(-1)?.last;
    const [slot] = this.shelf.slots(0).slice(-1);
    return last ?? (slot === undefined ? -Infinity : (slot + 1) * this.finest.blockMs);
  }

  /** Takes a round. `begun`: series that were not there before, by their keys. */
  take({ at, keys, counters, values }: SampledRound): {
    round: Round;
    refused: number;
    begun: readonly (readonly [key: string, series: Series])[];
  } {
    const time = this.#moment(at);
    const found = new Map<number, number>();
    const begun: [string, Series][] = [];
    let refused = 0;
    for (const [place, key] of keys.entries()) {
      const kind: MetricKind = counters[place] === 1 ? 'counter' : 'gauge';
      const before = this.index.size;
      const series = this.index.take(key, kind, time);
      if (series === undefined || found.has(series.id)) refused += 1;
      else found.set(series.id, values[place]!);
      if (this.index.size > before) begun.push([key, series!]);
    }
    const slot = slotOf(time, this.finest);
    const previous = this.windows.at(-1);
    if (previous !== undefined && previous.slot !== slot)
      for (const id of previous.present()) if (!found.has(id)) found.set(id, NaN);
    const round = { time, ids: Uint32Array.from(found.keys()), values: Float64Array.from(found.values()) };
    this.add(round);
    return { round, refused, begun };
  }

  /** Takes a round whose time and series are settled. */
  add(round: Round): OpenWindow {
    const slot = slotOf(round.time, this.finest);
    let window = this.windows.at(-1);
    if (window?.slot !== slot) this.windows.push((window = new OpenWindow(slot)));
    window.add(round);
    return window;
  }

  /** Writes into blocks what a window has of a series. Doing it again changes nothing. */
  close(window: OpenWindow, id: number): void {
    const series = this.index.get(id);
    if (series === undefined) return;
    const { fine, block } = this.fresh(window, series);
    if (fine.times.length === 0) return;
    const fineBlock = { times: fine.times, streams: [fine.values] };
    this.shelf.put(0, window.slot, id, block === undefined ? fineBlock : joined(block, fineBlock));
    const before = this.carryOf(series);
    let after = before;
    for (const [at, level] of this.levels.entries()) {
      if (at === 0) continue;
      const { samples, carry } = rollUp(series.kind, level.everyMs, fine, before && { ...before });
      const slot = Math.floor((window.slot * this.finest.blockMs) / level.blockMs);
      const open = this.shelf.get(at, slot, id);
      const raw = series.kind === 'counter' ? { raw: carry?.raw } : {};
      this.shelf.put(at, slot, id, { ...(open === undefined ? samples : joined(open, samples)), ...raw });
      after = carry;
    }
    if (after !== undefined) this.#carries.set(id, after);
  }

  /** A window all of whose series are in blocks. */
  closed(window: OpenWindow): void {
    const at = this.windows.indexOf(window);
    if (at >= 0) this.windows.splice(at, 1);
  }

  /** After blocks were not written that were thought to be. */
  reconsider(): void {
    this.#carries.clear();
  }

  /** What a window has of a series that its block has not, and that block. */
  fresh(window: OpenWindow, { id, kind, since }: Series) {
    const { blockMs, everyMs } = this.finest;
    const born = kind === 'counter' ? since : undefined;
    const fine: Fine = window.samples(id, born, everyMs, window.slot * blockMs);
    const block = this.shelf.get(0, window.slot, id);
    const last = block?.times.at(-1) ?? -Infinity;
    if (fine.times.length > 0 && fine.times[0]! <= last) {
      const done = fine.times.findLastIndex((time) => time <= last) + 1;
      fine.times.splice(0, done);
      fine.values.splice(0, done);
    }
    return { fine, block };
  }

  /** Where a counter stands by its blocks. The coarsest are kept longest. */
  carryOf({ id, kind, since }: Series): Carry | undefined {
    if (kind === 'gauge') return undefined;
    const known = this.#carries.get(id);
    const [oldest] = this.windows;
    if (known !== undefined || (oldest !== undefined && since > oldest.slot * this.finest.blockMs))
      return known;
    const level = this.levels.length - 1;
    for (const slot of this.shelf.slots(level).toReversed()) {
      const block = this.shelf.get(level, slot, id);
      const total = block?.streams[0]?.findLast((value) => !Number.isNaN(value));
      if (block?.raw === undefined || total === undefined) continue;
      const carry = { raw: block.raw, total };
      this.#carries.set(id, carry);
      return carry;
    }
    return undefined;
  }

  /** Forgets a series that has no samples any more. */
  remove(id: number): void {
    this.index.remove(id);
    this.#carries.delete(id);
  }

  leap(): Leap | undefined {
    const slots = [...new Set([...this.shelf.slots(0), ...this.windows.map(({ slot }) => slot)])];
    slots.sort((one, other) => one - other);
    const { blockMs } = this.finest;
    const gap = slots.findLastIndex(
      (slot, at) => at + 1 < slots.length && (slots[at + 1]! - slot - 1) * blockMs > day,
    );
    const [before, after] = [slots[gap], slots[gap + 1]];
    if (before === undefined || after === undefined) return undefined;
    return (slots.at(-1)! - after) * blockMs < day ? { before, after } : undefined;
  }

  /**
   * When a round was, for the history. A clock that goes back by a little stands still here until it has caught up. Where it goes back to
   * before a leap, what was kept since the leap is dropped; where it goes back by more than a day otherwise, the history goes on there.
   */
  #moment(at: number): number {
    const time = Math.max(1, Math.floor(Number.isFinite(at) ? at : 0));
    const last = this.windows.at(-1)?.last ?? -Infinity;
    const expected = last + this.finest.everyMs;
    if (time >= last) return Math.abs(time - expected) <= this.finest.everyMs / 20 ? expected : time;
    const slot = slotOf(time, this.finest);
    const leap = this.leap();
    if (leap !== undefined && leap.before <= slot && slot < leap.after) {
      this.#forgetFrom(leap.after);
      return this.#moment(at);
    }
    return last - time > day ? time : last;
  }

  #forgetFrom(after: number): void {
    const since = after * this.finest.blockMs;
    for (const window of this.windows.filter(({ slot }) => slot >= after)) this.closed(window);
    for (const [at, level] of this.levels.entries())
      for (const slot of this.shelf.slots(at).filter((one) => (one + 1) * level.blockMs > since)) {
        if (slot * level.blockMs >= since) this.shelf.drop(at, slot);
        else this.#cutOff(at, slot, since);
      }
    this.reconsider();
  }

  /** Takes from a coarse block what is later than a moment. */
  #cutOff(level: number, slot: number, since: number): void {
    for (const { id } of [...this.shelf.sizes(level, slot)]) {
      const block = this.shelf.get(level, slot, id);
      const kept = block?.times.findIndex((time) => time > since) ?? -1;
      if (block === undefined || kept === -1) continue;
      const [times, streams] = [
        block.times.subarray(0, kept),
        block.streams.map((one) => one.subarray(0, kept)),
      ];
      this.shelf.put(level, slot, id, { times, streams, raw: block.raw });
    }
  }
}
