import type { Usage } from '@wherry/core/instance';
import type { MetricFamily } from '@wherry/core/metric';
import type { LaneState } from '@wherry/core/ports/call-queue';
import type { Provider } from '@wherry/core/ports/provider';
import { fullName } from '@wherry/core/names';
import type { ActiveFunction } from '../functions/active-function.ts';

/** Functions that go between two rounds and are told of: more than that is somebody's loop. */
const mostDeparted = 1_000;

/** What a round of measuring looks at: everything was asked once, at its begin. */
export interface Round {
  readonly functions: readonly ActiveFunction[];
  readonly usages: ReadonlyMap<string, Usage>;
  /** Of the queue, by full name of the function. */
  readonly lanes: ReadonlyMap<string, LaneState>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whom it is for: the history takes more detail than who scrapes. */
  readonly reader: 'history' | 'scraper';
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
  #departed: ActiveFunction[] = [];

  constructor(parts: MeasuringParts, sources: readonly Source[]) {
    this.#parts = parts;
    this.#sources = [...sources];
  }

  /** Numbers that somebody else keeps. */
  add(source: Source): void {
    this.#sources.push(source);
  }

  /** A function that was removed is told of once more: it may have lived for a second only. */
  departed(fn: ActiveFunction): void {
    if (isInUse(fn) && this.#departed.length < mostDeparted) this.#departed.push(fn);
  }

  /** Every number now. */
  families(): Promise<readonly MetricFamily[]> {
    return this.#measure(this.#parts.functions(), 'scraper');
  }

  /** Of functions that have instances, or were called since the gateway started, and of those that went since this was asked last: the others have nothing to tell. */
  familiesInUse(): Promise<readonly MetricFamily[]> {
    const functions = this.#parts.functions().filter(isInUse);
    const names = new Set(functions.map(fullName));
    const departed = new Map(this.#departed.map((fn) => [fullName(fn), fn]));
    this.#departed = [];
    for (const [name, fn] of departed) if (!names.has(name)) functions.push(fn);
    return this.#measure(functions, 'history');
  }

  async #measure(
    functions: readonly ActiveFunction[],
    reader: Round['reader'],
  ): Promise<readonly MetricFamily[]> {
    const ids = functions.flatMap(({ members }) => members.map(({ id }) => id));
    const [usages, lanes] = await Promise.all([this.#parts.provider.usage(ids), this.#parts.lanes()]);
    const round: Round = {
      functions,
      usages: new Map(usages.map((usage) => [usage.instance, usage])),
      lanes: new Map(lanes.map((lane) => [lane.lane, lane])),
      now: this.#parts.now(),
      reader,
    };
    return this.#sources.flatMap((source) => [...source(round)]);
  }
}

const isInUse = (fn: ActiveFunction): boolean => fn.counts.started > 0 || fn.members.length > 0;
