import { seeded } from '@wherry/testkit/seeded';

const day = 86_400_000;
/** Upper ends of the buckets of a histogram of durations, as shares of the calls that are faster. */
const faster = [0.02, 0.1, 0.35, 0.6, 0.8, 0.92, 0.97, 0.99, 0.997, 0.999, 1, 1, 1, 1];

/** One series: its value at a moment, after the moments before. */
export interface LoadedSeries {
  readonly kind: 'counter' | 'gauge';
  readonly id: string;
}

export interface Load {
  readonly series: readonly LoadedSeries[];
  /** The values of all series, in their order, after `ms` more. */
  next(at: number, ms: number): Float64Array;
}

/**
 * What a function and its share of the gateway show: 64 series, of which calls, their bytes, their durations (two histograms, of some
 * status codes) and numbers of instances. Three of four functions are idle but for an hour of the day; the others follow the sun.
 */
export function diurnalLoad(functions: number, seed: number): Load {
  const random = seeded(seed);
  const series: LoadedSeries[] = [];
  const parts = Array.from({ length: functions }, (_, at) => functionLoad(at, random, series));
  const values = new Float64Array(series.length);
  return {
    series,
    next(at, ms) {
      let place = 0;
      for (const part of parts) place = part(at, ms, values, place);
      return values;
    },
  };
}

function functionLoad(at: number, random: () => number, series: LoadedSeries[]) {
  const add = (kind: LoadedSeries['kind'], name: string) => void series.push({ kind, id: `${at} ${name}` });
  const codes = ['200', '404', '500'];
  for (const code of codes) add('counter', `calls ${code}`);
  for (const [bucket] of faster.entries()) add('counter', `duration ${bucket}`);
  for (const [bucket] of faster.entries()) add('counter', `wait ${bucket}`);
  for (const name of [
    'duration sum',
    'wait sum',
    'duration count',
    'wait count',
    'bytes in',
    'bytes out',
    'cpu',
  ])
    add('counter', name);
  for (const name of ['instances', 'in flight', 'memory', 'queue']) add('gauge', name);
  for (let idle = 0; idle < 22; idle += 1) add(idle % 4 === 0 ? 'gauge' : 'counter', `idle ${idle}`);
  const busy = at % 4 === 0;
  const peak = busy ? 0.5 + random() * 8 : 0.2;
  const hours = Math.floor(random() * 24);
  const buckets = [new Float64Array(faster.length), new Float64Array(faster.length)];
  const counts = new Float64Array(3);
  const sums = new Float64Array(5);
  return (now: number, ms: number, values: Float64Array, first: number): number => {
    const hour = (now % day) / 3_600_000;
    const rate = busy
      ? peak * (0.55 - 0.45 * Math.cos((hour / 24) * 2 * Math.PI))
      : Math.floor(hour) === hours
        ? peak
        : 0;
    const mean = (rate * ms) / 1000;
    // Near enough to Poisson's for the bits that it takes.
    const calls = Math.max(
      0,
      Math.round(mean + Math.sqrt(mean) * (random() + random() + random() - 1.5) * 2),
    );
    const failed = calls > 0 && random() < 0.01 * calls ? 1 : 0;
    counts[0]! += calls - failed;
    counts[1 + Math.floor(random() * 2)]! += failed;
    for (const one of buckets)
      for (const [bucket, share] of faster.entries())
        one[bucket]! += Math.min(calls, Math.round(calls * Math.min(1, share * (0.9 + random() * 0.2))));
    sums[0]! += calls * (0.03 + random() * 0.02);
    sums[1]! += calls * random() * 0.002;
    sums[2]! += calls * 350;
    sums[3]! += calls * Math.round(1500 + random() * 1000);
    sums[4]! += calls * (0.008 + random() * 0.004);
    let place = first;
    const put = (...some: ArrayLike<number>[]): void => {
      for (const one of some) for (let i = 0; i < one.length; i += 1) values[place++] = one[i]!;
    };
    const all = counts[0]! + counts[1]! + counts[2]!;
    put(counts, buckets[0]!, buckets[1]!, [sums[0]!, sums[1]!, all, all, sums[2]!, sums[3]!, sums[4]!]);
    const instances = rate > 0 ? Math.ceil(rate / 2) : 0;
    put([
      instances,
      Math.min(calls, Math.floor(random() * 3)),
      instances * 40e6 + Math.floor(random() * instances * 2e6),
      0,
    ]);
    put(new Float64Array(22));
    return place;
  };
}
