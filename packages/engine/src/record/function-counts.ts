import type { Exit } from '@wherry/core/instance';
import { durationStep, durationSteps } from './duration-steps.ts';
import { NetworkCounts } from './network-counts.ts';

/** Upper bounds of the duration histogram in seconds, as OpenFaaS's gateway has them. */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** A gigabyte here is 2^30 bytes, as clouds bill it. */
export function gbSeconds(memoryBytes: number, runMs: number): number {
  return (memoryBytes / 2 ** 30) * (runMs / 1000);
}

/** Calls of one function by status code: how many, how long. */
export class CodeCounts {
  calls = 0;
  seconds = 0;
  /** Not cumulative; one more than the bounds. */
  readonly buckets = new Float64Array(durationBuckets.length + 1);

  observe(seconds: number): void {
    this.calls += 1;
    this.seconds += seconds;
    let at = 0;
    while (at < durationBuckets.length && seconds > (durationBuckets[at] as number)) at += 1;
    (this.buckets[at] as number) += 1;
  }
}

/** The numbers of one function name. Kept by hand on the call path, rendered when somebody asks. */
export class FunctionCounts {
  readonly byCode = new Map<number, CodeCounts>();
  readonly network = new NetworkCounts();
  /** How many calls took how long, finer than by status; undefined before the first. Not cumulative; one more than the steps. */
  durations: Float64Array | undefined;
  /** Of all calls together. */
  seconds = 0;
  /** Calls that waited for an instance to start. */
  cold = 0;
  /** Memory that calls had at their disposal, times how long they ran. */
  gbSeconds = 0;
  /** How long calls waited for an instance to start. */
  wakeSeconds = 0;
  /** Processor time of the instances that have ended. */
  endedCpuMs = 0;
  /** Instances that ended, by how. */
  readonly exits = new Map<Exit['kind'], number>();
  /** Calls that were found and begun. */
  started = 0;
  /** Calls before this gateway started, from the records. */
  earlier: number;

  constructor(earlier: number) {
    this.earlier = earlier;
  }

  observe(code: number, seconds: number, cold: boolean): void {
    let counts = this.byCode.get(code);
    if (counts === undefined) this.byCode.set(code, (counts = new CodeCounts()));
    counts.observe(seconds);
    this.durations ??= new Float64Array(durationSteps.length + 1);
    (this.durations[durationStep(seconds)] as number) += 1;
    this.seconds += seconds;
    if (cold) this.cold += 1;
  }

  /** What a call took: so much memory was there for it alone, for so long. */
  used(memoryBytes: number, runMs: number, wakeMs: number): void {
    this.gbSeconds += gbSeconds(memoryBytes, runMs);
    this.wakeSeconds += wakeMs / 1000;
  }

  ended({ kind, cpuMs = 0 }: Pick<Exit, 'kind' | 'cpuMs'>): void {
    this.endedCpuMs += cpuMs;
    this.exits.set(kind, (this.exits.get(kind) ?? 0) + 1);
  }

  /** Calls since this gateway started. */
  get calls(): number {
    let sum = 0;
    for (const { calls } of this.byCode.values()) sum += calls;
    return sum;
  }

  /** All calls since the name came to be. */
  get invocations(): number {
    return this.earlier + this.calls;
  }
}
