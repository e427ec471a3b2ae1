// Takes turns: every round measures everything once, so that what drifts over minutes hits all alike.
import { foreignLimit } from './statistics.ts';

/** One thing to measure once a round. Jobs of one group stand next to each other, in an order that changes by the round. */
export interface Job<R> {
  readonly key: string;
  run(): Promise<R>;
}

/** What one round brought, and how many cores others used meanwhile. */
export interface Observed<R> {
  readonly result: R;
  readonly foreign: number;
}

export interface Conduct {
  readonly rounds: number;
  /** What one job takes, for the forecast. */
  readonly secondsEach: number;
  watch(): () => number;
  say(line: string): void;
}

export async function takeTurns<R>(
  groups: readonly (readonly Job<R>[])[],
  { rounds, secondsEach, watch, say }: Conduct,
): Promise<Map<string, Observed<R>[]>> {
  const found = new Map<string, Observed<R>[]>();
  const jobs = groups.flat().length;
  const startedAt = performance.now();
  say(`${jobs} cells, ${rounds} rounds: about ${spell(jobs * rounds * secondsEach)}`);
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    for (const group of groups) {
      for (const job of turned(group, round)) {
        const others = watch();
        const result = await job.run();
        const observed = { result, foreign: others() };
        found.set(job.key, [...(found.get(job.key) ?? []), observed]);
        done += 1;
      }
    }
    const left = ((performance.now() - startedAt) / 1000 / done) * (jobs * rounds - done);
    say(`round ${round + 1} of ${rounds}${left < 1 ? '' : `, about ${spell(left)} left`}`);
  }
  return found;
}

/** Who comes first changes, so that nobody always measures in the other's wake. */
export function turned<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

export function spell(seconds: number): string {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** How disturbed a run was, in a sentence for the page. */
export function disturbance(foreign: readonly number[]): string {
  const over = foreign.filter((cores) => cores > foreignLimit).length;
  return over === 0
    ? 'nobody else used the machine'
    : `in ${over} of ${foreign.length} measurements others used more than ${foreignLimit} cores`;
}
