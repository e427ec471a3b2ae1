import type { MetricSample } from '@wherry/core/metric';
import type { Level } from '../../metrics/levels.ts';

export const survivalStart = Date.UTC(2026, 0, 1);
const everyMs = 10_000;

/** Short blocks, so that many are finished while a test runs; nothing grows old. */
export const survivalLevels: readonly Level[] = [
  { everyMs, keepMs: 1e12, blockMs: 20 * everyMs },
  { everyMs: 5 * everyMs, keepMs: 1e12, blockMs: 200 * everyMs },
  { everyMs: 20 * everyMs, keepMs: 1e12, blockMs: 2000 * everyMs },
];

/** Enough series that finishing a block takes several transactions; some idle, some growing, one that is there in half of the rounds. */
export function survivalRound(round: number): MetricSample[] {
  const samples: MetricSample[] = Array.from({ length: 300 }, (_, at) => ({
    name: 'calls',
    labels: { at: `${at}` },
    kind: 'counter',
    value: at % 3 === 0 ? at : round * (1 + (at % 7)),
  }));
  samples.push({ name: 'load', labels: {}, kind: 'gauge', value: round });
  if (round % 60 < 30) samples.push({ name: 'sometimes', labels: {}, kind: 'gauge', value: round });
  return samples;
}
