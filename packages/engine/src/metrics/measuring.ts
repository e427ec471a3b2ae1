import type { Usage } from '@wherry/core/instance';
import type { MetricFamily } from '@wherry/core/metric';
import type { LaneState } from '@wherry/core/ports/call-queue';
import type { Provider } from '@wherry/core/ports/provider';
import type { ActiveFunction } from '../functions/active-function.ts';

/** What a round of measuring looks at: everything was asked once, at its begin. */
export interface Round {
  readonly functions: readonly ActiveFunction[];
  readonly usages: ReadonlyMap<string, Usage>;
  /** Of the queue, by full name of the function. */
  readonly lanes: ReadonlyMap<string, LaneState>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Tells some of the platform's numbers as they are now. */
export type Source = (round: Round) => Iterable<MetricFamily>;

export interface MeasuringParts {
  readonly provider: Pick<Provider, 'usage'>;
  readonly functions: () => readonly ActiveFunction[];
  readonly lanes: () => Promise<readonly LaneState[]>;
  readonly now: () => number;
}

/** The platform's numbers, for those who scrape them and for the history alike. */
export class Measuring {
  readonly #parts: MeasuringParts;
  readonly #sources: Source[];

  constructor(parts: MeasuringParts, sources: readonly Source[]) {
    this.#parts = parts;
    this.#sources = [...sources];
  }

  /** Numbers that somebody else keeps. */
  add(source: Source): void {
    this.#sources.push(source);
  }

  /** Every number now. Of `inUse` only functions that have instances, or were called since the gateway started: the others have nothing to tell. */
  async families(which: 'all' | 'inUse' = 'all'): Promise<readonly MetricFamily[]> {
    const all = this.#parts.functions();
    const functions =
      which === 'all' ? all : all.filter((fn) => fn.counts.started > 0 || fn.members.length > 0);
    const ids = functions.flatMap(({ members }) => members.map(({ id }) => id));
    const [usages, lanes] = await Promise.all([this.#parts.provider.usage(ids), this.#parts.lanes()]);
    const round: Round = {
      functions,
      usages: new Map(usages.map((usage) => [usage.instance, usage])),
      lanes: new Map(lanes.map((lane) => [lane.lane, lane])),
      now: this.#parts.now(),
    };
    return this.#sources.flatMap((source) => [...source(round)]);
  }
}
