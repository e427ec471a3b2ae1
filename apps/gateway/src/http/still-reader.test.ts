import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { endWhenStill, longestStillMs } from './still-reader.ts';

const clock = new SimulatedClock();

async function reading(t: TestContext): Promise<{ response: ServerResponse; take: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.pause();
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  t.after(() => {
    client.destroy();
    server.close();
  });
  return { response, take: () => client.resume() };
}

const many = Buffer.alloc(32 * 2 ** 20);

test('a reader that takes nothing is cut off', { timeout: 10_000 }, async (t) => {
  const { response } = await reading(t);
  endWhenStill(response, clock);
  response.write(many);
  const closed = once(response, 'close');
  await clock.advance(2 * longestStillMs);
  await closed;
});

test('one that takes what there is stays, however long nothing comes', async (t) => {
  const { response, take } = await reading(t);
  endWhenStill(response, clock);
  response.write(many);
  const drained = once(response, 'drain');
  take();
  await drained;
  await clock.advance(10 * longestStillMs);
  assert.equal(response.destroyed || response.req.socket.destroyed, false);
});
