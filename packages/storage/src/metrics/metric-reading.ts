import { WherryError } from '@wherry/core/errors';
import type { Labels, MetricSeries } from '@wherry/core/metric';
import type { MetricQuery } from '@wherry/core/ports/metric-history';
import { levelFor } from './levels.ts';
import type { MetricBook } from './metric-book.ts';
import { rollUp } from './roll-up.ts';
import type { Series } from './series-index.ts';
import { between, joined } from './shelf.ts';

/** What one answer holds at most. */
export const mostRead = { samples: 20_000_000, series: 20_000 } as const;

/** After so many samples other work goes first. */
const atOnce = 100_000;
/** What looking for a series costs where it has nothing, in samples. */
const look = 200;

const streamOf = { mean: 0, min: 1, max: 2 } as const;

/** Reads of a history. `breathe` lets other work go first. */
export class MetricReading {
  readonly #book: MetricBook;
  readonly #breathe: () => Promise<void>;

  constructor(book: MetricBook, breathe: () => Promise<void>) {
    this.#book = book;
    this.#breathe = breathe;
  }

  async read(query: MetricQuery): Promise<readonly MetricSeries[]> {
    const found: MetricSeries[] = [];
    let count = 0;
    for await (const { series, times, values, everyMs } of this.#each(query, 'all')) {
      count += times.length;
      if (count > mostRead.samples) throw tooMuch(`more than ${mostRead.samples} samples`);
      found.push({ name: series.name, labels: series.labels, everyMs, times, values });
    }
    return found;
  }

  async series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]> {
    const found: { name: string; labels: Labels }[] = [];
    for await (const { series } of this.#each(query, 'any'))
      found.push({ name: series.name, labels: series.labels });
    return found;
  }

  /** Series that have samples in the time, each as it was at one moment. */
  async *#each({ matchers, from, to, coarsestMs, stat }: MetricQuery, wanted: 'all' | 'any') {
    const { index, levels, newest } = this.#book;
    const selected = index.select(matchers);
    if (wanted === 'all' && selected.length > mostRead.series) throw tooMuch(`${selected.length} series`);
    const level = levelFor(levels, from, newest, coarsestMs);
    const { everyMs } = levels[level]!;
    let since = 0;
    for (const series of selected) {
      const { times, streams } = this.#samples(series, level, from, to, wanted === 'any');
      since += times.length + look;
      if (times.length > 0)
        yield {
          series,
          times,
          values: streams[streams.length === 3 ? streamOf[stat ?? 'mean'] : 0]!,
          everyMs,
        };
      if (since < atOnce) continue;
      since = 0;
      await this.#breathe();
    }
  }

  /** What there is of a series; `any`: some of it will do. */
  #samples(series: Series, level: number, from: number, to: number, any: boolean) {
    const { shelf, levels } = this.#book;
    const { blockMs } = levels[level]!;
    const parts: { times: Float64Array; streams: readonly Float64Array[] }[] = [];
    const add = (samples: { times: ArrayLike<number>; streams: readonly ArrayLike<number>[] }): boolean => {
      const part = between(
        { times: asArray(samples.times), streams: samples.streams.map(asArray) },
        from,
        to,
      );
      if (part.times.length > 0) parts.push(part);
      return any && parts.length > 0;
    };
    for (const slot of shelf.slots(level)) {
      // A sample may stand a step before its block, or a moment after it.
      if ((slot + 2) * blockMs < from || (slot - 1) * blockMs > to) continue;
      const block = shelf.get(level, slot, series.id);
      if (block !== undefined && add(block)) return parts[0]!;
    }
    for (const young of this.#young(series, level)) if (add(young)) return parts[0]!;
    return together(parts);
  }

  /** What is in no block yet. */
  *#young(series: Series, level: number) {
    const { levels, windows } = this.#book;
    const having = windows.filter((window) => window.has(series.id));
    let carry = having.length === 0 || level === 0 ? undefined : this.#book.carryOf(series);
    for (const window of having) {
      const { fine } = this.#book.fresh(window, series);
      if (level === 0) yield { times: fine.times, streams: [fine.values] };
      else {
        const rolled = rollUp(series.kind, levels[level]!.everyMs, fine, carry && { ...carry }, window.last);
        carry = rolled.carry;
        yield rolled.samples;
      }
    }
  }
}

function together(parts: { times: Float64Array; streams: readonly Float64Array[] }[]) {
  const first = parts[0];
  if (first === undefined) return { times: new Float64Array(), streams: [new Float64Array()] };
  if (parts.length === 1)
    return { times: first.times.slice(), streams: first.streams.map((one) => one.slice()) };
  // Only where the clock went back are they not in order.
  if (parts.some(({ times }, at) => at > 0 && times[0]! <= parts[at - 1]!.times.at(-1)!)) {
    const all = parts.reduce<{ times: ArrayLike<number>; streams: readonly ArrayLike<number>[] }>(joined, {
      times: [],
      streams: first.streams.map(() => []),
    });
    return { times: asArray(all.times), streams: all.streams.map(asArray) };
  }
  const length = parts.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(length);
  const streams = first.streams.map(() => new Float64Array(length));
  let at = 0;
  for (const part of parts) {
    times.set(part.times, at);
    for (const [place, stream] of streams.entries()) stream.set(part.streams[place]!, at);
    at += part.times.length;
  }
  return { times, streams };
}

function asArray(values: ArrayLike<number>): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

function tooMuch(what: string): WherryError {
  return new WherryError(
    'too_much_asked',
    `${what} are asked for; ${mostRead.samples} samples of ${mostRead.series} series are the most`,
    {
      component: 'metrics',
    },
  );
}
