// Long because: what a function does in a month, and everything that is written down of it, belong together.
import type { CallRecord } from '@wherry/core/call-record';
import type { DeploymentKey } from '@wherry/core/function';
import type { Exit, Usage } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type { ScalingKind, ScalingRecord } from '@wherry/core/scaling-record';
import { FunctionCounts } from '@wherry/engine/record/function-counts';
import { VersionCounts } from '@wherry/engine/record/version-counts';
import type { DemoFunction } from './shop.ts';
import {
  around,
  crashes,
  day,
  hour,
  incidentAt,
  minute,
  type Month,
  poisson,
  rateAt,
  versionAt,
} from './weather.ts';

const namespace = 'openfaas-fn';
const idleMs = 10 * minute;
const bootMs = 45;
/** What a function may have whose deployment says nothing. */
const limitBytes = 256 * 2 ** 20;

interface SimulatedInstance {
  readonly id: string;
  readonly startedAt: number;
  readonly deployment: DeploymentKey;
  lastCallAt: number;
  cpuMs: number;
  memoryBytes: number;
  peakBytes: number;
  lastWords: string[];
}

/** What a span of time leaves behind, each in the order of its time. */
export interface Traces {
  readonly calls: CallRecord[];
  readonly lines: LogLine[];
  readonly exits: Exit[];
  readonly scalings: ScalingRecord[];
}

/** A function as it might have been: its calls come by chance, its instances come and go with them, and all of it is counted. */
export class SimulatedFunction {
  readonly of: DemoFunction;
  readonly counts = new FunctionCounts(0);
  readonly versions = new Map<number, VersionCounts>();
  instances: SimulatedInstance[] = [];
  /** Calls under way when the span ended, for most of them are over within it. */
  inFlight = 0;
  #clockwork = Number.NaN;
  readonly #month: Month;
  readonly #random: () => number;

  constructor(of: DemoFunction, month: Month, random: () => number) {
    this.of = of;
    this.#month = month;
    this.#random = random;
  }

  get usages(): Usage[] {
    return this.instances.map(({ id, memoryBytes, cpuMs }) => ({
      ...{ instance: id, memoryBytes: Math.round(memoryBytes), cpuMs: Math.round(cpuMs) },
      processes: 1,
    }));
  }

  /** From `from` to `to`, which is soon after. */
  pass(from: number, to: number, traces: Traces): void {
    const version = versionAt(this.of, from, this.#month);
    if (version === undefined) {
      for (const one of this.instances) this.#end(one, from, 'stopped', 'stopped', traces);
      return;
    }
    const deployment = { namespace, name: this.of.name, version: version.number };
    this.#replaceOthers(deployment, from, traces);
    while (this.instances.length < this.of.least) this.#start(deployment, from, traces);
    this.#crash(deployment, from, to, traces);
    for (const at of this.#moments(from, to)) this.#call(deployment, at, version.slowness ?? 1, traces);
    this.#sleep(to, traces);
    this.inFlight = poisson((rateAt(this.of, to, this.#month) * this.of.medianMs) / hour, this.#random);
    for (const one of this.instances) {
      const resting = this.of.memoryMiB * 2 ** 20 * 0.55;
      one.memoryBytes += (resting - one.memoryBytes) * 0.2 + resting * 0.02 * (this.#random() - 0.5);
    }
  }

  /** When it is called: by the clock, or by chance. */
  #moments(from: number, to: number): number[] {
    const { everyMinutes, atHour } = this.of;
    const period = everyMinutes === undefined ? day : everyMinutes * minute;
    const phase = (atHour ?? 0) * hour;
    if (everyMinutes !== undefined || atHour !== undefined) {
      const slot = Math.floor((to - phase) / period) * period + phase;
      const isNew = slot >= from && slot < to && slot !== this.#clockwork;
      if (isNew) this.#clockwork = slot;
      return isNew ? [slot + 20 * this.#random()] : [];
    }
    const mean = (rateAt(this.of, from, this.#month) * (to - from)) / hour;
    const moments = Array.from(
      { length: poisson(mean, this.#random) },
      () => from + this.#random() * (to - from),
    );
    return moments.sort((a, b) => a - b);
  }

  #call(deployment: DeploymentKey, at: number, slowness: number, traces: Traces): void {
    const { of } = this;
    const trouble = incidentAt(of.name, at, this.#month);
    const failed = this.#random() < (trouble?.failing ?? of.failing);
    const runMs = of.medianMs * slowness * (trouble?.slowness ?? 1) * around(of.spread, this.#random);
    const cold = this.instances.length === 0;
    const instance = cold ? this.#start(deployment, at, traces, 'a call came') : this.#pick();
    const wakeMs = cold ? bootMs * around(0.3, this.#random) : 0;
    const waitMs = this.#random() < 0.02 ? 4 * around(0.8, this.#random) : 0;
    const status = failed ? of.failsWith : 200;
    const record: CallRecord = {
      id: idAt(at, this.#random),
      trigger: of.trigger,
      target: of.name,
      ...{ deployment, instance: instance.id, method: of.method, path: this.#one(of.paths) },
      ...{ startedAt: at, totalMs: waitMs + wakeMs + runMs + 0.3, waitMs, wakeMs, runMs, cold, status },
      ...{
        bytesIn: Math.round(300 * around(0.6, this.#random)),
        bytesOut: Math.round(900 * around(0.8, this.#random)),
      },
      ...(failed && status >= 500 ? ({ error: 'function_failed', fault: 'function' } as const) : {}),
    };
    traces.calls.push(record);
    this.counts.started += 1;
    this.counts.observe(status, record.totalMs / 1000, cold);
    this.counts.used(limitBytes, runMs, wakeMs);
    const counts = this.versions.get(deployment.version) ?? new VersionCounts();
    this.versions.set(deployment.version, counts);
    counts.observe(status, record.totalMs);
    instance.lastCallAt = at + runMs;
    instance.cpuMs += runMs * 0.22;
    instance.memoryBytes = Math.min(
      of.memoryMiB * 2 ** 20,
      instance.memoryBytes * (1 + 0.03 * this.#random()),
    );
    instance.peakBytes = Math.max(instance.peakBytes, instance.memoryBytes);
    if (failed) this.#say(instance, at + runMs, 'stderr', `ERROR ${this.#complaint(status)}`, traces);
    else if (this.#random() < 0.15)
      this.#say(instance, at + runMs, 'stdout', `INFO ${of.does} in ${Math.round(runMs)} ms`, traces);
  }

  #complaint(status: number): string {
    if (status === 502) return 'the payment provider did not answer: ECONNRESET pay.example.com:443';
    if (status === 503) return 'smtp.example.com: 451 try again later';
    if (status === 504) return 'rates.example.com: no answer within 2 s';
    if (status === 400) return 'event refused: its signature does not fit';
    return `unexpected end of input, order ${Math.floor(this.#random() * 90_000 + 10_000)}`;
  }

  #crash(deployment: DeploymentKey, from: number, to: number, traces: Traces): void {
    const since = this.#month.to - crashes.daysAgo * day;
    if (crashes.name !== this.of.name || to < since || from > since + crashes.minutes * minute) return;
    if (this.#random() > (to - from) / (crashes.everyMinutes * minute)) return;
    const instance = this.instances[0] ?? this.#start(deployment, from, traces, 'a call came');
    instance.peakBytes = limitBytes;
    this.#say(instance, from + 900, 'stdout', 'INFO decoding 12000 × 9000 pixels', traces);
    this.#end(instance, from + 2_400, 'out-of-memory', 'killed: it needed more than its 256 MiB', traces);
  }

  #replaceOthers(deployment: DeploymentKey, at: number, traces: Traces): void {
    for (const one of this.instances.filter((old) => old.deployment.version !== deployment.version)) {
      this.#start(deployment, at, traces);
      this.#end(one, at + 300, 'stopped', 'stopped', traces);
    }
  }

  #sleep(now: number, traces: Traces): void {
    for (const one of this.instances.filter(({ lastCallAt }) => now - lastCallAt > idleMs)) {
      if (this.instances.length <= this.of.least) return;
      const from = this.instances.length;
      this.#end(one, one.lastCallAt + idleMs, 'stopped', 'stopped', traces);
      this.#note('sleep', one.deployment, now, from, from - 1, 'no call for 10 minutes', traces);
    }
  }

  #start(deployment: DeploymentKey, at: number, traces: Traces, why?: string): SimulatedInstance {
    const id = Math.floor(this.#random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
    const memoryBytes = this.of.memoryMiB * 2 ** 20 * 0.5;
    const lastWords: string[] = [];
    const one = {
      id,
      startedAt: at,
      deployment,
      lastCallAt: at,
      cpuMs: 40,
      memoryBytes,
      peakBytes: memoryBytes,
      lastWords,
    };
    if (why !== undefined) this.#note('wake', deployment, at, 0, 1, why, traces);
    this.instances.push(one);
    this.#say(one, at, 'mark', `started from the pool, version ${deployment.version}`, traces);
    return one;
  }

  #end(one: SimulatedInstance, at: number, kind: Exit['kind'], reason: string, traces: Traces): void {
    this.instances = this.instances.filter((other) => other !== one);
    const { id: instance, deployment, lastWords } = one;
    const [cpuMs, peakMemoryBytes] = [Math.round(one.cpuMs), Math.round(one.peakBytes)];
    traces.exits.push({ instance, deployment, at, kind, reason, cpuMs, peakMemoryBytes, lastWords });
    this.counts.ended({ kind, cpuMs });
    this.#say(one, at, 'mark', reason, traces);
  }

  #say(one: SimulatedInstance, at: number, stream: LogLine['stream'], text: string, traces: Traces): void {
    traces.lines.push({ deployment: one.deployment, instance: one.id, at, stream, text });
    if (stream !== 'mark') one.lastWords = [...one.lastWords.slice(-9), text];
  }

  #note(
    kind: ScalingKind,
    deployment: DeploymentKey,
    at: number,
    from: number,
    wanted: number,
    reason: string,
    { scalings }: Traces,
  ): void {
    scalings.push({ deployment, at, kind, from, wanted, actual: wanted, reason });
  }

  #pick(): SimulatedInstance {
    return this.#one(this.instances);
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }
}

/** A UUID of version 7 of a moment. */
function idAt(at: number, random: () => number): string {
  const time = Math.floor(at).toString(16).padStart(12, '0');
  const digits = (count: number): string =>
    Math.floor(random() * 16 ** count)
      .toString(16)
      .padStart(count, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digits(3)}-a${digits(3)}-${digits(12)}`;
}
