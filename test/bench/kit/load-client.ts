// The load generator where wrk is missing, as a program: takes an order as JSON, prints a result as JSON. It reads no more of an answer
// than it must, so that it costs the machine little; even so it is several times as hungry as wrk.
import { connect, type Socket } from 'node:net';
import tls from 'node:tls';
import { AnswerReader } from './answer-reader.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { percentile } from './statistics.ts';

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const url = new URL(order.url);
const head = `${order.bytes === 0 ? 'GET' : 'POST'} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${Object.entries(
  order.headers ?? {},
)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')}`;
const request =
  order.bytes === 0
    ? Buffer.from(`${head}\r\n`)
    : Buffer.concat([
        Buffer.from(
          `${head}Content-Type: application/octet-stream\r\nContent-Length: ${order.bytes}\r\n\r\n`,
        ),
        Buffer.alloc(order.bytes, 'x'),
      ]);

const latencies: number[] = [];
let failures = 0;
let over = false;

function open(): Socket {
  const at = { host: url.hostname, port: Number(url.port || 80), noDelay: true };
  const secure = url.protocol === 'https:';
  const socket = secure ? tls.connect({ ...at, rejectUnauthorized: false }) : connect(at);
  let sentAt = 0;
  const send = (): void => {
    sentAt = performance.now();
    socket.write(request);
  };
  const reader = new AnswerReader((status) => {
    if (over) return;
    latencies.push(performance.now() - sentAt);
    if (status < 200 || status > 399) failures += 1;
    send();
  });
  socket.on(secure ? 'secureConnect' : 'connect', send).on('data', (bytes) => reader.take(bytes));
  socket
    .on('error', () => undefined)
    .on('close', () => {
      if (over) return;
      failures += 1;
      setTimeout(() => sockets.push(open()), 50);
    });
  return socket;
}

const startedAt = performance.now();
const sockets = Array.from({ length: order.connections }, open);
setTimeout(() => {
  over = true;
  const result: LoadResult = {
    calls: latencies.length,
    seconds: (performance.now() - startedAt) / 1000,
    failures,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
  for (const socket of sockets) socket.destroy();
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}, order.seconds * 1000);
