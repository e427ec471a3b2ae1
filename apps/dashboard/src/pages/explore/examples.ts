import type { Kind } from '../../charts/kinds.ts';
import type { Unit } from '../../charts/units.ts';

/** A question that somebody has, and the query that answers it. */
export interface Example {
  readonly title: string;
  readonly query: string;
  readonly kind: Kind;
  readonly unit: Unit;
}

export const examples: readonly Example[] = [
  {
    title: 'Calls of each function',
    query: 'sum by (function_name) (rate(gateway_function_invocation_total[$__rate_interval]))',
    kind: 'area',
    unit: 'per second',
  },
  {
    title: 'Share of calls that fail',
    query:
      'sum by (function_name) (rate(gateway_function_invocation_total{code=~"5.."}[$__rate_interval]))\n  / sum by (function_name) (rate(gateway_function_invocation_total[$__rate_interval]))',
    kind: 'line',
    unit: 'share',
  },
  {
    title: 'Slowest twentieth of the calls',
    query:
      'histogram_quantile(0.95, sum by (function_name, le) (rate(wherry_function_seconds_bucket[$__rate_interval])))',
    kind: 'line',
    unit: 'seconds',
  },
  {
    title: 'The five busiest functions',
    query: 'topk(5, sum by (function_name) (rate(gateway_function_invocation_total[$__rate_interval])))',
    kind: 'line',
    unit: 'per second',
  },
  {
    title: 'Cold starts',
    query: 'sum by (function_name) (increase(wherry_function_cold_total[$__interval]))',
    kind: 'bars',
    unit: 'number',
  },
  { title: 'Running instances', query: 'gateway_service_ready_count', kind: 'step', unit: 'number' },
  {
    title: 'Processors in use',
    query: 'sum by (function_name) (rate(pod_cpu_usage_seconds_total[$__rate_interval]))',
    kind: 'area',
    unit: 'number',
  },
  {
    title: 'Memory in use',
    query: 'sum by (function_name) (pod_memory_working_set_bytes)',
    kind: 'area',
    unit: 'bytes',
  },
  {
    title: 'How long queued calls have waited',
    query: 'max by (function_name) (wherry_queue_oldest_seconds)',
    kind: 'line',
    unit: 'seconds',
  },
  {
    title: 'Instances that ended badly',
    query: 'sum by (kind) (increase(wherry_function_exits_total{kind!="stopped"}[$__interval]))',
    kind: 'bars',
    unit: 'number',
  },
];
