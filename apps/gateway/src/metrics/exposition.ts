import type { LaneState } from '@wherry/core/ports/call-queue';
import type { Usage } from '@wherry/core/instance';
import { fullName } from '@wherry/core/names';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import type { VersionCounts } from '@wherry/engine/record/version-counts';
import { durationBuckets } from '@wherry/engine/record/function-counts';
import type { CodeCounts } from '@wherry/engine/record/function-counts';
import type { Platform } from '@wherry/engine/platform';
import { queueMetrics } from './queue-metrics.ts';
import type { ApiCounts } from './api-counts.ts';

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** What is measured: the platform, and what its store could not keep. */
export interface Measured {
  readonly platform: Platform;
  readonly api: ApiCounts;
  losses(): { readonly calls: number; readonly logs: number; readonly scalings: number };
}

/** All metrics in Prometheus's text format. Names and labels as the OpenFaaS gateway has them; `wherry_` for what is only ours. */
export function exposition(
  { platform, api, losses }: Measured,
  usages: readonly Usage[],
  lanes: readonly LaneState[],
): string {
  const functions = platform.functions.list();
  const lines: string[] = [];
  const family = (name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  family('gateway_function_invocation_total', 'counter', 'Function metrics');
  for (const fn of functions)
    for (const [code, { calls }] of fn.counts.byCode)
      lines.push(
        `gateway_function_invocation_total{code="${code}",function_name="${fullName(fn)}"} ${calls}`,
      );
  family(
    'gateway_function_invocation_started',
    'counter',
    'The total number of function HTTP requests started',
  );
  for (const fn of functions)
    lines.push(`gateway_function_invocation_started{function_name="${fullName(fn)}"} ${fn.counts.started}`);
  family('gateway_functions_seconds', 'histogram', 'Function time taken');
  for (const fn of functions)
    for (const [code, counts] of fn.counts.byCode)
      histogram(lines, 'gateway_functions_seconds', `code="${code}",function_name="${fullName(fn)}"`, counts);
  family('http_requests_total', 'counter', 'Requests to the API');
  for (const { labels, counts } of api.list()) lines.push(`http_requests_total{${labels}} ${counts.calls}`);
  family('http_request_duration_seconds', 'histogram', 'Time taken by requests to the API');
  for (const { labels, counts } of api.list())
    histogram(lines, 'http_request_duration_seconds', labels, counts);
  gauge(lines, functions, 'gateway_service_count', 'Instances asked for', (fn) => fn.replicas);
  gauge(
    lines,
    functions,
    'gateway_service_ready_count',
    'Instances that take calls',
    (fn) => fn.availableReplicas,
  );
  gauge(lines, functions, 'gateway_service_min', 'Instances that always run', (fn) => fn.fleet.policy.min);
  gauge(lines, functions, 'gateway_function_invocation_inflight', 'Calls under way', (fn) =>
    fn.members.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
  used(lines, functions, usages, family);
  byVersion(lines, functions, family);
  family('wherry_function_connections_total', 'counter', 'Connections that functions asked for');
  for (const fn of functions)
    for (const outcome of ['connected', 'refused', 'failed'] as const)
      if (fn.counts.network[outcome] > 0)
        lines.push(
          `wherry_function_connections_total{function_name="${fullName(fn)}",outcome="${outcome}"} ${fn.counts.network[outcome]}`,
        );
  queueMetrics(platform, lanes, family, lines);
  family('wherry_call_records_dropped_total', 'counter', 'Call records that could not be kept');
  lines.push(`wherry_call_records_dropped_total ${losses().calls}`);
  family('wherry_log_lines_dropped_total', 'counter', 'Log lines that could not be kept');
  lines.push(`wherry_log_lines_dropped_total ${losses().logs}`);
  family(
    'wherry_scaling_decisions_dropped_total',
    'counter',
    'Decisions over instances that could not be kept',
  );
  lines.push(`wherry_scaling_decisions_dropped_total ${losses().scalings}`);
  family('wherry_calls_unaddressed_total', 'counter', 'Calls that named no function');
  lines.push(`wherry_calls_unaddressed_total ${platform.recorder.unknown}`);
  family('wherry_memory_reserved_bytes', 'gauge', 'Memory reserved by running instances');
  lines.push(`wherry_memory_reserved_bytes ${platform.budget.reservedBytes}`);
  processMetrics(lines, family);
  return `${lines.join('\n')}\n`;
}

function gauge(
  lines: string[],
  functions: readonly ActiveFunction[],
  name: string,
  help: string,
  value: (fn: ActiveFunction) => number,
): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
  for (const fn of functions) lines.push(`${name}{function_name="${fullName(fn)}"} ${value(fn)}`);
}

/** What tells a version that is being tried from the one that it would replace. Of versions that are kept, so there are few. */
function byVersion(
  lines: string[],
  functions: readonly ActiveFunction[],
  family: (name: string, type: 'counter' | 'gauge', help: string) => void,
): void {
  const called = functions.flatMap((fn) => fn.fleets.filter(({ counts }) => counts.calls > 0));
  const counter = (name: string, help: string, value: (counts: VersionCounts) => number): void => {
    family(name, 'counter', help);
    for (const { key, counts } of called)
      lines.push(`${name}{function_name="${fullName(key)}",version="${key.version}"} ${value(counts)}`);
  };
  counter('wherry_version_calls_total', 'Calls by version', ({ calls }) => calls);
  counter('wherry_version_failures_total', 'Calls answered with 500 or more', ({ failures }) => failures);
  counter('wherry_version_seconds_total', 'Time taken by calls, by version', ({ totalMs }) => totalMs / 1000);
}

/** What instances use, under the names of OpenFaaS's paid edition. Processor time of those that ended stays in the sum: a counter never falls. */
function used(
  lines: string[],
  functions: readonly ActiveFunction[],
  usages: readonly Usage[],
  family: (name: string, type: 'counter' | 'gauge', help: string) => void,
): void {
  const byId = new Map(usages.map((usage) => [usage.instance, usage]));
  const sum = (fn: ActiveFunction, pick: (usage: Usage) => number | undefined): number =>
    fn.members.reduce((total, { id }) => total + (pick(byId.get(id) ?? { instance: id }) ?? 0), 0);
  const labels = (fn: ActiveFunction): string =>
    `{function_name="${fullName(fn)}",namespace="${fn.namespace}"}`;
  family('pod_cpu_usage_seconds_total', 'counter', 'Processor time used by the instances of a function');
  for (const fn of functions)
    lines.push(
      `pod_cpu_usage_seconds_total${labels(fn)} ${(fn.counts.endedCpuMs + sum(fn, ({ cpuMs }) => cpuMs)) / 1000}`,
    );
  family('pod_memory_working_set_bytes', 'gauge', 'Memory of the instances of a function');
  for (const fn of functions)
    lines.push(`pod_memory_working_set_bytes${labels(fn)} ${sum(fn, ({ memoryBytes }) => memoryBytes)}`);
}

function histogram(
  lines: string[],
  name: string,
  labels: string,
  { buckets, calls, seconds }: CodeCounts,
): void {
  let below = 0;
  durationBuckets.forEach((bound, i) => {
    below += buckets[i] as number;
    lines.push(`${name}_bucket{${labels},le="${bound}"} ${below}`);
  });
  lines.push(
    `${name}_bucket{${labels},le="+Inf"} ${calls}`,
    `${name}_sum{${labels}} ${seconds}`,
    `${name}_count{${labels}} ${calls}`,
  );
}

/** The names that Prometheus's own client libraries use, so that ready-made dashboards work. */
function processMetrics(
  lines: string[],
  family: (name: string, type: 'counter' | 'gauge', help: string) => void,
): void {
  const { user, system } = process.cpuUsage();
  family('process_cpu_seconds_total', 'counter', 'Processor time used by the gateway');
  lines.push(`process_cpu_seconds_total ${(user + system) / 1e6}`);
  family('process_resident_memory_bytes', 'gauge', 'Memory of the gateway');
  lines.push(`process_resident_memory_bytes ${process.memoryUsage.rss()}`);
  family('process_start_time_seconds', 'gauge', 'When the gateway started, since 1970');
  lines.push(`process_start_time_seconds ${performance.timeOrigin / 1000}`);
}
