import type { Labels, MetricSample, MetricSeries } from '@wherry/core/metric';
import type { MetricHistory, MetricQuery } from '@wherry/core/ports/metric-history';
import type { ReadBlock } from '../metrics/block-body.ts';
import { type Level, usualLevels } from '../metrics/levels.ts';
import { MetricBook } from '../metrics/metric-book.ts';
import { pruneMetrics } from '../metrics/metric-pruning.ts';
import { MetricReading } from '../metrics/metric-reading.ts';
import { sampledRound } from '../metrics/sampled-round.ts';
import type { Shelf } from '../metrics/shelf.ts';

/** Numbers over time, for as long as the process lives. */
export class MemoryMetricHistory implements MetricHistory {
  readonly #book: MetricBook;
  readonly #reading: MetricReading;

  constructor(levels: readonly Level[] = usualLevels) {
    this.#book = new MetricBook(levels, memoryShelf(levels));
    this.#reading = new MetricReading(this.#book, async () => {});
  }

  async append(at: number, samples: readonly MetricSample[]): Promise<number> {
    const { round, refused } = sampledRound(at, samples);
    const taken = this.#book.take(round);
    for (const window of this.#book.windows.slice(0, -1)) {
      for (const id of window.ids()) this.#book.close(window, id);
      this.#book.closed(window);
    }
    return refused + taken.refused;
  }

  read(query: MetricQuery): Promise<readonly MetricSeries[]> {
    return this.#reading.read(query);
  }

  series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]> {
    return this.#reading.series(query);
  }

  async prune(now: number, maxBytes: number): Promise<void> {
    for (const id of await pruneMetrics(this.#book, now, maxBytes, async () => {})) {
      this.#book.shelf.forget(id);
      this.#book.remove(id);
    }
  }

  async flush(): Promise<void> {}
}

function memoryShelf(levels: readonly Level[]): Shelf {
  const shelves = levels.map(() => new Map<number, Map<number, ReadBlock>>());
  return {
    get: (level, slot, id) => shelves[level]!.get(slot)?.get(id),
    put(level, slot, id, { times, streams, raw }) {
      const blocks = shelves[level]!.get(slot) ?? new Map<number, ReadBlock>();
      shelves[level]!.set(slot, blocks);
      blocks.set(id, {
        times: Float64Array.from(times),
        streams: streams.map((one) => Float64Array.from(one)),
        raw,
      });
    },
    slots: (level) => [...shelves[level]!.keys()].sort((one, other) => one - other),
    *sizes(level, slot) {
      for (const [id, { times, streams }] of shelves[level]!.get(slot) ?? [])
        yield { id, bytes: 8 * times.length * (1 + streams.length) };
    },
    drop: (level, slot) => void shelves[level]!.delete(slot),
    forget(id) {
      for (const slots of shelves) for (const blocks of slots.values()) blocks.delete(id);
    },
  };
}
