import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openLoop, type OpenLoopResult } from './open-loop.ts';
import { Soak } from './scenario.ts';

/** Sends so many requests to a server that answers like this. */
async function load(
  t: TestContext,
  count: number,
  answer: (n: number, said: string, response: ServerResponse, request: IncomingMessage) => void,
): Promise<OpenLoopResult> {
  const soak = new Soak(1, 1);
  t.after(() => soak.over());
  let n = 0;
  const enough = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const said = Buffer.concat(await request.toArray()).toString();
    n += 1;
    answer(n, said, response, request);
    if (n === count) enough.resolve();
  }).listen(0, '127.0.0.1');
  soak.after(() => {
    server.close().closeAllConnections();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const running = await openLoop(soak, { urls: [url], rate: 400, prefix: 'call ', keepIds: true });
  await enough.promise;
  return running.stop();
}

test('right answers are no failures, and each is kept with its id', async (t) => {
  const result = await load(t, 100, (n, said, response) => response.setHeader('X-Call-Id', n).end(said));
  assert.equal(result.failed, 0);
  assert.ok(result.sent >= 100);
  assert.equal(new Set(result.accepted).size, result.sent);
  assert.match(result.accepted[0] ?? '', /^call \d+ \d+$/);
});

test('errors, resets, answers to others and silence are failures', async (t) => {
  const result = await load(t, 100, (n, said, response, request) => {
    if (n === 10) response.writeHead(503, { 'X-Wherry-Error': 'no_room' }).end(said);
    else if (n === 20) request.socket.resetAndDestroy();
    else if (n === 30) response.end('something else');
    else if (n === 40) request.socket.end();
    else response.end(said);
  });
  assert.equal(result.failed, 4, JSON.stringify(result.statuses));
  assert.equal(result.statuses['503 no_room'], 1);
  assert.equal(result.statuses['ECONNRESET'], 1);
  assert.equal(result.statuses['closed without an answer'], 1);
});

test('a server that stands still makes every call late that was due meanwhile', async (t) => {
  let held = false;
  const waiting: (() => void)[] = [];
  const result = await load(t, 200, (n, said, response) => {
    if (n === 20) {
      held = true;
      setTimeout(() => {
        held = false;
        for (const go of waiting.splice(0)) go();
      }, 300);
    }
    if (held) waiting.push(() => response.end(said));
    else response.end(said);
  });
  assert.equal(result.failed, 0);
  // A closed loop would have seen one slow call; here a hundred were due in that time.
  assert.ok(result.maxMs >= 290 && result.p99Ms >= 200, JSON.stringify(result));
});
