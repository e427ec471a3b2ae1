// Long because: the clients, the kills and the three ledgers that are compared belong together.
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { Gateway } from '../../e2e/gateway.ts';
import { percentile } from '../../bench/kit/statistics.ts';
import { freePort } from '@wherry/testkit/free-port';
import { Collector } from '../kit/collector.ts';
import { openLoop } from '../kit/open-loop.ts';
import { othersUseIt } from '../kit/quiet-machine.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

/** Calls a second that clients put in, whether the gateway lives or not. */
const rate = 200;
/** A kill comes at most so long after the gateway is ready. */
const longestLifeMs = 300;
/** From the start of the process; only where enough were measured. */
const readyWithinMs = 1_000;
const measured = 100;
const hasty = join(import.meta.dirname, '../kit/hasty-queue.fixtures.ts');

export const kills: Scenario = {
  id: 'D-01',
  promise:
    'kill -9 of the gateway loses no call that was accepted: each is made at least once, or is a dead letter',
  unit: 'kills',
  full: 1_000,
  short: 8,
  lacking: () => (process.platform === 'linux' ? undefined : 'needs Linux'),
  // Two at a time, since most of a cycle is waiting for a process.
  async prove(soak) {
    const first = Math.ceil(soak.size / 2);
    const parts = await Promise.all([
      killAgainAndAgain(soak, first, 'a', {}),
      killAgainAndAgain(soak, soak.size - first, 'b', {}),
    ]);
    return told(parts);
  },
  controls: [
    {
      without: 'the disk before the 202 (a queue that answers first and writes later)',
      size: 6,
      prove: async (soak) =>
        told([await killAgainAndAgain(soak, soak.size, 'c', { NODE_OPTIONS: `--import ${hasty}` })]),
    },
  ],
};

interface Tale {
  readonly accepted: number;
  readonly dead: number;
  readonly repeated: number;
  readonly kills: number;
  readonly readyMs: readonly number[];
}

function told(tales: readonly Tale[]): string {
  const sum = (of: (tale: Tale) => number) => tales.reduce((total, tale) => total + of(tale), 0);
  const ready = tales.flatMap(({ readyMs }) => readyMs);
  const [p50, p99] = [0.5, 0.99].map((share) => Math.round(percentile(ready, share))) as [number, number];
  const line =
    `${sum(({ accepted }) => accepted)} accepted over ${sum((tale) => tale.kills)} kills, 0 lost, ` +
    `${sum(({ dead }) => dead)} dead letters, ${sum(({ repeated }) => repeated)} made more than once; ready after ${p50} ms, p99 ${p99} ms`;
  if (ready.length < measured) return line;
  const noise = othersUseIt();
  promise(noise !== undefined || p99 <= readyWithinMs, line);
  return noise === undefined ? line : `${line} (${noise})`;
}

async function killAgainAndAgain(
  soak: Soak,
  count: number,
  prefix: string,
  env: Readonly<Record<string, string>>,
): Promise<Tale> {
  const collector = new Collector();
  await collector.open();
  soak.after(() => collector.close());
  const home = soak.folder();
  const args = ['--port', String(await freePort())];
  const readyMs: number[] = [];
  const start = async () => {
    const startedAt = performance.now();
    const gateway = await Gateway.start(soak, { home, args, env });
    readyMs.push(performance.now() - startedAt);
    return gateway;
  };
  let gateway = await start();
  await gateway.deploy(
    collector.reporter('report', {
      'com.openfaas.retry.min_wait': '20ms',
      'com.openfaas.retry.max_wait': '200ms',
    }),
  );
  const urls = [`${gateway.url}/async-function/report`];
  const load = await openLoop(soak, {
    urls,
    rate,
    prefix: `${prefix}-`,
    statuses: [202],
    echoes: false,
    keepIds: true,
    timeoutMs: 5_000,
  });
  for (let n = 1; n <= count; n += 1) {
    await later(soak.random() * longestLifeMs);
    // Now and then in good order, which must not lose anything either.
    await gateway.stop(n % 7 === 0 ? 'SIGTERM' : 'SIGKILL');
    gateway = await start();
    if (n % 50 === 0) soak.say(`${prefix}: ${n} kills, ${collector.total} calls made`);
  }
  const { accepted } = await load.stop();
  promise(accepted.length > 0, 'no call was accepted');
  await drained(gateway);
  let dead = 0;
  let repeated = 0;
  const lost: string[] = [];
  for (const one of accepted) {
    const [said = '', id = ''] = one.split(' ');
    const effects = collector.effects.get(said) ?? 0;
    if (effects > 1) repeated += 1;
    if (effects > 0) continue;
    if ((await stateOf(gateway, id)) === 'dead') dead += 1;
    else lost.push(one);
  }
  promise(
    lost.length === 0,
    () =>
      `${lost.length} of ${accepted.length} accepted calls were lost in ${count} kills: ${lost.slice(0, 5).join(', ')}`,
  );
  const foreign = [...collector.effects.keys()].filter((said) => !said.startsWith(`${prefix}-`));
  promise(foreign.length === 0, () => `calls were made that nobody asked for: ${foreign.slice(0, 5).join()}`);
  await gateway.stop();
  return { accepted: accepted.length, dead, repeated, kills: count, readyMs };
}

interface Lane {
  readonly waiting: number;
  readonly running: number;
}

/** Resolves when nothing waits or runs any more. */
async function drained(gateway: Gateway): Promise<void> {
  for (;;) {
    const response = await gateway.system('GET', '/system/queue');
    const lanes = (await response.json()) as readonly Lane[];
    if (lanes.every(({ waiting, running }) => waiting === 0 && running === 0)) return;
    await later(50);
  }
}

async function stateOf(gateway: Gateway, id: string): Promise<string | undefined> {
  const response = await gateway.system('GET', `/system/calls/${id}`);
  if (!response.ok) return undefined;
  return ((await response.json()) as { call?: { state: string } }).call?.state;
}
