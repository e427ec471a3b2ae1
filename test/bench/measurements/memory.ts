// What an instance and the gateway hold in memory when they have nothing to do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../kit/bench.ts';
import { loadGenerator } from '../kit/load.ts';
import { processesOfInstance, pssBytes, residentBytes, treeOf } from '../kit/process-tree.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { type Sample, settle } from '../kit/statistics.ts';
import { megabytes, shown, table } from '../kit/table.ts';
import { nodeFunction, pythonFunction } from '../stacks/functions.ts';
import { deployMany, nthName } from '../stacks/many-functions.ts';
import { Wherry } from '../stacks/wherry.ts';

/** Hosts tidy up when they have been idle for a while; a gateway is read a minute after its load. */
const pauseMs = 17_000;
const restSeconds = 60;
const callsBefore = 1000;

const MB = 1e6;
const keys = {
  node: 'Node, after 1,000 calls and a pause of 17 s, one of ten awake',
  nodeAlone: 'Node, after 1,000 calls and a pause of 17 s, the only one awake',
  python: 'Python, after 1,000 calls and a pause of 17 s',
  anotherNode: 'Node, one more of the same function',
  anotherPython: 'Python, one more of the same function',
};

export async function memory(bench: Bench): Promise<Section> {
  if (process.getuid?.() !== 0) throw new Error('the memory of fenced processes can be read by root only');
  const wherry = await Wherry.start(bench);
  for (const one of [nodeFunction(), pythonFunction()]) await wherry.gateway.deploy(one);
  await deployMany(wherry, others);
  for (let n = 0; n < others; n++) await wherry.scale(nthName(n), 0);
  const asleep = await processesAsleep(wherry);
  const job = (key: string, run: () => Promise<number>): Job<number> => ({ key, run });
  const jobs = [
    job(keys.node, () => amongOthers(wherry, () => oneAwake(wherry, 'bench-node'))),
    job(keys.nodeAlone, () => oneAwake(wherry, 'bench-node')),
    job(keys.anotherNode, () => oneMore(wherry, 'bench-node')),
    job(keys.python, () => oneAwake(wherry, 'bench-python')),
    job(keys.anotherPython, () => oneMore(wherry, 'bench-python')),
  ];
  const found = await takeTurns([jobs], bench.conduct(18.5));
  const gateway = await gatewayAfterLoad(bench);
  return report(found, asleep, gateway);
}

/** What is left of both functions when they sleep. */
async function processesAsleep(wherry: Wherry): Promise<number> {
  let left = 0;
  for (const name of ['bench-node', 'bench-python']) {
    const ids = (await wherry.instances(name)).map(({ id }) => id);
    if (ids.length === 0) throw new Error(`${name} should be awake after it was deployed`);
    await wherry.scale(name, 0);
    await wherry.quiet();
    left += ids.flatMap((id) => processesOfInstance(wherry.pid, id)).length;
  }
  return left;
}

async function oneAwake(wherry: Wherry, name: string): Promise<number> {
  await wherry.scale(name, 0);
  await wherry.scale(name, 1);
  await exercise(wherry, name);
  await sleep(pauseMs);
  return heldBy(wherry, name);
}

const others = 9;

/** Measures with other functions awake: what Node processes share is divided among all of them. */
async function amongOthers(wherry: Wherry, measure: () => Promise<number>): Promise<number> {
  const names = Array.from({ length: others }, (_, n) => nthName(n));
  for (const name of names) await wherry.scale(name, 1);
  try {
    return await measure();
  } finally {
    for (const name of names) await wherry.scale(name, 0);
  }
}

/** The growth of all instances of the function together: pages that the two share count once. */
async function oneMore(wherry: Wherry, name: string): Promise<number> {
  await wherry.scale(name, 1);
  await wherry.quiet();
  const before = await heldBy(wherry, name);
  await wherry.scale(name, 2);
  await exercise(wherry, name);
  await sleep(pauseMs);
  const after = await heldBy(wherry, name);
  await wherry.scale(name, 1);
  return after - before;
}

async function heldBy(wherry: Wherry, name: string): Promise<number> {
  const ids = (await wherry.instances(name)).map(({ id }) => id);
  const processes = ids.flatMap((id) => processesOfInstance(wherry.pid, id));
  if (processes.length < ids.length) throw new Error(`the processes of ${name} were not found`);
  return pssBytes(processes);
}

async function exercise(wherry: Wherry, name: string): Promise<void> {
  const url = wherry.functionUrl(name);
  let left = callsBefore;
  const calling = async (): Promise<void> => {
    while (left-- > 0) await (await fetch(url)).arrayBuffer();
  };
  await Promise.all(Array.from({ length: 8 }, calling));
}

interface GatewayMemory {
  readonly fresh: number;
  readonly loaded: number;
  readonly rested: number;
  readonly hosts: number;
}

/** A gateway of its own, so that it has seen nothing but this load. */
async function gatewayAfterLoad(bench: Bench): Promise<GatewayMemory> {
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const wherry = await Wherry.start(bench);
  for (const one of [nodeFunction(), pythonFunction()]) await wherry.gateway.deploy(one);
  await wherry.quiet();
  const fresh = residentBytes(wherry.pid);
  bench.say(`the gateway under load, then ${restSeconds} s of rest`);
  const seconds = bench.quick ? 2 : 5;
  for (const name of ['bench-node', 'bench-python']) {
    for (const [bytes, connections] of [
      [0, 64],
      [1024, 64],
      [102_400, 16],
      [1_048_576, 8],
    ] as const)
      await load.run({ url: wherry.functionUrl(name), bytes, connections, seconds });
  }
  const loaded = residentBytes(wherry.pid);
  await sleep(restSeconds * 1000);
  const hosts = treeOf(wherry.pid).filter(({ pid }) => pid !== wherry.pid);
  return { fresh, loaded, rested: residentBytes(wherry.pid), hosts: pssBytes(hosts) };
}

function report(
  found: ReadonlyMap<string, readonly Observed<number>[]>,
  asleep: number,
  gateway: GatewayMemory,
): Section {
  // Memory doesn't depend on who else uses the processors, so no round is left out.
  const samples = (key: string): Sample[] =>
    (found.get(key) ?? []).map(({ result }) => ({ value: result, foreign: 0 }));
  const value = (key: string): number => settle(samples(key)).value;
  return {
    title: 'Memory',
    goals: [
      atMost(`${keys.node}, PSS`, value(keys.node), 14 * MB, megabytes),
      atMost(`${keys.anotherPython}, PSS`, value(keys.anotherPython), 5 * MB, megabytes),
      atMost('Gateway a minute after load, resident', gateway.rested, 180 * MB, megabytes),
      atMost('Processes of two functions that sleep', asleep, 0, String),
    ],
    blocks: [
      'PSS of all processes of an instance, its fence included; what processes share is divided among them.',
      table(
        ['an instance', 'PSS', 'least', 'most'],
        Object.values(keys).map((key) => {
          const settled = settle(samples(key));
          return [key, shown(settled, megabytes), megabytes(settled.least), megabytes(settled.most)];
        }),
      ),
      table(
        ['the gateway', 'resident'],
        [
          ['started, two functions awake', megabytes(gateway.fresh)],
          ['right after load (hello, 1 KiB, 100 KiB, 1 MiB of both)', megabytes(gateway.loaded)],
          [`after ${restSeconds} s of rest`, megabytes(gateway.rested)],
          ['its hosts then (two functions, those that wait), PSS', megabytes(gateway.hosts)],
        ],
      ),
    ],
  };
}
