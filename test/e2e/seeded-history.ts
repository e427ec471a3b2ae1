// Hours of believable numbers in a data folder, written before a gateway opens it, for tests that look at charts.
import type { MetricSample } from '@wherry/core/metric';
import { openStore } from '@wherry/storage/sqlite/open-store';

const roundMs = 10_000;
const bounds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

/** Fills the time from `hours` ago until now, but for ten minutes in the middle, in which nothing was measured. */
export async function seedHistory(home: string, target: string, hours: number): Promise<void> {
  const store = await openStore({ home, now: Date.now });
  const rounds = Math.floor((hours * 3_600_000) / roundMs);
  const end = Date.now();
  const counts = new Map<string, number>();
  const grow = (name: string, by: number): number => {
    const next = (counts.get(name) ?? 0) + by;
    counts.set(name, next);
    return next;
  };
  for (let round = 0; round < rounds; round++) {
    const wave = 1 + Math.sin(round / 90);
    const busy = Math.round(20 + 18 * wave + (round % 7));
    const failing = round % 400 > 360 ? Math.round(busy / 6) : 0;
    for (const bound of [...bounds, Infinity])
      grow(`le ${bound}`, Math.round(busy * fasterThan(bound, wave)));
    const gap = round > rounds / 2 && round < rounds / 2 + 60;
    const calls = {
      200: grow('200', busy - failing),
      404: grow('404', round % 11 === 0 ? 3 : 0),
      500: grow('500', failing),
    };
    const cold = grow('cold', round % 180 === 0 ? 2 : 0);
    const cpu = [grow('cpu a', 1.5 + wave), grow('cpu b', 1 + wave / 2)];
    if (!gap)
      await store.metrics.append(
        end - (rounds - round) * roundMs,
        samples({ target, calls, cold, cpu, wave, counts }),
      );
  }
  await store.close();
}

const fasterThan = (bound: number, wave: number): number =>
  bound === Infinity ? 1 : 1 - Math.exp(-bound / (0.03 + 0.05 * wave));

function samples({
  target,
  calls,
  cold,
  cpu,
  wave,
  counts,
}: {
  target: string;
  calls: Readonly<Record<string, number>>;
  cold: number;
  cpu: readonly number[];
  wave: number;
  counts: ReadonlyMap<string, number>;
}): MetricSample[] {
  const of = { function_name: target };
  const gauge = (name: string, value: number, labels: Record<string, string> = of): MetricSample => ({
    name,
    labels,
    kind: 'gauge',
    value,
  });
  const counter = (name: string, value: number, labels: Record<string, string> = of): MetricSample => ({
    name,
    labels,
    kind: 'counter',
    value,
  });
  const running = wave > 1 ? 2 : 1;
  const upTo = (bound?: number): number => counts.get(`le ${bound}`) ?? 0;
  return [
    ...Object.entries(calls).map(([code, value]) =>
      counter('gateway_function_invocation_total', value, { ...of, code }),
    ),
    ...[...bounds, Infinity].map((bound, i) =>
      counter('wherry_function_seconds_bucket', upTo(bound) - upTo(bounds[i - 1]), {
        ...of,
        le: bound === Infinity ? '+Inf' : String(bound),
      }),
    ),
    counter('wherry_function_cold_total', cold),
    gauge('gateway_function_invocation_inflight', Math.round(3 * wave)),
    gauge('gateway_service_count', running),
    gauge('gateway_service_ready_count', running),
    counter(
      'pod_cpu_usage_seconds_total',
      cpu.reduce((a, b) => a + b, 0),
      { ...of, namespace: 'openfaas-fn' },
    ),
    gauge('pod_memory_working_set_bytes', (70 + 25 * wave) * 2 ** 20 * running, {
      ...of,
      namespace: 'openfaas-fn',
    }),
    ...cpu.map((value, i) =>
      counter('wherry_instance_cpu_seconds_total', value, { ...of, instance: `shop-${i}` }),
    ),
    ...cpu.map((_, i) =>
      gauge('wherry_instance_memory_bytes', (70 + 25 * wave + 8 * i) * 2 ** 20, {
        ...of,
        instance: `shop-${i}`,
      }),
    ),
    ...cpu.map((_, i) => gauge('wherry_instance_processes', 3 + i, { ...of, instance: `shop-${i}` })),
  ];
}
