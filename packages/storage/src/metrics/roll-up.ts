import type { MetricKind } from '@wherry/core/metric';

/** Samples of one series. A coarse gauge has three streams: mean, least, greatest; everything else has one. NaN: it ended there. */
export interface Samples {
  readonly times: number[];
  readonly streams: readonly number[][];
}

/** Where a counter stands: what it was last, and what it has grown to over all its restarts. */
export interface Carry {
  raw: number;
  total: number;
}

export const noSamples = (streams: 1 | 3): Samples => ({
  times: [],
  streams: Array.from({ length: streams }, () => []),
});

/**
 * Coarse samples from fine ones. A step's sample stands at its end, and for what was up to then, its end included. A counter's is what it
 * has grown to, so that a restart within a step is not lost; its very first value stands at the beginning of its step, so that what it grew
 * by within that is not lost either. Steps without samples stay empty. The carry, if any, is brought up to date; `until` cuts a step short
 * that is not over.
 */
export function rollUp(
  kind: MetricKind,
  everyMs: number,
  { times, values }: { readonly times: ArrayLike<number>; readonly values: ArrayLike<number> },
  carry: Carry | undefined,
  until = Infinity,
): { samples: Samples; carry: Carry | undefined } {
  const samples = noSamples(kind === 'gauge' ? 3 : 1);
  const emit = (time: number, ...of: number[]): void => {
    samples.times.push(time);
    for (const [at, stream] of samples.streams.entries()) stream.push(of[at] ?? of[0]!);
  };
  let standing = carry;
  for (let at = 0; at < times.length; ) {
    const end = Math.ceil(times[at]! / everyMs) * everyMs;
    let [count, mean, least, greatest, ended] = [0, 0, Infinity, -Infinity, false];
    for (; at < times.length && times[at]! <= end; at += 1) {
      const value = values[at]!;
      ended = Number.isNaN(value);
      if (ended) continue;
      count += 1;
      mean += (value - mean) / count;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      if (kind === 'gauge') continue;
      if (standing === undefined && times[at]! < end) emit(end - everyMs, value);
      standing = grown(standing, value);
    }
    const stamp = Math.min(end, until);
    if (count > 0 && kind === 'gauge') emit(stamp, middling(mean, least, greatest), least, greatest);
    else if (count > 0) emit(stamp, told(standing!));
    if (ended) emit(count > 0 ? stamp + 1 : stamp, NaN);
  }
  return { samples, carry: standing };
}

/** A counter that is less than it was has begun at nothing again. */
function grown(carry: Carry | undefined, value: number): Carry {
  if (carry === undefined) return { raw: value, total: value };
  return { raw: value, total: carry.total + (value < carry.raw ? value : value - carry.raw) };
}

/** What a counter has grown to, to a millionth once it is above one: seconds with all their digits would take most of the room. */
function told({ total }: Carry): number {
  return Math.abs(total) >= 1 && Math.abs(total) < 2 ** 40 ? Math.round(total * 1e6) / 1e6 : total;
}

/** A mean is kept to five digits; never outside of what it is the mean of. */
function middling(mean: number, least: number, greatest: number): number {
  const digits = Math.max(-10, Math.min(10, 4 - Math.floor(Math.log10(Math.max(Math.abs(mean), 1e-9)))));
  const scale = 10 ** digits;
  const rounded = Number.isFinite(mean) ? Math.round(mean * scale) / scale : (least + greatest) / 2;
  return Math.min(greatest, Math.max(least, rounded));
}
