import type { ChartSpec } from './chart-panel.tsx';

/** What a function may use, as its policy says. */
export interface Limits {
  readonly memoryBytes: number;
  readonly cpus?: number;
  readonly concurrency?: number;
}

const classes = { '1xx': 'info', '2xx': 'ok', '3xx': 'info', '4xx': 'warn', '5xx': 'bad' };

/** A string of the query language. */
export const quoted = (text: string): string => JSON.stringify(text);

const latency = (of: string, share: number): { text: string; legend: string } => ({
  text: `histogram_quantile(${share}, sum by (le) (rate(wherry_function_seconds_bucket{${of}}[$__rate_interval])))`,
  legend: `p${share * 100}`,
});

const callsByClass = (of: string): ChartSpec => ({
  title: 'Calls by status',
  how: 'rate',
  kind: 'area',
  unit: 'per second',
  queries: [
    {
      text: `sum by (class) (label_replace(rate(gateway_function_invocation_total{${of}}[$__rate_interval]), "class", "\${1}xx", "code", "(.).."))`,
      legend: '{{class}}',
    },
  ],
  tones: classes,
});

/** The six charts of a function. */
export function functionCharts(
  target: string,
  { memoryBytes, cpus = 1, concurrency }: Limits,
): readonly ChartSpec[] {
  const of = `function_name=${quoted(target)}`;
  const ready = `gateway_service_ready_count{${of}}`;
  return [
    callsByClass(of),
    {
      title: 'How long calls took',
      how: 'percentiles',
      kind: 'line',
      unit: 'seconds',
      queries: [latency(of, 0.5), latency(of, 0.95), latency(of, 0.99)],
    },
    {
      title: 'Calls under way',
      kind: 'step',
      unit: 'number',
      queries: [
        {
          text: `max_over_time(gateway_function_invocation_inflight{${of}}[$__rate_interval])`,
          legend: 'in flight',
        },
        ...(concurrency === undefined
          ? []
          : [{ text: `${ready} * ${concurrency}`, legend: 'limit', tone: 'neutral' }]),
      ],
    },
    {
      title: 'Instances',
      kind: 'step',
      unit: 'number',
      queries: [
        { text: ready, legend: 'running' },
        { text: `gateway_service_count{${of}}`, legend: 'wanted', tone: 'neutral' },
      ],
    },
    {
      title: 'Processor and memory',
      how: cpus === 1 ? 'share of the limit, or of one processor' : 'share of the limit',
      kind: 'line',
      unit: 'share',
      queries: [
        {
          text: `rate(pod_cpu_usage_seconds_total{${of}}[$__rate_interval]) / ignoring (namespace) (${ready} > 0) / ${cpus}`,
          legend: 'processor',
        },
        {
          text: `pod_memory_working_set_bytes{${of}} / ignoring (namespace) (${ready} > 0) / ${memoryBytes}`,
          legend: 'memory',
        },
      ],
    },
    {
      title: 'Cold starts',
      how: 'in each step',
      kind: 'bars',
      unit: 'number',
      queries: [
        {
          // Where calls were counted and none of them was cold, that is zero; elsewhere nothing is known.
          text: `sum(increase(wherry_function_cold_total{${of}}[$__interval])) or sum(increase(gateway_function_invocation_total{${of}}[$__interval])) * 0`,
          legend: 'cold calls',
        },
      ],
    },
  ];
}

/** The same for each instance, as far as it is measured there. */
export function instanceCharts(target: string): readonly ChartSpec[] {
  const of = `function_name=${quoted(target)}`;
  return [
    {
      title: 'Processor of each instance',
      how: 'share of one processor',
      kind: 'line',
      unit: 'share',
      queries: [
        {
          text: `sum by (instance) (rate(wherry_instance_cpu_seconds_total{${of}}[$__rate_interval]))`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Memory of each instance',
      kind: 'line',
      unit: 'bytes',
      queries: [{ text: `sum by (instance) (wherry_instance_memory_bytes{${of}})`, legend: '{{instance}}' }],
    },
    {
      title: 'Processes of each instance',
      kind: 'step',
      unit: 'number',
      queries: [{ text: `sum by (instance) (wherry_instance_processes{${of}})`, legend: '{{instance}}' }],
    },
  ];
}

/** Rate, errors, duration: three small ones. */
export function redCharts(target: string): readonly ChartSpec[] {
  const of = `function_name=${quoted(target)}`;
  const total = `gateway_function_invocation_total{${of}`;
  return [
    callsByClass(of),
    {
      title: 'Failed calls',
      how: 'share',
      kind: 'line',
      unit: 'share',
      queries: [
        {
          text: `(sum(rate(${total},code=~"5.."}[$__rate_interval])) or vector(0)) / (sum(rate(${total}}[$__rate_interval])) > 0)`,
          legend: '5xx',
          tone: 'bad',
        },
      ],
    },
    {
      title: 'How long calls took',
      how: 'percentiles',
      kind: 'line',
      unit: 'seconds',
      queries: [latency(of, 0.5), latency(of, 0.95)],
    },
  ];
}
