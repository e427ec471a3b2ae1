// What it costs to keep a call before it is accepted, and how fast what is kept is made.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { QueueLane } from '@wherry/wire/queued-calls';
import type { Bench } from '../kit/bench.ts';
import { loadGenerator } from '../kit/load.ts';
import { type Job, takeTurns } from '../kit/rounds.ts';
import { atLeast, atMost, type Section } from '../kit/section.ts';
import { cleanOf, median, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, milliseconds, table, times } from '../kit/table.ts';
import { nodeFunction } from '../stacks/functions.ts';
import { Wherry } from '../stacks/wherry.ts';

interface Rate {
  readonly perSecond: number;
  readonly p99Ms: number;
}

const writer = join(import.meta.dirname, '../stacks/queue-writer.ts');
const inFlight = 64;
const seconds = 3;
const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;

const bareCommits = `bare SQLite, ${inFlight} rows to a commit`;
const port = `the queue, ${inFlight} in flight`;
const accepts = `POST /async-function, ${inFlight} connections`;
const alone = 'POST /async-function, 1 connection';
const made = 'made, once accepted';

export async function queue(bench: Bench): Promise<Section> {
  const wherry = await Wherry.start(bench);
  await wherry.gateway.deploy(nodeFunction());
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const write = (how: string): Promise<Rate> => writing(how);
  const accept = async (connections: number): Promise<Rate> => {
    const url = `${wherry.gateway.url}/async-function/bench-node`;
    // Kept for later, so that accepting is measured and nothing else.
    const headers = { 'X-Wherry-Delay': '720h' };
    const {
      calls,
      seconds: took,
      failures,
      p99Ms,
    } = await load.run({ url, connections, bytes: 1024, seconds, headers });
    if (failures > 0) throw new Error(`${failures} calls were not accepted`);
    return { perSecond: calls / took, p99Ms };
  };
  const jobs: Job<Rate>[] = [
    { key: bareCommits, run: () => write('bare') },
    { key: port, run: () => write('queue') },
    { key: accepts, run: () => accept(inFlight) },
    { key: alone, run: () => accept(1) },
    { key: made, run: () => drained(wherry, load.run.bind(load)) },
  ];
  const found = await takeTurns([jobs], bench.conduct(jobs.length * (seconds + 1)));
  const rate = (key: string): number =>
    median(cleanOf(found.get(key) ?? []).kept.map(({ result }) => result.perSecond));
  const slowest = (key: string): number =>
    median(cleanOf(found.get(key) ?? []).kept.map(({ result }) => result.p99Ms));
  const values = (key: string) =>
    (found.get(key) ?? []).map(({ result, foreign }) => ({ value: result.perSecond, foreign }));
  const rows = [...found.keys()].map((key) => {
    const mark = cleanOf(found.get(key) ?? []).clean ? '' : disturbed;
    const against = key === bareCommits ? '' : figure(settleRatio(values(key), values(bareCommits)).value);
    return [key, perSecond(rate(key)) + mark, key === made ? '–' : figure(slowest(key)) + mark, against];
  });
  return {
    title: 'Queue',
    goals: [
      atLeast(
        'durable enqueues, 1 KiB, against bare grouped commits',
        settleRatio(values(port), values(bareCommits)).value,
        0.25,
        times,
      ),
      atLeast('durable accepts over HTTP, 1 KiB, client on the same cores', rate(accepts), 5_000, perSecond),
      atMost('their 99th percentile', slowest(accepts), 20, milliseconds),
    ],
    blocks: [
      'Each counts when it is on disk. The first row is the least that it can cost: rows of 1 KiB, written by SQLite alone with full flushes. ' +
        'The last is how many calls of a Node function a second were made out of a queue that had been filled, with their outcomes kept.',
      table(['', 'rate', 'p99 ms', 'of bare'], rows),
      `${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}

async function writing(how: string): Promise<Rate> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    writer,
    how,
    String(inFlight),
    String(seconds),
  ]);
  return JSON.parse(stdout) as Rate;
}

/** Fills the queue for a second, then looks how long it takes to be empty. */
async function drained(wherry: Wherry, run: ReturnType<typeof loadGenerator>['run']): Promise<Rate> {
  const url = `${wherry.gateway.url}/async-function/bench-node`;
  // All become due together, when the filling is over.
  const headers = { 'X-Wherry-Delay': `${seconds + 1}s` };
  const from = performance.now();
  const { calls } = await run({ url, connections: inFlight, bytes: 1024, seconds: 1, headers });
  await new Promise((resolve) =>
    setTimeout(resolve, Math.max(0, (seconds + 1) * 1000 - (performance.now() - from))),
  );
  const began = performance.now();
  for (;;) {
    const lanes = (await (await wherry.gateway.system('GET', '/system/queue')).json()) as QueueLane[];
    const lane = lanes.find(({ name }) => name === 'bench-node');
    // What accepting has left is due in a month.
    if (
      lane === undefined ||
      (lane.running === 0 && Date.parse(lane.nextDueAt ?? '9999') > Date.now() + 60_000)
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { perSecond: calls / ((performance.now() - began) / 1000), p99Ms: 0 };
}
