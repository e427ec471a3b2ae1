// The open-loop load generator as a program: sends requests at fixed times whatever becomes of those before, and counts everything that is no
// right answer. Told to stop by a message, it waits for what is under way and answers with an `OpenLoopResult`.
//   node open-loop-client.ts ORDER
import { connect, type Socket } from 'node:net';
import { percentile } from '../../bench/kit/statistics.ts';
import type { Failure, OpenLoopOrder, OpenLoopResult } from './open-loop.ts';

const order = JSON.parse(process.argv[2] ?? '') as OpenLoopOrder;
const targets = order.urls.map((url) => new URL(url));
const tickMs = 2;
const mostFailuresKept = 1_000;
const idleMs = order.idleMs ?? 5_000;

/** One connection, with at most one request under way. */
class Line {
  usedAt = performance.now();
  readonly #socket: Socket;
  readonly #over: (line: Line, kept: boolean) => void;
  #answer: ((status: number, body: string, head: string) => void) | undefined;
  #lost: ((reason: string) => void) | undefined;
  #held: Buffer = Buffer.alloc(0);
  #gone = false;

  constructor(url: URL, over: (line: Line, kept: boolean) => void) {
    this.#over = over;
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket
      .on('data', (bytes) => this.#take(bytes))
      .on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message))
      .on('close', () => this.#end('closed without an answer'));
  }

  send(
    request: string,
    answer: (status: number, body: string, head: string) => void,
    lost: (reason: string) => void,
  ): void {
    this.#answer = answer;
    this.#lost = lost;
    this.#socket.write(request);
  }

  destroy(): void {
    this.#lost = undefined;
    this.#gone = true;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const end = this.#held.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#held.toString('latin1', 0, end);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    const body =
      length === undefined ? wholeChunks(this.#held.subarray(end + 4)) : this.#held.subarray(end + 4);
    if (body === undefined || body.length < Number(length ?? 0)) return;
    this.#held = Buffer.alloc(0);
    const answer = this.#answer;
    this.#answer = undefined;
    this.#lost = undefined;
    const closing = /^connection: *close/im.test(head);
    if (closing) this.destroy();
    answer?.(Number(head.slice(9, 12)), body.toString(), head);
    this.#over(this, !closing);
  }

  #end(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#over(this, false);
    this.#lost?.(reason);
    this.#lost = undefined;
    this.#socket.destroy();
  }
}

/** A chunked body once all of it is there. */
function wholeChunks(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (bytes.length < line + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

const idle = targets.map((): Line[] => []);
const latencies: number[] = [];
const statuses: Record<string, number> = {};
const failures: Failure[] = [];
const accepted: string[] = [];
let failed = 0;
let sent = 0;
let underWay = 0;
const startedAt = performance.now();

function fail(n: number, reason: string): void {
  failed += 1;
  statuses[reason] = (statuses[reason] ?? 0) + 1;
  if (failures.length < mostFailuresKept)
    failures.push({ n, reason, afterMs: Math.round(performance.now() - startedAt) });
}

function request(n: number, intended: number): void {
  const at = n % targets.length;
  const url = targets[at] as URL;
  const pool = idle[at] as Line[];
  for (
    let last = pool.at(-1);
    last !== undefined && performance.now() - last.usedAt > idleMs;
    last = pool.at(-1)
  )
    pool.pop()?.destroy();
  const line =
    pool.pop() ??
    new Line(url, (one, kept) => {
      const where = pool.indexOf(one);
      one.usedAt = performance.now();
      if (kept && where < 0) pool.push(one);
      else if (!kept && where >= 0) pool.splice(where, 1);
    });
  underWay += 1;
  sent += 1;
  let over = false;
  const done = (): boolean => {
    if (over) return false;
    over = true;
    clearTimeout(timer);
    underWay -= 1;
    return true;
  };
  const timer = setTimeout(() => {
    if (!done()) return;
    fail(n, 'no answer in time');
    line.destroy();
  }, order.timeoutMs ?? 30_000);
  const text = `${order.prefix ?? ''}${n}`;
  const headers = Object.entries(order.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  line.send(
    `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: text/plain\r\n${headers.join('')}Content-Length: ${text.length}\r\n\r\n${text}`,
    (status, body, head) => {
      if (!done()) return;
      latencies.push(performance.now() - intended);
      const right = (order.statuses ?? [200]).includes(status);
      if (!right) return fail(n, `${status} ${/^x-wherry-error: *(\S+)/im.exec(head)?.[1] ?? ''}`.trim());
      statuses[status] = (statuses[status] ?? 0) + 1;
      // Every request says something else, so that an answer to another one is seen.
      if (order.echoes !== false && !body.endsWith(text))
        fail(n, `answered with ${JSON.stringify(body.slice(0, 60))}`);
      if (order.keepIds) accepted.push(`${text} ${/^x-call-id: *(\S+)/im.exec(head)?.[1] ?? ''}`);
    },
    (reason) => {
      if (done()) fail(n, reason);
    },
  );
}

let due = 0;
const timer = setInterval(() => {
  const elapsed = performance.now() - startedAt;
  for (; due <= (elapsed / 1000) * order.rate; due += 1) request(due, startedAt + (due * 1000) / order.rate);
}, tickMs);

process.on('message', () => {
  clearInterval(timer);
  const seconds = (performance.now() - startedAt) / 1000;
  const wait = setInterval(() => {
    if (underWay > 0) return;
    clearInterval(wait);
    const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => percentile(latencies, share)) as [
      number,
      number,
      number,
    ];
    const result: OpenLoopResult = {
      sent,
      failed,
      failures,
      statuses,
      accepted,
      seconds,
      p50Ms,
      p99Ms,
      maxMs,
    };
    process.send?.(result, () => process.exit(0));
  }, 10);
});
// Whoever started us is gone, and nobody will ask.
process.on('disconnect', () => process.exit(0));
process.send?.('started');
