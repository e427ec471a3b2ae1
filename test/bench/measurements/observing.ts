// What it costs to see everything: the same calls with nothing kept of them, as the gateway starts, and with more switched on.
import { join } from 'node:path';
import type { Function as Deployable, Options } from '../../e2e/gateway.ts';
import type { Bench } from '../kit/bench.ts';
import { type LoadGenerator, loadGenerator } from '../kit/load.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { type Sample, settle, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, shown, table, times } from '../kit/table.ts';
import { traceSink } from '../stacks/trace-sink.ts';
import { Wherry } from '../stacks/wherry.ts';

const source = (line: string): string =>
  `module.exports = async (event, context) => { ${line}return context.status(200).succeed('hello'); };\n`;

/** What is called: a function that says nothing, and one that writes a line for each call. */
const functions: readonly Deployable[] = [
  { name: 'quiet', files: { 'handler.js': source('') } },
  {
    name: 'talks',
    files: {
      'handler.js': source("console.log('a line of about sixty characters, as services write one');"),
    },
  },
];

interface Setup extends Options {
  readonly name: string;
  readonly capture?: 'all';
}

const nothing = 'nothing kept';
const usual = 'as it starts';

function setups(sink: string): readonly Setup[] {
  const unobserved = join(import.meta.dirname, '../stacks/unobserved.mjs');
  const stdout = ['--logs-format', 'json', '--logs-stdout', 'all', '--access-log', 'stdout'];
  return [
    { name: nothing, env: { NODE_OPTIONS: `--import=${unobserved}` } },
    { name: usual },
    { name: 'one call in ten traced', args: ['--traces-endpoint', sink, '--traces-ratio', '0.1'] },
    { name: 'every call traced', args: ['--traces-endpoint', sink] },
    { name: 'bodies of all calls kept', capture: 'all' },
    { name: 'everything on standard output', args: stdout },
  ];
}

interface Cost {
  readonly cpuPer10k: number;
  readonly failures: number;
}

export async function observing(bench: Bench): Promise<Section> {
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const chosen = setups(await traceSink(bench.scope));
  const stacks: { readonly name: string; readonly wherry: Wherry }[] = [];
  for (const { name, capture, ...options } of chosen) {
    bench.say(`starting: ${name}`);
    const wherry = await Wherry.start(bench, options);
    const spec = capture === undefined ? {} : { annotations: { 'com.wherry.capture': capture } };
    for (const one of functions) await wherry.gateway.deploy({ ...one, spec });
    for (const one of functions) await load.run(order(wherry, one.name, 1));
    stacks.push({ name, wherry });
  }
  const seconds = bench.quick ? 1 : 2;
  const jobs = functions.map(({ name: called }) =>
    stacks.map(
      ({ name, wherry }): Job<Cost> => ({
        key: `${name}, ${called}`,
        run: () => measure(load, wherry, called, seconds),
      }),
    ),
  );
  const costs = await takeTurns(jobs, bench.conduct(seconds + 0.2));
  return report(
    stacks.map(({ name }) => name),
    costs,
  );
}

const order = (wherry: Wherry, name: string, seconds: number) => ({
  ...{ url: wherry.functionUrl(name), bytes: 0, connections: 16, seconds },
});

async function measure(load: LoadGenerator, wherry: Wherry, name: string, seconds: number): Promise<Cost> {
  const before = wherry.cpu.seconds();
  const { calls, failures } = await load.run(order(wherry, name, seconds));
  // What is written a moment later was caused by these calls, too.
  await wherry.quiet();
  return { cpuPer10k: ((wherry.cpu.seconds() - before) / calls) * 10_000, failures };
}

function report(names: readonly string[], costs: ReadonlyMap<string, readonly Observed<Cost>[]>): Section {
  const samples = (name: string, called: string): Sample[] =>
    (costs.get(`${name}, ${called}`) ?? []).map(({ result, foreign }) => ({
      value: result.cpuPer10k,
      foreign,
    }));
  const called = functions.map(({ name }) => name);
  const failures = [...costs.values()].flat().reduce((sum, { result }) => sum + result.failures, 0);
  const against = (name: string, one: string, base: string) =>
    settleRatio(samples(name, one), samples(base, one));
  return {
    title: 'Seeing everything',
    goals: called.map((one) =>
      atMost(
        `CPU for a call of ${one}, ${usual} (records, metrics, logs, audit), against ${nothing}`,
        against(usual, one, nothing).value,
        1.1,
        times,
      ),
    ),
    blocks: [
      'CPU of gateway and instances for a call that says hello, 16 at once, what is written after the answers included; `talks` writes a line for each call. As a multiple of the same with nothing kept:',
      table(
        ['', ...called],
        names.map((name) => [name, ...called.map((one) => shown(against(name, one, nothing), times))]),
      ),
      `As a multiple of it ${usual}:`,
      table(
        ['', ...called],
        names.slice(1).map((name) => [name, ...called.map((one) => shown(against(name, one, usual), times))]),
      ),
      'CPU-seconds for 10,000 calls:',
      table(
        ['', ...called],
        names.map((name) => [name, ...called.map((one) => shown(settle(samples(name, one)), figure))]),
      ),
      `${disturbed} fewer than three measurements without others on the machine.`,
      ...(failures === 0 ? [] : [`**${failures} calls failed.**`]),
    ],
  };
}
