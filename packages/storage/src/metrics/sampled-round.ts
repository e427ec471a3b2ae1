import type { MetricSample } from '@wherry/core/metric';
import type { SampledRound } from './metric-book.ts';
import { keyOf } from './series-index.ts';

/** A round as keys and numbers, and how many of its samples are fit for none. */
export function sampledRound(
  at: number,
  samples: readonly MetricSample[],
): { round: SampledRound; refused: number; weight: number } {
  const keys: string[] = [];
  const counters = new Uint8Array(samples.length);
  const values = new Float64Array(samples.length);
  let weight = 0;
  for (const sample of samples) {
    const key = keyOf(sample);
    if (key === undefined) continue;
    counters[keys.length] = sample.kind === 'counter' ? 1 : 0;
    values[keys.length] = sample.value;
    weight += key.length + 16;
    keys.push(key);
  }
  return { round: { at, keys, counters, values }, refused: samples.length - keys.length, weight };
}
