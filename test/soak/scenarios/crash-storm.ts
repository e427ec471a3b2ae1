import { setTimeout as later } from 'node:timers/promises';
import type { QueuedCall, QueueLane } from '@wherry/wire/queued-calls';
import { Gateway } from '../../e2e/gateway.ts';
import { processesUnder } from '../../e2e/machine.ts';
import { Collector } from '../kit/collector.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const everyMs = 50;
const perSecond = 40;
/** The function rests between its crashes, and its calls with it: they are given so long to end. */
const patienceMs = 10 * 60_000;
const quickly = {
  'com.openfaas.retry.attempts': '100',
  'com.openfaas.retry.min_wait': '50ms',
  'com.openfaas.retry.max_wait': '500ms',
};

export const crashStorm: Scenario = {
  id: 'D-03',
  promise:
    'while every instance is killed again and again, each accepted call is made or is a dead letter, and none is made for nothing',
  unit: 'seconds',
  full: 120,
  short: 3,
  lacking: () => (process.platform === 'linux' ? undefined : 'needs Linux'),
  prove: (soak) => storm(soak, 'async-function'),
  controls: [
    {
      without: 'the queue (the same calls are made directly)',
      size: 3,
      prove: (soak) => storm(soak, 'function'),
    },
  ],
};

async function storm(soak: Soak, door: 'async-function' | 'function'): Promise<string> {
  const collector = new Collector();
  await collector.open();
  soak.after(() => collector.close());
  const gateway = await Gateway.start(soak);
  await gateway.deploy(collector.reporter('report', quickly, 20));
  const accepted: { readonly said: string; readonly id: string }[] = [];
  const asked: string[] = [];
  let kills = 0;
  const end = performance.now() + soak.size * 1_000;
  const calling = async (): Promise<void> => {
    for (let n = 0; performance.now() < end; n += 1) {
      const said = `s-${n}`;
      asked.push(said);
      const answer = await fetch(`${gateway.url}/${door}/report`, { method: 'POST', body: said });
      await answer.arrayBuffer();
      if (answer.ok) accepted.push({ said, id: answer.headers.get('x-call-id') ?? '' });
      await later(1_000 / perSecond);
    }
  };
  const killing = async (): Promise<void> => {
    for (; performance.now() < end; await later(everyMs))
      for (const { pid } of processesUnder(gateway.process.pid as number)) if (kill(pid)) kills += 1;
  };
  await Promise.all([calling(), killing()]);
  if (door === 'async-function') await ended(gateway);
  let dead = 0;
  const lost: string[] = [];
  for (const { said, id } of door === 'function' ? asked.map((text) => ({ said: text, id: '' })) : accepted) {
    if (collector.effects.has(said)) continue;
    if (id !== '' && (await stateOf(gateway, id)) === 'dead') dead += 1;
    else lost.push(said);
  }
  promise(
    lost.length === 0,
    () => `${lost.length} calls were lost in ${kills} kills: ${lost.slice(0, 5).join()}`,
  );
  const doubled = collector.total - collector.effects.size;
  return `${accepted.length} accepted over ${kills} kills, 0 lost, ${dead} dead letters, ${doubled} made more than once`;
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    // It went with one that was killed before it.
    return false;
  }
}

async function ended(gateway: Gateway): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const lanes = (await (await gateway.system('GET', '/system/queue')).json()) as readonly QueueLane[];
    if (lanes.every(({ waiting, running }) => waiting === 0 && running === 0)) return;
    promise(
      performance.now() < until,
      () => `not over after ${patienceMs / 1000} s: ${JSON.stringify(lanes)}`,
    );
    await later(100);
  }
}

async function stateOf(gateway: Gateway, id: string): Promise<QueuedCall['state'] | undefined> {
  const response = await gateway.system('GET', `/system/calls/${id}`);
  return ((await response.json()) as { call?: QueuedCall }).call?.state;
}
