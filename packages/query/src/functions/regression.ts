import { Sum } from '../evaluation/sums.ts';
import type { Track, Window } from '../evaluation/windows.ts';

export interface Line {
  /** Per second. */
  readonly slope: number;
  /** Its value at the time that was asked for. */
  readonly intercept: number;
}

/** The line with the least squares through a window's samples; undefined for fewer than two. */
export function lineThrough(
  { times, values }: Track,
  { first, end }: Window,
  originMs: number,
): Line | undefined {
  const count = end - first;
  if (count < 2) return undefined;
  const [x, y, xy, xx] = [new Sum(), new Sum(), new Sum(), new Sum()];
  const begin = values[first] ?? 0;
  let constant = true;
  for (let index = first; index < end; index += 1) {
    const second = ((times[index] ?? 0) - originMs) / 1000;
    const value = values[index] ?? 0;
    if (value !== begin) constant = false;
    x.add(second);
    y.add(value);
    xy.add(second * value);
    xx.add(second * second);
  }
  if (constant)
    return Number.isFinite(begin)
      ? { slope: 0, intercept: begin }
      : { slope: Number.NaN, intercept: Number.NaN };
  const covariance = xy.value - (x.value * y.value) / count;
  const variance = xx.value - (x.value * x.value) / count;
  const slope = covariance / variance;
  return { slope, intercept: y.value / count - (slope * x.value) / count };
}
