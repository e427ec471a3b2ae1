import type { MetricFamily } from '@wherry/core/metric';
import { fullName } from '@wherry/core/names';
import type { ActiveFunction } from '../functions/active-function.ts';
import { durationSteps, octaveOf, octaves } from '../record/duration-steps.ts';
import { type CodeCounts, durationBuckets } from '../record/function-counts.ts';
import { durationSeries } from './duration-history.ts';
import { family, histogramSamples, stepSamples, sumAndCount } from './families.ts';
import type { Round } from './measuring.ts';

/** Calls by function: how many, how they ended, how long they took. Names and labels as the OpenFaaS gateway has them; `wherry_` for what is only ours. */
export function* callMetrics({ functions, reader }: Round): Iterable<MetricFamily> {
  const byCode = functions.flatMap((fn) =>
    [...fn.counts.byCode].map(([code, counts]) => ({
      labels: { code: String(code), function_name: fullName(fn) },
      counts,
    })),
  );
  yield family(
    'gateway_function_invocation_total',
    'counter',
    'Function metrics',
    byCode,
    ({ labels, counts }) => [labels, counts.calls],
  );
  yield family(
    'gateway_function_invocation_started',
    'counter',
    'The total number of function HTTP requests started',
    functions,
    (fn) => [named(fn), fn.counts.started],
  );
  const seconds = 'gateway_functions_seconds';
  yield {
    name: seconds,
    type: 'histogram',
    help: 'Function time taken',
    samples: byCode.flatMap(({ labels, counts }) => histogramSamples(seconds, labels, histogramOf(counts))),
  };
  yield {
    name: 'wherry_function_seconds',
    type: 'histogram',
    help: 'Time taken by calls, whatever their answer',
    samples: functions.flatMap(reader === 'history' ? fineSamples : coarseSamples),
  };
  yield family(
    'wherry_function_cold_total',
    'counter',
    'Calls that waited for an instance to start',
    functions.filter(({ counts }) => counts.cold > 0),
    (fn) => [named(fn), fn.counts.cold],
  );
  const used = functions.filter(({ counts }) => counts.calls > 0);
  yield family(
    'wherry_function_gb_seconds_total',
    'counter',
    'Memory limit in gigabytes of 2^30 bytes, times the seconds that calls ran',
    used,
    (fn) => [named(fn), fn.counts.gbSeconds],
  );
  yield family(
    'wherry_function_wake_seconds_total',
    'counter',
    'Time that calls waited for an instance to start',
    used,
    (fn) => [named(fn), fn.counts.wakeSeconds],
  );
  yield family(
    'wherry_function_connections_total',
    'counter',
    'Connections that functions asked for',
    functions.flatMap((fn) =>
      (['connected', 'refused', 'failed'] as const)
        .map((outcome) => ({ labels: { ...named(fn), outcome }, count: fn.counts.network[outcome] }))
        .filter(({ count }) => count > 0),
    ),
    ({ labels, count }) => [labels, count],
  );
}

/** What tells a version that is being tried from the one that it would replace. Of versions that are kept, so there are few. */
export function* versionMetrics({ functions }: Round): Iterable<MetricFamily> {
  const called = functions
    .flatMap(({ fleets }) => fleets.filter(({ counts }) => counts.calls > 0))
    .map(({ key, counts }) => ({
      labels: { function_name: fullName(key), version: String(key.version) },
      counts,
    }));
  yield family('wherry_version_calls_total', 'counter', 'Calls by version', called, ({ labels, counts }) => [
    labels,
    counts.calls,
  ]);
  yield family(
    'wherry_version_failures_total',
    'counter',
    'Calls answered with 500 or more',
    called,
    ({ labels, counts }) => [labels, counts.failures],
  );
  yield family(
    'wherry_version_seconds_total',
    'counter',
    'Time taken by calls, by version',
    called,
    ({ labels, counts }) => [labels, counts.totalMs / 1000],
  );
}

const named = (fn: ActiveFunction): { function_name: string } => ({ function_name: fullName(fn) });

const histogramOf = ({ buckets, calls, seconds }: CodeCounts) => ({
  bounds: durationBuckets,
  buckets,
  count: calls,
  sum: seconds,
});

/** For the history, which makes buckets of them when they are asked for. */
function fineSamples(fn: ActiveFunction): MetricFamily['samples'] {
  const { durations, calls: count, seconds: sum } = fn.counts;
  if (durations === undefined) return [];
  const labels = named(fn);
  return [
    ...stepSamples(durationSeries, labels, { bounds: durationSteps, buckets: durations }),
    ...sumAndCount('wherry_function_seconds', labels, { sum, count }),
  ];
}

/** For those who scrape: few steps, and all of them. */
function coarseSamples(fn: ActiveFunction): MetricFamily['samples'] {
  const { durations, calls: count, seconds: sum } = fn.counts;
  if (durations === undefined) return [];
  const buckets = new Float64Array(octaves.length + 1);
  durations.forEach((calls, step) => ((buckets[octaveOf(step)] as number) += calls));
  return histogramSamples('wherry_function_seconds', named(fn), { bounds: octaves, buckets, count, sum });
}
