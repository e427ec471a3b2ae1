import type { MetricFamily } from '@wherry/core/metric';
import { durationBuckets } from '@wherry/engine/record/function-counts';
import { family, histogramSamples, single } from '@wherry/engine/metrics/families';
import type { Source } from '@wherry/engine/metrics/measuring';
import type { ApiCounts } from './api-counts.ts';

/** What the store could not keep. */
export interface Losses {
  readonly calls: number;
  readonly captures: number;
  readonly spans: number;
  readonly logs: number;
  readonly scalings: number;
  readonly metrics: number;
}

/** The gateway's own numbers: requests to its API, what it lost, its process. */
export const gatewayMetrics = (api: ApiCounts, losses: () => Losses): Source =>
  function* (): Iterable<MetricFamily> {
    const requests = [...api.list()];
    yield family('http_requests_total', 'counter', 'Requests to the API', requests, ({ labels, counts }) => [
      labels,
      counts.calls,
    ]);
    const seconds = 'http_request_duration_seconds';
    yield {
      name: seconds,
      type: 'histogram',
      help: 'Time taken by requests to the API',
      samples: requests.flatMap(({ labels, counts }) =>
        histogramSamples(seconds, labels, {
          bounds: durationBuckets,
          buckets: counts.buckets,
          count: counts.calls,
          sum: counts.seconds,
        }),
      ),
    };
    const { calls, captures, spans, logs, scalings, metrics } = losses();
    const lost = (name: string, help: string, value: number) => single(name, 'counter', help, value);
    yield lost('wherry_call_records_dropped_total', 'Call records that could not be kept', calls);
    yield lost('wherry_spans_dropped_total', 'Spans of traces that nobody took', spans);
    yield lost('wherry_captures_dropped_total', 'Calls that could not be kept with their bodies', captures);
    yield lost('wherry_log_lines_dropped_total', 'Log lines that could not be kept', logs);
    yield lost(
      'wherry_scaling_decisions_dropped_total',
      'Decisions over instances that could not be kept',
      scalings,
    );
    yield lost(
      'wherry_metric_samples_dropped_total',
      'Samples that the history of metrics could not keep',
      metrics,
    );
    yield* processMetrics();
  };

export const stdoutMetrics = (log: { readonly dropped: number }): Source =>
  function* (): Iterable<MetricFamily> {
    const help = 'Lines of standard output that nobody read';
    yield single('wherry_stdout_lines_dropped_total', 'counter', help, log.dropped);
  };

/** The names that Prometheus's own client libraries use, so that ready-made dashboards work. */
function* processMetrics(): Iterable<MetricFamily> {
  const { user, system } = process.cpuUsage();
  yield single(
    'process_cpu_seconds_total',
    'counter',
    'Processor time used by the gateway',
    (user + system) / 1e6,
  );
  yield single('process_resident_memory_bytes', 'gauge', 'Memory of the gateway', process.memoryUsage.rss());
  yield single(
    'process_start_time_seconds',
    'gauge',
    'When the gateway started, since 1970',
    performance.timeOrigin / 1000,
  );
}
