import type { Block, ReadBlock } from './block-body.ts';

/** Where finished blocks are, by level, block of time and number of the series. */
export interface Shelf {
  /** Undefined also where it is there and damaged. */
  get(level: number, slot: number, id: number): ReadBlock | undefined;
  put(level: number, slot: number, id: number, block: Block): void;
  /** The blocks of time of which there is something, in order. */
  slots(level: number): readonly number[];
  /** Whose blocks there are, and how many bytes they take. */
  sizes(level: number, slot: number): Iterable<{ readonly id: number; readonly bytes: number }>;
  drop(level: number, slot: number): void;
  /** Drops all blocks of a series. */
  forget(id: number): void;
}

/** Adds samples to others. Of one moment the added counts. */
export function joined(
  { times, streams }: Block,
  added: { readonly times: ArrayLike<number>; readonly streams: readonly ArrayLike<number>[] },
): { times: ArrayLike<number>; streams: readonly ArrayLike<number>[] } {
  if (times.length === 0) return added;
  if (added.times.length === 0) return { times, streams };
  const order: (readonly [time: number, from: readonly ArrayLike<number>[], at: number])[] = [];
  for (let at = 0, next = 0; at < times.length || next < added.times.length; ) {
    const [old = Infinity, young = Infinity] = [times[at], added.times[next]];
    order.push(young <= old ? [young, added.streams, next] : [old, streams, at]);
    if (old <= young) at += 1;
    if (young <= old) next += 1;
  }
  return {
    times: Float64Array.from(order, ([time]) => time),
    streams: streams.map((_, stream) => Float64Array.from(order, ([, from, at]) => from[stream]![at]!)),
  };
}

/** The samples from a moment to another, both included. */
export function between<
  T extends { readonly times: Float64Array; readonly streams: readonly Float64Array[] },
>(
  { times, streams }: T,
  from: number,
  to: number,
): { times: Float64Array; streams: readonly Float64Array[] } {
  const first = placeOf(times, from);
  const end = placeOf(times, to, true);
  if (first === 0 && end === times.length) return { times, streams };
  return { times: times.subarray(first, end), streams: streams.map((one) => one.subarray(first, end)) };
}

/** How many times are earlier than one, or `after` it is asked: not later. */
function placeOf(times: Float64Array, time: number, after = false): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time || (after && times[middle] === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}
