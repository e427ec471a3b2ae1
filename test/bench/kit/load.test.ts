import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { AnswerReader } from './answer-reader.ts';
import { type LoadResult, wrkResult } from './load.ts';

const answers =
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na;x=y\r\n0123456789\r\n0\r\n\r\n' +
  'HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n' +
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\nTrailer: x\r\n\r\n';

test('answers are found wherever the pieces are cut', () => {
  for (let size = 1; size <= answers.length; size++) {
    const seen: number[] = [];
    const reader = new AnswerReader((status) => seen.push(status));
    for (let at = 0; at < answers.length; at += size) reader.take(Buffer.from(answers.slice(at, at + size)));
    assert.deepEqual(seen, [200, 201, 503, 200], `pieces of ${size}`);
  }
});

test("wrk's line is read, and anything else is an error", () => {
  assert.deepEqual(wrkResult('Running…\nRESULT 37344 2004802 3 96 2962\n'), {
    calls: 37_344,
    seconds: 2.004802,
    failures: 3,
    p50Ms: 0.096,
    p99Ms: 2.962,
  });
  assert.throws(() => wrkResult('unable to connect'), /unable to connect/);
});

test('the own client counts calls and failures', async (t) => {
  let served = 0;
  const server = createServer((request, response) => {
    served += 1;
    request.resume().on('end', () => {
      response.statusCode = request.url === '/bad' ? 500 : 200;
      response.end('hello');
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const load = async (path: string, bytes: number): Promise<LoadResult> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const order = { url, connections: 2, bytes, seconds: 0.3 };
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'load-client.ts'),
      JSON.stringify(order),
    ]);
    served = 0;
    let output = '';
    child.stdout.on('data', (piece) => (output += piece));
    await once(child, 'close');
    return JSON.parse(output) as LoadResult;
  };
  // At its end each of the two connections may have a call under way.
  const counted = ({ calls }: LoadResult): boolean => calls > 0 && served >= calls && served <= calls + 2;
  const good = await load('/', 100_000);
  assert.ok(counted(good) && good.failures === 0, `${JSON.stringify(good)}, ${served} served`);
  const bad = await load('/bad', 0);
  assert.ok(counted(bad) && bad.failures === bad.calls, `${JSON.stringify(bad)}, ${served} served`);
});
