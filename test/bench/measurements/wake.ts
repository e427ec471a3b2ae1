// How long the first call waits when a function sleeps: from the pool, and with nothing started ahead of time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Bench } from '../kit/bench.ts';
import { Caller } from '../kit/caller.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { cleanOf, median, percentile, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, milliseconds, table, times } from '../kit/table.ts';
import { nodeFunction, pythonFunction } from '../stacks/functions.ts';
import { Wherry } from '../stacks/wherry.ts';

/** Milliseconds of one wake and of the call right after it. */
interface Woken {
  readonly cold: number;
  readonly warm: number;
  readonly origin: string;
}

const spawning = 'spawning `node -e 0`';

export async function wake(bench: Bench): Promise<Section> {
  const pooled = await prepared(bench, []);
  const bare = await prepared(bench, ['--pool', 'off']);
  const caller = new Caller();
  bench.scope.after(() => caller.close());
  // More than a hundred from the pool over seven rounds; what starts from nothing varies less and takes longer.
  const [many, few] = bench.quick ? [10, 4] : [Math.ceil(105 / bench.rounds), 6];
  const job = (wherry: Wherry, name: string, from: string, times: number): Job<Woken[]> => ({
    key: `${name === 'bench-node' ? 'Node' : 'Python'}, ${from}`,
    run: () => repeat(times, () => wakeOnce(wherry, name, caller)),
  });
  const groups: Job<Woken[]>[][] = [
    [job(pooled, 'bench-node', 'from the pool', many), job(pooled, 'bench-python', 'from the pool', many)],
    [
      job(bare, 'bench-node', 'from nothing', few),
      { key: spawning, run: () => repeat(few, spawnOnce) },
      job(bare, 'bench-python', 'from nothing', few),
    ],
  ];
  const found = await takeTurns(groups, bench.conduct((many * 2 + few * 3) * 0.07));
  return report(found);
}

async function prepared(bench: Bench, args: readonly string[]): Promise<Wherry> {
  const wherry = await Wherry.start(bench, { args });
  for (const one of [nodeFunction(), pythonFunction()]) await wherry.gateway.deploy(one);
  return wherry;
}

async function wakeOnce(wherry: Wherry, name: string, caller: Caller): Promise<Woken> {
  await wherry.scale(name, 0);
  await wherry.quiet();
  // Opens the connection and warms the machine up a little, as any traffic does; it costs no function anything.
  await caller.get(`${wherry.gateway.url}/healthz`);
  const cold = await caller.get(wherry.functionUrl(name));
  const warm = await caller.get(wherry.functionUrl(name));
  const origin = (await wherry.instances(name))[0]?.origin ?? 'nowhere';
  return { cold, warm, origin };
}

async function spawnOnce(): Promise<Woken> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return { cold: performance.now() - startedAt, warm: Number.NaN, origin: 'scratch' };
}

async function repeat<T>(count: number, once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < count; turn++) results.push(await once());
  return results;
}

function report(found: ReadonlyMap<string, readonly Observed<Woken[]>[]>): Section {
  const woken = (key: string): { all: Woken[]; clean: boolean } => {
    const { kept, clean } = cleanOf(found.get(key) ?? []);
    return { all: kept.flatMap(({ result }) => result), clean };
  };
  const medians = (key: string) =>
    (found.get(key) ?? []).map(({ result, foreign }) => ({
      value: median(result.map(({ cold }) => cold)),
      foreign,
    }));
  const rows = [...found.keys()].map((key) => {
    const { all, clean } = woken(key);
    const cold = all.map((one) => one.cold);
    const strays = all.filter(({ origin }) => key.endsWith('pool') && origin !== 'pool').length;
    const mark = clean ? '' : disturbed;
    return [
      key,
      String(all.length) + (strays === 0 ? '' : ` (${strays} not from it)`),
      ...[0.5, 0.95, 0.99].map((share) => figure(percentile(cold, share)) + mark),
      key === spawning ? '–' : figure(median(all.map((one) => one.warm))) + mark,
    ];
  });
  const pool = (key: string): number => median(woken(key).all.map(({ cold }) => cold));
  const overSpawn = settleRatio(medians('Node, from nothing'), medians(spawning));
  return {
    title: 'Wake',
    goals: [
      atMost('Node, from the pool, median', pool('Node, from the pool'), 5, milliseconds),
      atMost('Python, from the pool, median', pool('Python, from the pool'), 5, milliseconds),
      atMost(`Node, from nothing, against ${spawning}`, overSpawn.value, 1.6, times),
    ],
    blocks: [
      'Milliseconds from a call to a sleeping function to its whole answer, over a connection that is open already; ' +
        'before each, the function was put to sleep and the gateway had come to rest. "Warm" is the call right after.',
      table(['', 'wakes', 'p50', 'p95', 'p99', 'warm p50'], rows),
      `${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}
