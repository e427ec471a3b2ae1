import type { MetricFamily } from '@wherry/core/metric';
import { fullName } from '@wherry/core/names';
import type { Usage } from '@wherry/core/instance';
import type { ActiveFunction } from '../functions/active-function.ts';
import { family } from './families.ts';
import type { Round } from './measuring.ts';

/** Instances by function, asked for and there, and what they use, under the names of OpenFaaS's paid edition. */
export function* instanceMetrics({ functions, usages }: Round): Iterable<MetricFamily> {
  const gauge = (name: string, help: string, value: (fn: ActiveFunction) => number): MetricFamily =>
    family(name, 'gauge', help, functions, (fn) => [{ function_name: fullName(fn) }, value(fn)]);
  yield gauge('gateway_service_count', 'Instances asked for', ({ replicas }) => replicas);
  yield gauge('gateway_service_ready_count', 'Instances that take calls', (fn) => fn.availableReplicas);
  yield gauge('gateway_service_min', 'Instances that always run', ({ fleet }) => fleet.policy.min);
  yield gauge('gateway_function_invocation_inflight', 'Calls under way', ({ members }) =>
    members.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
  const sum = (fn: ActiveFunction, pick: (usage: Usage) => number | undefined): number =>
    fn.members.reduce((total, { id }) => total + (pick(usages.get(id) ?? { instance: id }) ?? 0), 0);
  const labels = (fn: ActiveFunction) => ({ function_name: fullName(fn), namespace: fn.namespace });
  yield family(
    'pod_cpu_usage_seconds_total',
    'counter',
    'Processor time used by the instances of a function',
    functions,
    // That of instances that ended stays in the sum: a counter never falls.
    (fn) => [labels(fn), (fn.counts.endedCpuMs + sum(fn, ({ cpuMs }) => cpuMs)) / 1000],
  );
  yield family(
    'pod_memory_working_set_bytes',
    'gauge',
    'Memory of the instances of a function',
    functions,
    (fn) => [labels(fn), sum(fn, ({ memoryBytes }) => memoryBytes)],
  );
  yield gauge(
    'wherry_function_memory_limit_bytes',
    'Memory that an instance may have',
    ({ fleet }) => fleet.policy.memoryBytes,
  );
  yield family(
    'wherry_function_exits_total',
    'counter',
    'Instances that ended: stopped by us, or by themselves',
    functions.flatMap((fn) =>
      [...fn.counts.exits].map(([kind, count]) => ({ labels: { function_name: fullName(fn), kind }, count })),
    ),
    ({ labels, count }) => [labels, count],
  );
  yield* byInstance(functions, usages);
}

function* byInstance(functions: readonly ActiveFunction[], usages: Round['usages']): Iterable<MetricFamily> {
  const running = functions.flatMap((fn) =>
    fn.members.flatMap(({ id }) => {
      const usage = usages.get(id);
      return usage === undefined ? [] : { labels: { function_name: fullName(fn), instance: id }, usage };
    }),
  );
  const told = (pick: (usage: Usage) => number | undefined) =>
    running.flatMap(({ labels, usage }) => {
      const value = pick(usage);
      return value === undefined ? [] : [[labels, value] as const];
    });
  const as = <T>(one: T): T => one;
  yield family(
    'wherry_instance_cpu_seconds_total',
    'counter',
    'Processor time used by an instance',
    told(({ cpuMs }) => (cpuMs === undefined ? undefined : cpuMs / 1000)),
    as,
  );
  yield family(
    'wherry_instance_memory_bytes',
    'gauge',
    'Memory of an instance',
    told(({ memoryBytes }) => memoryBytes),
    as,
  );
  yield family(
    'wherry_instance_processes',
    'gauge',
    'Processes of an instance',
    told(({ processes }) => processes),
    as,
  );
}
