import type { Track, Window } from '../evaluation/windows.ts';

/** What a function gives for one window; undefined where the samples are too few. */
export type WindowFunction = (track: Track, window: Window) => number | undefined;

const at = (values: Float64Array, index: number): number => values[index] ?? 0;

/**
 * What a series grew by in the whole range, divided into so many `shares`, from what it grew by between its first and last sample there. It is carried on to an
 * end of the range that is near; where one is far, for half the time between samples; and never to below nothing for a counter.
 */
function extrapolated(
  track: Track,
  { first, end, from, to }: Window,
  counter: boolean,
  shares = 1,
): number | undefined {
  const count = end - first;
  if (count < 2) return undefined;
  const { times, values } = track;
  const begin = at(values, first);
  let growth = at(values, end - 1) - begin;
  if (counter) growth = restored(track, first, end, growth);
  const sampled = (at(times, end - 1) - at(times, first)) / 1000;
  const between = sampled / (count - 1);
  const near = between * 1.1;
  let toStart = (at(times, first) - from) / 1000;
  let toEnd = (to - at(times, end - 1)) / 1000;
  if (toStart >= near) toStart = between / 2;
  if (counter && growth > 0 && begin >= 0) toStart = Math.min(toStart, sampled * (begin / growth));
  if (toEnd >= near) toEnd = between / 2;
  // Divided in the order of Prometheus: a last bit that differs can put a quantile into another bucket.
  return growth * ((sampled + toStart + toEnd) / sampled / shares);
}

/** A counter that went down began again at nothing: what it had by then is added. */
function restored({ values }: Track, first: number, end: number, growth: number): number {
  let total = growth;
  let previous = at(values, first);
  for (let index = first + 1; index < end; index += 1) {
    const value = at(values, index);
    if (value < previous) total += previous;
    previous = value;
  }
  return total;
}

/** Where a coarse series is looked at for longer than was asked: as much as would be in the time asked. */
const timesAsked = ({ askedMs, windowMs }: Track): number => windowMs / askedMs;

function lastTwo(
  { times, values }: Track,
  { first, end }: Window,
  counter: boolean,
  each: boolean,
): number | undefined {
  if (end - first < 2) return undefined;
  const [before, last] = [at(values, end - 2), at(values, end - 1)];
  const growth = counter && last < before ? last : last - before;
  return each ? growth / ((at(times, end - 1) - at(times, end - 2)) / 1000) : growth;
}

function countOf(
  { values }: Track,
  { first, end }: Window,
  is: (before: number, now: number) => boolean,
): number {
  let count = 0;
  for (let index = first + 1; index < end; index += 1)
    if (is(at(values, index - 1), at(values, index))) count += 1;
  return count;
}

export const growthFunctions: Readonly<Record<string, WindowFunction>> = {
  rate: (track, window) => extrapolated(track, window, true, track.windowMs / 1000),
  increase: (track, window) => extrapolated(track, window, true, timesAsked(track)),
  delta: (track, window) => extrapolated(track, window, false, timesAsked(track)),
  irate: (track, window) => lastTwo(track, window, true, true),
  idelta: (track, window) => lastTwo(track, window, false, false),
  resets: (track, window) => countOf(track, window, (before, now) => now < before),
  changes: (track, window) =>
    countOf(track, window, (before, now) => now !== before && !(Number.isNaN(now) && Number.isNaN(before))),
};
