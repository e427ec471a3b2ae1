// The gateway under measurement, as a user starts it: every default on, records and logs and metrics included.
import { setTimeout as sleep } from 'node:timers/promises';
import { Gateway, type Options } from '../../e2e/gateway.ts';
import type { Bench } from '../kit/bench.ts';
import type { CpuGroup } from '../kit/cpu-meter.ts';

interface State {
  readonly instances: readonly { readonly id: string; readonly origin: 'pool' | 'scratch' }[];
  readonly exits: readonly { readonly kind: string; readonly reason: string }[];
}

let started = 0;

export class Wherry {
  readonly gateway: Gateway;
  readonly cpu: CpuGroup;

  private constructor(gateway: Gateway, cpu: CpuGroup) {
    this.gateway = gateway;
    this.cpu = cpu;
  }

  static async start({ meter, scope, notes }: Bench, options: Options = {}): Promise<Wherry> {
    started += 1;
    const cpu = meter.group(`wherry-${started}`);
    // The harness spawns before it first waits, so the gateway is born in the group.
    // It ends with this process even if that is killed outright.
    const env = { WHERRY_LAUNCHER_PID: String(process.pid), ...options.env };
    const gateway = await cpu.inside(() => Gateway.start(scope, { ...options, env }));
    cpu.adopt(gateway.process.pid as number);
    const isolation = /^ +isolation +(\w+)/m.exec(gateway.output)?.[1];
    const note = `isolation ${isolation}`;
    // Where lines are for programs it says so nowhere.
    if (isolation !== undefined && !notes.includes(note)) notes.push(note);
    return new Wherry(gateway, cpu);
  }

  get pid(): number {
    return this.gateway.process.pid as number;
  }

  functionUrl(name: string): string {
    return `${this.gateway.url}/function/${name}`;
  }

  async scale(name: string, replicas: number): Promise<void> {
    const response = await this.gateway.system('POST', `/system/scale-function/${name}`, {
      serviceName: name,
      replicas,
    });
    if (!response.ok) throw new Error(`scaling ${name}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    await this.until(name, (instances) => instances.length === replicas);
  }

  /** The ids of a function's instances, and where they came from. */
  async instances(name: string): Promise<State['instances']> {
    return (await this.#state(name)).instances;
  }

  /** Instances that ended without being told to, each with its reason: under load that is a fault. */
  async broken(name: string): Promise<readonly string[]> {
    const { exits } = await this.#state(name);
    return exits.filter(({ kind }) => kind !== 'stopped').map(({ reason }) => `${name}: ${reason}`);
  }

  async #state(name: string): Promise<State> {
    const response = await this.gateway.system('GET', `/system/function/${name}/state`);
    if (!response.ok) throw new Error(`the state of ${name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as State;
  }

  async until(
    name: string,
    wanted: (instances: readonly { id: string }[]) => boolean,
    limitMs = 20_000,
  ): Promise<void> {
    const giveUpAt = performance.now() + limitMs;
    while (!wanted(await this.instances(name))) {
      if (performance.now() > giveUpAt) throw new Error(`${name} has other instances than wanted`);
      await sleep(5);
    }
  }

  /** Until neither the gateway nor anything it started has work, such as filling the pool up again. */
  async quiet(limitMs = 20_000): Promise<void> {
    const giveUpAt = performance.now() + limitMs;
    for (let calm = 0; calm < calmTurns; ) {
      const before = this.cpu.seconds();
      await sleep(calmMs);
      calm = this.cpu.seconds() - before < calmShare * (calmMs / 1000) ? calm + 1 : 0;
      if (performance.now() > giveUpAt) throw new Error('the gateway does not come to rest');
    }
  }
}

/** A refill waits 30 ms before it starts, so calm for so long means that none is coming. */
const calmMs = 40;
const calmTurns = 3;
const calmShare = 0.1;
