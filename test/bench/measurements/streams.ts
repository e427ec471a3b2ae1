// Whether bodies pass through the gateway without being kept in it.
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../kit/bench.ts';
import { peakBytes, residentBytes, resetPeak } from '../kit/process-tree.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { settle } from '../kit/statistics.ts';
import { disturbed, figure, megabytes, shown, table } from '../kit/table.ts';
import { streamFunction } from '../stacks/functions.ts';
import { Wherry } from '../stacks/wherry.ts';

const total = 2 ** 30;
const piece = Buffer.alloc(65_536, 'x');
/** Slow enough that everything before the reader fills up; fast enough that a round doesn't take minutes. */
const slowBytesPerSecond = 100e6;

interface Streamed {
  readonly growth: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const ways = {
  '1 GiB up': send,
  '1 GiB down': (url: string) => receive(url, Number.POSITIVE_INFINITY),
  '1 GiB down, slow reader': (url: string) => receive(url, slowBytesPerSecond),
};

export async function streams(bench: Bench): Promise<Section> {
  const wherry = await Wherry.start(bench);
  await wherry.gateway.deploy(streamFunction());
  const url = wherry.functionUrl('bench-stream');
  const jobs = Object.entries(ways).map(
    ([key, run]): Job<Streamed> => ({ key, run: () => measure(wherry, () => run(url)) }),
  );
  // One round takes long and memory is steady: three say enough.
  const found = await takeTurns([jobs], bench.conduct(8, Math.min(3, bench.rounds)));
  return report(found);
}

async function measure(wherry: Wherry, run: () => Promise<void>): Promise<Streamed> {
  await wherry.quiet();
  const canReset = process.getuid?.() === 0;
  if (canReset) resetPeak(wherry.pid);
  const before = residentBytes(wherry.pid);
  const [cpu, startedAt] = [wherry.cpu.seconds(), performance.now()];
  let highest = before;
  const looking = setInterval(() => (highest = Math.max(highest, residentBytes(wherry.pid))), 20);
  try {
    await run();
  } finally {
    clearInterval(looking);
  }
  return {
    growth: (canReset ? peakBytes(wherry.pid) : highest) - before,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: wherry.cpu.seconds() - cpu,
  };
}

function send(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const agent = new Agent();
    const headers = { 'content-type': 'application/octet-stream', 'content-length': total };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (text) => (said += text));
      response.on('end', () => {
        if (said === String(total)) resolve();
        else reject(new Error(`${total} bytes were sent and the function says: ${said.slice(0, 300)}`));
      });
    }).on('error', reject);
    let left = total;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!sending.write(piece)) {
          sending.once('drain', more);
          return;
        }
      }
      sending.end();
    };
    more();
  });
}

async function receive(url: string, bytesPerSecond: number): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${url}?bytes=${total}`, { agent: new Agent() }, resolve).on('error', reject).end();
  });
  const startedAt = performance.now();
  let bytes = 0;
  for await (const got of response) {
    bytes += (got as Buffer).length;
    const ahead = (bytes / bytesPerSecond) * 1000 - (performance.now() - startedAt);
    if (ahead > 5) await sleep(ahead);
  }
  if (bytes !== total) throw new Error(`${bytes} bytes came down of ${total}`);
}

function report(found: ReadonlyMap<string, readonly Observed<Streamed>[]>): Section {
  const settled = (key: string, pick: (one: Streamed) => number) =>
    settle((found.get(key) ?? []).map(({ result, foreign }) => ({ value: pick(result), foreign })));
  const worst = (key: string): number =>
    Math.max(...(found.get(key) ?? []).map(({ result }) => result.growth));
  return {
    title: 'Streams',
    goals: Object.keys(ways).map((key) =>
      atMost(`${key}: growth of the gateway at its peak, worst round`, worst(key), 32e6, megabytes),
    ),
    blocks: [
      table(
        ['', 'growth at peak', 'MiB/s', 'CPU-s per GiB'],
        Object.keys(ways).map((key) => [
          key,
          megabytes(settled(key, ({ growth }) => growth).value),
          shown(
            settled(key, ({ seconds }) => 1024 / seconds),
            figure,
          ),
          shown(
            settled(key, ({ cpuSeconds }) => cpuSeconds),
            figure,
          ),
        ]),
      ),
      `The slow reader takes ${slowBytesPerSecond / 1e6} MB/s. CPU is that of the gateway and the function together; the client's ` +
        `share of the machine is on top. ${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}
