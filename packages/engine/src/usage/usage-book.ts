import type { Labels, MetricSeries } from '@wherry/core/metric';
import { type FunctionName, fullName, parseFullName } from '@wherry/core/names';
import type { Calendar } from '@wherry/core/ports/calendar';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import { type Period, type PeriodLength, Periods } from '../periods/periods.ts';
import { growth } from './growth.ts';

/** What was used of the platform. */
export interface Usage {
  readonly calls: number;
  /** Calls that were answered with 500 or more. */
  readonly errors: number;
  /** Calls that waited for an instance to start, and for how long together. */
  readonly cold: number;
  readonly wakeSeconds: number;
  /** Memory limit in gigabytes of 2^30 bytes, times the seconds that calls ran. */
  readonly gbSeconds: number;
  /** Processor time of the instances, in calls and between them. */
  readonly cpuSeconds: number;
}

/** What a function, or a namespace where `name` is empty, used in a period. */
export interface UsageRow extends Usage, Period {
  readonly namespace: string;
  readonly name: string;
}

export interface UsageWish {
  /** `to` is not in it; milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** One row for each of these; for all the time together where it is left out. */
  readonly every?: PeriodLength;
  readonly zone: string;
  readonly by: 'function' | 'namespace';
  readonly function?: FunctionName;
  readonly may: (target: FunctionName) => boolean;
}

type Sums = { -readonly [K in keyof Usage]: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** What is read at once: the history refuses more than twenty million samples. */
const mostAtOnceMs = 35 * dayMs;
/** Looked at before a time for what counters stood at. */
const lookBackMs = 2 * hourMs;
/** And this far, where there was nothing then: the gateway was off, or nobody called. */
const longestGapMs = 35 * dayMs;

/** Counters, and what each adds to. */
const metrics: readonly (readonly [name: string, add: (to: Sums, count: number, labels: Labels) => void])[] =
  [
    [
      'gateway_function_invocation_total',
      (to, count, { code = '' }) => {
        to.calls += count;
        if (Number(code) >= 500) to.errors += count;
      },
    ],
    ['wherry_function_cold_total', (to, count) => (to.cold += count)],
    ['wherry_function_wake_seconds_total', (to, count) => (to.wakeSeconds += count)],
    ['wherry_function_gb_seconds_total', (to, count) => (to.gbSeconds += count)],
    ['pod_cpu_usage_seconds_total', (to, count) => (to.cpuSeconds += count)],
  ];

/** What functions and namespaces used, out of the history of numbers: thirteen months of it, and nothing is estimated. */
export class UsageBook {
  readonly #history: MetricHistory;
  readonly #calendar: Calendar;

  constructor(history: MetricHistory, calendar: Calendar) {
    this.#history = history;
    this.#calendar = calendar;
  }

  /** In the order of time, then by name; what used nothing is left out. Throws `too_much_asked`. */
  async *rows(wish: UsageWish): AsyncGenerator<readonly UsageRow[]> {
    const periods = this.#periods(wish);
    for (let at = 0; at < periods.length; ) {
      const some = [periods[at++] as Period];
      while (at < periods.length && (periods[at] as Period).to - some[0]!.from <= mostAtOnceMs)
        some.push(periods[at++] as Period);
      yield await this.#read(wish, some);
    }
  }

  /** Calls that were answered with 500 or more, by function and status; most first. */
  async failures(
    wish: Pick<UsageWish, 'from' | 'to' | 'may'>,
  ): Promise<readonly (FunctionName & { readonly status: number; readonly calls: number })[]> {
    const { from, to, may } = wish;
    const all = await this.#growths('gateway_function_invocation_total', { may }, [{ from, to }]);
    return all
      .flatMap(({ labels, grown: [calls = 0] }) => {
        const of = parseFullName(labels['function_name'] ?? '');
        const status = Number(labels['code']);
        return of === undefined || !may(of) || status < 500 || calls === 0 ? [] : [{ ...of, status, calls }];
      })
      .sort((a, b) => b.calls - a.calls);
  }

  #periods({ from, to, every, zone }: UsageWish): readonly Period[] {
    if (from >= to) return [];
    return every === undefined ? [{ from, to }] : new Periods(this.#calendar, every, zone).within(from, to);
  }

  async #read(wish: UsageWish, periods: readonly Period[]): Promise<readonly UsageRow[]> {
    const sums = periods.map(() => new Map<string, Sums & FunctionName>());
    for (const [metric, add] of metrics)
      for (const { labels, grown } of await this.#growths(metric, wish, periods)) {
        const of = parseFullName(labels['function_name'] ?? '');
        if (of === undefined || !wish.may(of)) continue;
        const whose = wish.by === 'function' ? of : { namespace: of.namespace, name: '' };
        for (const [place, count] of grown.entries())
          if (count > 0) add(sumOf(sums[place]!, whose), count, labels);
      }
    return periods.flatMap((period, place) =>
      [...sums[place]!.values()]
        .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
        .map((sum) => ({ ...sum, ...period })),
    );
  }

  async #growths(metric: string, wish: Pick<UsageWish, 'function' | 'may'>, periods: readonly Period[]) {
    const [from, to] = [periods[0]!.from, periods.at(-1)!.to];
    const matchers = [
      { label: '__name__', is: '=', value: metric } as const,
      ...(wish.function === undefined
        ? []
        : [{ label: 'function_name', is: '=', value: fullName(wish.function) } as const]),
    ];
    const series = await this.#history.read({
      ...{ matchers, from: from - lookBackMs, to, coarsestMs: stepOf(periods) },
    });
    const unknown = series.some((one) => begins(one, from) === undefined && firstOf(one) > 0);
    // After a long gap: what it stood at when it was last seen.
    const earlier = new Map(
      (unknown
        ? await this.#history.read({ matchers, from: from - longestGapMs, to: from, coarsestMs: hourMs })
        : []
      ).map((one) => [JSON.stringify(one.labels), one]),
    );
    return series.map((one) => {
      const known = earlier.get(JSON.stringify(one.labels));
      const before = begins(one, from) ?? (known === undefined ? undefined : begins(known, from));
      return { labels: one.labels, grown: growth(one, periods, before) };
    });
  }
}

/** How far apart samples may be: every period has to end with one. */
function stepOf(periods: readonly Period[]): number {
  const on = (step: number): boolean =>
    periods.every(({ from, to }, at) => from % step === 0 && (at === periods.length - 1 || to % step === 0));
  return [hourMs, minuteMs].find(on) ?? 0;
}

/** What a counter was at a moment, as far as it was seen before. */
function begins({ times, values }: MetricSeries, at: number): number | undefined {
  let value: number | undefined;
  for (const [place, time] of times.entries()) {
    if (time > at) break;
    if (!Number.isNaN(values[place])) value = values[place];
  }
  return value;
}

function firstOf({ values }: MetricSeries): number {
  return values.find((value) => !Number.isNaN(value)) ?? 0;
}

function sumOf(sums: Map<string, Sums & FunctionName>, of: FunctionName): Sums {
  const key = orderOf(of);
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { ...{ ...of, calls: 0, errors: 0, cold: 0, wakeSeconds: 0, gbSeconds: 0, cpuSeconds: 0 } };
    sums.set(key, sum);
  }
  return sum;
}

const orderOf = ({ namespace, name }: FunctionName): string => `${namespace}/${name}`;
