import type { MetricSample } from '@wherry/core/metric';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import { callMetrics, versionMetrics } from '@wherry/engine/metrics/call-metrics';
import { instanceMetrics } from '@wherry/engine/metrics/instance-metrics';
import { Measuring } from '@wherry/engine/metrics/measuring';
import { queueMetrics } from '@wherry/engine/metrics/queue-metrics';
import type { Store } from '@wherry/storage/sqlite/open-store';
import { seeded } from '@wherry/testkit/seeded';
import { shop, shortLived } from './shop.ts';
import { SimulatedFunction, type Traces } from './simulated-function.ts';
import { day, hour, minute, type Month } from './weather.ts';

const namespace = 'openfaas-fn';
/** How far rounds are apart, by how long ago they are: about as finely as history is kept, for all of it would take minutes. */
function stepAt(ago: number): number {
  if (ago > 2 * day) return 2 * minute;
  return ago > 3 * hour ? minute : 10_000;
}
const roundsAtOnce = 60;

/** Lets a month pass, and writes down what a gateway would have. `told`: how much of it is over, from 0 to 1. */
export async function livePast(
  store: Store,
  month: Month,
  seed: number,
  told: (share: number) => void,
): Promise<number> {
  const random = seeded(seed);
  const functions = [...shop, shortLived].map((of) => new SimulatedFunction(of, month, random));
  const measuring = measuringOf(functions, () => at);
  let at = month.from;
  let calls = 0;
  for (let batch = 0; at < month.to; batch += 1) {
    const traces: Traces = { calls: [], lines: [], exits: [], scalings: [] };
    const numbers: Promise<number>[] = [];
    for (let round = 0; round < roundsAtOnce && at < month.to; round += 1) {
      const next = at + stepAt(month.to - at);
      for (const one of functions) one.pass(at, next, traces);
      at = next;
      numbers.push(store.metrics.append(at, await samplesOf(measuring)));
    }
    await keep(store, traces);
    await Promise.all(numbers);
    calls += traces.calls.length;
    told((at - month.from) / (month.to - month.from));
    if (batch % 100 === 99) await store.metrics.prune(at, Infinity);
  }
  return calls;
}

async function keep(store: Store, { calls, lines, exits, scalings }: Traces): Promise<void> {
  calls.sort((a, b) => a.startedAt - b.startedAt);
  lines.sort((a, b) => a.at - b.at);
  await Promise.all([
    calls.length > 0 && store.records.append(calls),
    lines.length > 0 && store.logs.append(lines),
    exits.length > 0 && store.logs.ended(exits),
    scalings.length > 0 && store.scalings.append(scalings),
  ]);
}

async function samplesOf(measuring: Measuring): Promise<readonly MetricSample[]> {
  return (await measuring.familiesInUse()).flatMap(({ samples }) => samples);
}

/** The gateway's own metrics, over functions that only seem to be. */
function measuringOf(functions: readonly SimulatedFunction[], now: () => number): Measuring {
  const active = functions.map((one) => asActive(one));
  return new Measuring(
    {
      provider: { usage: () => Promise.resolve(functions.flatMap(({ usages }) => usages)) },
      functions: () => active,
      lanes: () => Promise.resolve([]),
      now,
    },
    [callMetrics, versionMetrics, instanceMetrics, queueMetrics({ counts: queueCounts })],
  );
}

const queueCounts = { submitted: 0, done: 0, dead: 0, retried: 0, cancelled: 0 };

/** As much of a function as metrics look at. */
function asActive(one: SimulatedFunction): ActiveFunction {
  const { name, least } = one.of;
  return {
    ...{ namespace, name, counts: one.counts },
    fleet: { policy: { min: least } },
    get replicas() {
      return one.instances.length;
    },
    get availableReplicas() {
      return one.instances.length;
    },
    get members() {
      return one.instances.map(({ id }, index) => ({ id, inFlight: index === 0 ? one.inFlight : 0 }));
    },
    get fleets() {
      return [...one.versions].map(([version, counts]) => ({ key: { namespace, name, version }, counts }));
    },
  } as unknown as ActiveFunction;
}

/** The last days, thirty of them where nothing is said. */
export const monthUntil = (to: number, days = 30): Month => ({ from: to - days * day, to });
