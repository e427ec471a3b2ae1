import type { Observed } from '../kit/rounds.ts';
import { atMost, type Goal, type Section } from '../kit/section.ts';
import { cleanOf, median, percentile } from '../kit/statistics.ts';
import { disturbed, figure, milliseconds, table, times } from '../kit/table.ts';

export const [bundled, asItIs] = [
  'express, bundled, from the pool',
  'express, as it is, from the pool',
] as const;
export const [fresh, snake, nothing, saved] = [
  'new and up, Node',
  'new and up, Python with a library, warm cache',
  'up, nothing changed',
  'dev: from the save to the new answer',
] as const;

export function report(
  found: ReadonlyMap<string, readonly Observed<number[]>[]>,
  missing: readonly string[],
): Section {
  const of = (key: string): { all: number[]; clean: boolean } => {
    const { kept, clean } = cleanOf(found.get(key) ?? []);
    return { all: kept.flatMap(({ result }) => result), clean };
  };
  const middle = (key: string): number => median(of(key).all);
  const rows = [...found.keys()].map((key) => {
    const { all, clean } = of(key);
    const mark = clean ? '' : disturbed;
    return [key, String(all.length), ...[0.5, 0.95].map((share) => figure(percentile(all, share)) + mark)];
  });
  const limits: readonly (readonly [string, number])[] = [
    [fresh, 2_000],
    [snake, 4_000],
    [nothing, 300],
    [saved, 300],
    ['java, from nothing', 400],
  ];
  const goals: Goal[] = limits
    .filter(([key]) => found.has(key))
    .map(([key, limit]) => atMost(key, middle(key), limit, milliseconds));
  if (found.has(bundled))
    goals.unshift(atMost('express: bundled against as it is', middle(bundled) / middle(asItIs), 0.5, times));
  return {
    title: 'Builds',
    goals,
    blocks: [
      'Milliseconds. Wakes as in the section above; the rest are whole command lines, each a process of its own, as somebody at a terminal waits for them.',
      table(['', 'times', 'p50', 'p95'], rows),
      ...missing.map((what) => `Not measured: ${what}.`),
      `${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}
