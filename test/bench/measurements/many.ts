// Whether a thousand functions make the gateway slower or larger than ten.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshHome } from '../../e2e/gateway.ts';
import type { Bench } from '../kit/bench.ts';
import { Caller } from '../kit/caller.ts';
import { type LoadGenerator, loadGenerator } from '../kit/load.ts';
import { residentBytes } from '../kit/process-tree.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { percentile, type Sample, settle, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, megabytes, shown, table, times } from '../kit/table.ts';
import { deployMany, nthName } from '../stacks/many-functions.ts';
import { Wherry } from '../stacks/wherry.ts';

/** A gateway gives memory back when it has rested for half of this. */
const restSeconds = 60;

interface Measured {
  readonly rate: number;
  readonly cpuPer10k: number;
  readonly wakeP50: number;
  readonly wakeP95: number;
}

interface Side {
  readonly count: number;
  readonly wherry: Wherry;
  readonly deploySeconds: number;
  readonly idleBytes: number;
  readonly home: string;
}

/** The gateway with a thousand functions, started once more. */
interface Again {
  readonly readyMs: number;
  readonly idleBytes: number;
}

const measures = [
  ['hello, calls/s', (one: Measured) => one.rate],
  ['hello, CPU-s per 10,000', (one: Measured) => one.cpuPer10k],
  ['wake, p50 ms', (one: Measured) => one.wakeP50],
  ['wake, p95 ms', (one: Measured) => one.wakeP95],
] as const;

export async function many(bench: Bench): Promise<Section> {
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const few = await prepared(bench, 10);
  const lots = await prepared(bench, 1000);
  const caller = new Caller();
  bench.scope.after(() => caller.close());
  const wakes = bench.quick ? 8 : 20;
  const jobs = [few, lots].map(
    (side): Job<Measured> => ({ key: String(side.count), run: () => measure(side, load, caller, wakes) }),
  );
  const found = await takeTurns([jobs], bench.conduct(3.2 + wakes * 0.3));
  return report([few, lots], found, await startAgain(bench, lots));
}

const flags = ['--functions-idle', '1s', '--memory-budget', '4Gi'];

async function prepared(bench: Bench, count: number): Promise<Side> {
  // They fall asleep at once: a thousand instances would not fit, and the proof of each is all that is wanted. The budget leaves
  // room for those that are still ending.
  const home = freshHome();
  bench.scope.after(() => rmSync(home, { recursive: true, force: true }));
  const wherry = await Wherry.start(bench, { home, args: flags });
  bench.say(`deploying ${count} functions${count > 100 ? ', about 1 min' : ''}`);
  const deploySeconds = await deployMany(wherry, count);
  bench.say(`${count} functions deployed in ${deploySeconds.toFixed(1)} s`);
  await allAsleep(wherry);
  return { count, wherry, deploySeconds, idleBytes: await atRest(bench, wherry), home };
}

async function startAgain(bench: Bench, { wherry, home }: Side): Promise<Again> {
  await wherry.gateway.stop();
  const startedAt = performance.now();
  const again = await Wherry.start(bench, { home, args: flags });
  const readyMs = performance.now() - startedAt;
  return { readyMs, idleBytes: await atRest(bench, again) };
}

async function atRest(bench: Bench, wherry: Wherry): Promise<number> {
  bench.say(`${restSeconds} s of rest`);
  await sleep(restSeconds * 1000);
  return residentBytes(wherry.pid);
}

async function allAsleep({ gateway }: Wherry): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    const instances = (await (await gateway.system('GET', '/system/instances')).json()) as unknown[];
    if (instances.length === 0) return;
    await sleep(100);
  }
  throw new Error('functions that should sleep after a second are still awake after half a minute');
}

async function measure(
  { wherry, count }: Side,
  load: LoadGenerator,
  caller: Caller,
  wakes: number,
): Promise<Measured> {
  const name = nthName(count >> 1);
  const url = wherry.functionUrl(name);
  await load.run({ url, bytes: 0, connections: 16, seconds: 1 });
  const before = wherry.cpu.seconds();
  const { calls, seconds } = await load.run({ url, bytes: 0, connections: 16, seconds: 2 });
  const cpuPer10k = ((wherry.cpu.seconds() - before) / calls) * 10_000;
  const waits: number[] = [];
  for (let turn = 0; turn < wakes; turn++) {
    await wherry.scale(name, 0);
    await wherry.quiet();
    await caller.get(`${wherry.gateway.url}/healthz`);
    waits.push(await caller.get(url));
  }
  return {
    rate: calls / seconds,
    cpuPer10k,
    wakeP50: percentile(waits, 0.5),
    wakeP95: percentile(waits, 0.95),
  };
}

function report(
  [few, lots]: readonly [Side, Side],
  found: ReadonlyMap<string, readonly Observed<Measured>[]>,
  again: Again,
): Section {
  const samples = ({ count }: Side, pick: (one: Measured) => number): Sample[] =>
    (found.get(String(count)) ?? []).map(({ result, foreign }) => ({ value: pick(result), foreign }));
  const plain = (what: string, pick: (side: Side) => number, format: (value: number) => string): string[] => [
    what,
    format(pick(few)),
    format(pick(lots)),
    times(pick(lots) / pick(few)),
  ];
  return {
    title: 'Ten functions and a thousand',
    goals: [atMost('Gateway at rest with 1,000 functions, resident', lots.idleBytes, 120e6, megabytes)],
    blocks: [
      'Two gateways side by side, all functions of one package and asleep but the one that is called.',
      table(
        ['', '10', '1,000', 'ratio'],
        [
          ...measures.map(([what, pick]) => [
            what,
            shown(settle(samples(few, pick)), figure),
            shown(settle(samples(lots, pick)), figure),
            shown(settleRatio(samples(lots, pick), samples(few, pick)), times),
          ]),
          plain('gateway at rest, resident', ({ idleBytes }) => idleBytes, megabytes),
          ['… started again with them', '–', megabytes(again.idleBytes), '–'],
          ['ready again after, ms', '–', figure(again.readyMs), '–'],
          plain(
            'deploying one, each proved by a start, ms',
            (s) => (s.deploySeconds / s.count) * 1000,
            figure,
          ),
        ],
      ),
      `${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}
