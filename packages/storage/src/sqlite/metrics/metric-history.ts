import type { Labels, MetricSample, MetricSeries } from '@wherry/core/metric';
import type { MetricHistory, MetricQuery } from '@wherry/core/ports/metric-history';
import { sampledRound } from '../../metrics/sampled-round.ts';
import type { Backlog } from '../backlog.ts';
import type { SqliteThread } from '../sqlite-thread.ts';

/** Numbers over time in the embedded database. */
export class SqliteMetricHistory implements MetricHistory {
  readonly #thread: SqliteThread;
  readonly #backlog: Backlog;

  constructor(thread: SqliteThread, backlog: Backlog) {
    this.#thread = thread;
    this.#backlog = backlog;
  }

  async append(at: number, samples: readonly MetricSample[]): Promise<number> {
    const { round, refused, weight } = sampledRound(at, samples);
    const count = round.keys.length;
    let lost = count;
    if (this.#backlog.hasRoom('samples', count))
      await this.#backlog.carry('samples', count, weight, async () => {
        const taken = await this.#thread.ask('metrics', 'append', [round]);
        if (taken.lost > 0) this.#backlog.lose('samples', taken.lost, taken.reason ?? '');
        lost = taken.lost + taken.refused;
      });
    return refused + lost;
  }

  read(query: MetricQuery): Promise<readonly MetricSeries[]> {
    return this.#thread.ask('metrics', 'read', [query]);
  }

  series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]> {
    return this.#thread.ask('metrics', 'series', [query]);
  }

  prune(now: number, maxBytes: number): Promise<void> {
    return this.#thread.ask('metrics', 'prune', [now, maxBytes]);
  }

  flush(): Promise<void> {
    return this.#thread.ask('metrics', 'flush', []);
  }
}
