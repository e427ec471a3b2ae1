import type { QueryClient } from '@tanstack/react-query';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { StreamedEvent } from '@wherry/wire/events';

/** However much happens, nothing is asked for more often; and what takes long to answer is asked for less often still. */
const leastMs = 1_000;
const timesAsLong = 5;

/** Which of what is shown an event makes stale. What nobody looks at is only asked for when somebody does. */
const staleBy: Readonly<Record<StreamedEvent['event'], readonly string[] | 'all'>> = {
  function: ['functions', 'schedules', 'versions'],
  instance: ['functions', 'instances', 'exits'],
  calls: ['calls'],
  queue: ['lanes', 'queued'],
  alert: ['alerts'],
  gap: 'all',
  begin: [],
};

/** Keeps what is shown in step with what happens. */
export class Refreshing {
  readonly #queries: QueryClient;
  readonly #stale = new Set<string>();
  #all = false;
  #planned = false;
  #begun = false;
  #pauseMs = leastMs;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  readonly happened = (event: StreamedEvent): void => {
    if (event.event === 'calls') this.#count(event.data.functions);
    if (event.event === 'function' || event.event === 'instance')
      this.#stale.add(`state ${event.data.namespace} ${event.data.name}`);
    // A stream that begins again says nothing of what was changed while nobody listened, such as a secret.
    if (event.event === 'begin' && this.#begun) this.#all = true;
    this.#begun = true;
    const stale = staleBy[event.event];
    if (stale === 'all') this.#all = true;
    else for (const key of stale) this.#stale.add(key);
    if (this.#planned || (!this.#all && this.#stale.size === 0)) return;
    this.#planned = true;
    setTimeout(() => void this.#refresh(), this.#pauseMs);
  };

  async #refresh(): Promise<void> {
    this.#planned = false;
    const filters = this.#all ? [{}] : [...this.#stale].map((key) => ({ queryKey: key.split(' ') }));
    this.#all = false;
    this.#stale.clear();
    const from = performance.now();
    await Promise.allSettled(filters.map((filter) => this.#queries.invalidateQueries(filter)));
    this.#pauseMs = Math.max(leastMs, timesAsLong * (performance.now() - from));
  }

  /** Numbers of calls grow where they stand: a list of ten thousand functions is not fetched for one call. */
  #count(tallies: readonly { name: string; namespace: string; calls: number }[]): void {
    const calls = new Map(tallies.map((one) => [`${one.name}.${one.namespace}`, one.calls]));
    this.#queries.setQueriesData<readonly FunctionStatus[]>({ queryKey: ['functions'] }, (all) =>
      all?.map((one) => {
        const more = calls.get(`${one.name}.${one.namespace}`);
        return more === undefined ? one : { ...one, invocationCount: (one.invocationCount ?? 0) + more };
      }),
    );
  }
}
