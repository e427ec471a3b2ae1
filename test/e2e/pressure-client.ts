// A process of its own that presses calls on a gateway, so that its clock tells the gateway's delays and not the test's.
import { Agent, request } from 'node:http';
import type { Pressed, PressOrder } from './pressure.ts';

const order = JSON.parse(process.argv[2] ?? '') as PressOrder;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const took = new Map<number, number[]>();
let broken = 0;
let withoutRetryAfter = 0;

function call(): Promise<void> {
  const from = performance.now();
  return new Promise((resolve) => {
    const failed = (): void => {
      broken += 1;
      resolve();
    };
    const sent = request(order.url, { agent, method: 'POST' }, (answer) => {
      const status = answer.statusCode ?? 0;
      answer.on('error', failed).resume();
      answer.on('end', () => {
        const list = took.get(status) ?? [];
        took.set(status, list);
        list.push(performance.now() - from);
        if ((status === 429 || status === 503) && !(Number(answer.headers['retry-after']) >= 1))
          withoutRetryAfter += 1;
        resolve();
      });
    });
    sent.on('error', failed);
    sent.end();
  });
}

/** Each client calls again when it has its answer. */
async function closed(clients: number, ms: number): Promise<void> {
  const end = performance.now() + ms;
  const client = async (): Promise<void> => {
    do await call();
    while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** Calls come whether or not the ones before were answered. */
async function open(perSecond: number, ms: number): Promise<void> {
  const from = performance.now();
  const calls: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passed = Math.min(ms, performance.now() - from);
      while (calls.length < (passed / 1000) * perSecond) calls.push(call());
      if (passed < ms) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  await Promise.all(calls);
}

const began = performance.now();
if (order.clients !== undefined) await closed(order.clients, order.ms);
else await open(order.perSecond ?? 1, order.ms);

const pressed: Pressed = {
  seconds: (performance.now() - began) / 1000,
  broken,
  withoutRetryAfter,
  answers: Object.fromEntries(
    [...took].map(([status, list]) => {
      list.sort((a, b) => a - b);
      const at = (part: number): number =>
        list[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;
      return [status, { count: list.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) }];
    }),
  ),
};
process.stdout.write(JSON.stringify(pressed));
agent.destroy();
