import { readFileSync } from 'node:fs';
import { sampleItem } from '@wherry/testkit/samples';
import { percentile } from '../../bench/kit/statistics.ts';
import { Gateway } from '../../e2e/gateway.ts';
import { openBareStore } from '../disk/bare-store.ts';
import { echo } from '../kit/echo.ts';
import { othersUseIt } from '../kit/quiet-machine.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const hourMs = 3_600_000;
/** Times are judged from this size on; below it they are noise. */
const judgedFrom = 100_000;
const restartMs = 5_000;
const sharedMemoryMb = 48;
/** Of several rounds the quietest counts: others use the machine too. */
const rounds = 5;
const roundCalls = 200;
const roundCallsUnjudged = 20;

export const longQueue: Scenario = {
  id: 'D-16',
  promise:
    'a long queue costs disk and nothing else: calls are taken as fast, the start takes as long, memory stays',
  unit: 'calls in the queue',
  full: 1_000_000,
  short: 3_000,
  lacking: () => (process.platform === 'linux' ? undefined : 'needs Linux'),
  async prove(soak) {
    const lines: string[] = [];
    const sizes = soak.size > judgedFrom ? [judgedFrom, soak.size] : [soak.size];
    for (const count of sizes) lines.push(await compare(soak, count, () => undefined));
    return lines.join('; ');
  },
  controls: [
    {
      without: 'one row of the queue',
      size: 3_000,
      prove: (soak) =>
        compare(soak, soak.size, (store) => store.file.durable.exec('DELETE FROM queue_states WHERE seq=7')),
    },
  ],
};

type Store = ReturnType<typeof openBareStore>;

async function compare(soak: Soak, count: number, spoil: (store: Store) => void): Promise<string> {
  const home = soak.folder();
  const filledAt = performance.now();
  await fill(home, count, spoil);
  soak.say(`${count} calls put in within ${Math.round((performance.now() - filledAt) / 1000)} s`);
  // Side by side, and in turn, so that what else the machine does is the same for both.
  const empty = await start(soak, soak.folder());
  const full = await start(soak, home);
  const calls = count < judgedFrom ? roundCallsUnjudged : roundCalls;
  for (let round = 0; round < rounds; round += 1)
    for (const one of [empty, full]) one.p99s.push(await enqueue(one.gateway, calls));
  const waiting = await waitingIn(full.gateway);
  promise(waiting === count + rounds * calls, `of ${count + rounds * calls} calls ${waiting} wait`);
  const [emptyP99, fullP99] = [empty, full].map(({ p99s }) => Math.min(...p99s)) as [number, number];
  const [emptyMb, fullMb] = [empty, full].map(({ gateway }) => memoryOf(gateway)) as [number, number];
  for (const { gateway } of [empty, full]) await gateway.stop();
  const line =
    `${count}: start ${Math.round(full.startMs)} ms (empty ${Math.round(empty.startMs)}), ` +
    `enqueue p99 ${fullP99.toFixed(1)} ms (${emptyP99.toFixed(1)}), memory ${fullMb} MB (${emptyMb})`;
  soak.say(line);
  if (count < judgedFrom) return line;
  const noise = othersUseIt();
  promise(fullMb <= emptyMb + sharedMemoryMb, `memory grew: ${line}`);
  if (noise !== undefined) return `${line} (${noise})`;
  promise(full.startMs <= restartMs, `the start took too long: ${line}`);
  promise(fullP99 <= Math.max(2 * emptyP99, 5), `calls are taken more slowly: ${line}`);
  return line;
}

/** Calls that are due tomorrow, put in by the store itself. */
async function fill(home: string, count: number, spoil: (store: Store) => void): Promise<void> {
  const store = openBareStore({ home });
  const now = Date.now();
  const body = Buffer.alloc(200, 'x');
  for (let first = 0; first < count; first += 1000) {
    const items = Array.from({ length: Math.min(1000, count - first) }, (_, i) =>
      sampleItem(first + i, { body, enqueuedAt: now, due: now + 24 * hourMs, expires: now + 48 * hourMs }),
    );
    await store.queue.enqueue(items);
  }
  spoil(store);
  await store.close();
}

interface Started {
  readonly gateway: Gateway;
  readonly startMs: number;
  readonly p99s: number[];
}

async function start(soak: Soak, home: string): Promise<Started> {
  const startedAt = performance.now();
  const gateway = await Gateway.start(soak, { home });
  const startMs = performance.now() - startedAt;
  await gateway.deploy(echo(0));
  return { gateway, startMs, p99s: [] };
}

/** One call after the other; the p99 of what they took. */
async function enqueue(gateway: Gateway, calls: number): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    const sentAt = performance.now();
    const response = await fetch(`${gateway.url}/async-function/echo`, {
      method: 'POST',
      body: String(n),
      headers: { 'x-wherry-delay': '1h' },
    });
    await response.arrayBuffer();
    took.push(performance.now() - sentAt);
    promise(response.status === 202, `enqueuing answered ${response.status}`);
  }
  return percentile(took, 0.99);
}

async function waitingIn(gateway: Gateway): Promise<number> {
  const lanes = (await (await gateway.system('GET', '/system/queue')).json()) as { waiting: number }[];
  return lanes.reduce((sum, lane) => sum + lane.waiting, 0);
}

function memoryOf({ process: { pid } }: Gateway): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}
