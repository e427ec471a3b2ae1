// Calls a second, and what ten thousand of them cost, side by side with a bare server and with others.
import type { Bench } from '../kit/bench.ts';
import { type LoadGenerator, loadGenerator } from '../kit/load.ts';
import { type Job, takeTurns } from '../kit/rounds.ts';
import type { Section } from '../kit/section.ts';
import { nodeFunction, pythonFunction } from '../stacks/functions.ts';
import { peers } from '../stacks/peers.ts';
import { rawNode } from '../stacks/raw-node.ts';
import type { Stack } from '../stacks/stack.ts';
import { Wherry } from '../stacks/wherry.ts';
import { workerd } from '../stacks/workerd.ts';
import { type Answered, type Cell, keyOf } from './calls-cell.ts';
import { callsReport } from './calls-report.ts';

const sizes = [
  ['hello', 0],
  ['1 KiB echo', 1024],
  ['100 KiB echo', 102_400],
  ['1 MiB echo', 1_048_576],
] as const;

/** Eight connections stand in for comparison with what was measured elsewhere. */
function cells(quick: boolean): Cell[] {
  return sizes.flatMap(([name, bytes]) => {
    const usual = quick && bytes > 0 ? [16] : [1, 16, 64];
    const connections = bytes === 1_048_576 ? [...new Set([...usual, 8])].sort((a, b) => a - b) : usual;
    return connections.map((many) => ({ name: `${name}, ${many} at once`, bytes, connections: many }));
  });
}

export async function calls(bench: Bench): Promise<Section> {
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const { wherry, stacks, missing } = await start(bench);
  const chosen = cells(bench.quick);
  const seconds = bench.quick ? 1 : 2;
  const warmUp = bench.quick ? 0 : 1;
  bench.say('warming up');
  for (const { url } of stacks)
    for (const bytes of [0, 1024, 1_048_576]) await load.run({ url, bytes, connections: 16, seconds: 1 });
  const jobs = chosen.map((cell) =>
    stacks.map(
      (stack): Job<Answered> => ({
        key: keyOf(stack.name, cell),
        run: () => measure(load, stack, cell, seconds, warmUp),
      }),
    ),
  );
  const answers = await takeTurns(jobs, bench.conduct(seconds + warmUp + 0.1));
  const broken = [...(await wherry.broken('bench-node')), ...(await wherry.broken('bench-python'))];
  return callsReport(
    chosen,
    stacks.map(({ name }) => name),
    answers,
    [
      ...missing.map((reason) => `Not shown: ${reason}.`),
      ...broken.map((reason) => `**An instance ended under load**, ${reason}`),
    ],
  );
}

async function start(bench: Bench): Promise<{ wherry: Wherry; stacks: Stack[]; missing: string[] }> {
  const wherry = await Wherry.start(bench);
  await wherry.gateway.deploy(nodeFunction());
  await wherry.gateway.deploy(pythonFunction());
  const { cpu } = wherry;
  const other = await workerd(bench);
  const stacks = [
    await rawNode(bench),
    { name: 'Wherry, Node', url: wherry.functionUrl('bench-node'), cpu },
    { name: 'Wherry, Python', url: wherry.functionUrl('bench-python'), cpu },
    ...(typeof other === 'string' ? [] : [other]),
    ...peers(process.env),
  ];
  for (const stack of stacks) await prove(stack);
  return { wherry, stacks, missing: typeof other === 'string' ? [other] : [] };
}

/** A stack that answers something else would be measured at something else. */
async function prove({ name, url }: Stack): Promise<void> {
  const hello = await (await fetch(url)).text();
  const echo = await (await fetch(url, { method: 'POST', body: Buffer.from('ahoy') })).text();
  if (hello.trim() !== 'hello' || echo !== 'ahoy')
    throw new Error(
      `${name} at ${url} should say hello to a GET and echo a POST; it said ${hello} and ${echo}`,
    );
}

async function measure(
  load: LoadGenerator,
  { url, cpu }: Stack,
  { bytes, connections }: Cell,
  seconds: number,
  warmUp: number,
): Promise<Answered> {
  if (warmUp > 0) await load.run({ url, bytes, connections, seconds: warmUp });
  const before = cpu?.seconds() ?? 0;
  const result = await load.run({ url, bytes, connections, seconds });
  const used = cpu === undefined ? undefined : cpu.seconds() - before;
  return { ...result, cpuPer10k: used === undefined ? undefined : (used / result.calls) * 10_000 };
}
