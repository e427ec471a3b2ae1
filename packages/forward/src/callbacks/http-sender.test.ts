import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { AllowedAddresses } from './allowed-addresses.ts';
import { HttpCallbackSender } from './http-sender.ts';
import type { LookUp } from './look-up.ts';
import { keyFor, keyOf, secretText, signed } from './signature.ts';

let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void = (_, response) =>
  void response.end();
let requests = 0;
const server = http.createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => answer(request, response));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const port = (server.address() as AddressInfo).port;

const key = Buffer.alloc(32, 7);
const sender = (...allowed: string[]): HttpCallbackSender =>
  new HttpCallbackSender({
    allowed: new AllowedAddresses('queue.callbacks', allowed),
    key: () => key,
    agent: 'wherry',
    now: () => 1_700_000_000_500,
  });
const sender2 = (more: { lookUp: LookUp }): HttpCallbackSender =>
  new HttpCallbackSender({
    ...{
      allowed: new AllowedAddresses('queue.callbacks', []),
      key: () => key,
      agent: 'wherry',
      now: Date.now,
    },
    ...more,
  });
const send = (
  from: HttpCallbackSender,
  url: string,
  headers: readonly string[] = [],
  signal = AbortSignal.timeout(5_000),
) => from.send({ url, id: 'msg_1', headers, body: Buffer.from('hi') }, signal);

test('every way to an inner address is refused, before anything is sent', async () => {
  const strict = sender();
  const inner = [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0.0.0.0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
    ],
    ...[
      '10.0.0.1',
      '192.168.1.1',
      '172.16.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '[fe80::1]',
      '[fd00::1]',
      '[64:ff9b::7f00:1]',
    ],
    ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost'],
  ];
  for (const host of inner) {
    const url = new URL(`http://${host}:${port}/`).href;
    assert.throws(() => strict.check(url), { code: 'callback_refused' }, host);
    await assert.rejects(send(strict, url), { code: 'callback_refused' }, host);
  }
  assert.equal(requests, 0);
  // A name is judged by where it leads: nowhere else is gone, however many addresses it has.
  const leading = (...addresses: string[]): HttpCallbackSender => sender2({ lookUp: async () => addresses });
  await assert.rejects(send(leading('10.0.0.1', '127.0.0.1'), `http://inner.example:${port}/`), {
    code: 'callback_refused',
  });
  assert.equal(requests, 0);
  // The control: with the guard's list opened, the same address is reached.
  assert.equal((await send(sender('127.0.0.0/8'), `http://127.0.0.1:${port}/`)).status, 200);
  assert.equal((await send(sender('localhost'), `http://localhost:${port}/`)).status, 200);
});

test('no redirect is followed, and what a receiver says is not waited for', async () => {
  requests = 0;
  answer = (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/inner` }).end();
  const open = sender('127.0.0.1');
  assert.equal((await send(open, `http://127.0.0.1:${port}/`)).status, 302);
  assert.equal(requests, 1);
  answer = (_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(65_536)), 1);
    response.on('close', () => clearInterval(more));
  };
  assert.equal((await send(open, `http://127.0.0.1:${port}/`)).status, 200);
  answer = (_, response) => response.writeHead(503, { 'retry-after': '7' }).end();
  assert.deepEqual(await send(open, `http://127.0.0.1:${port}/`), {
    status: 503,
    cause: 'it answered 503',
    retryAfterMs: 7000,
  });
});

test('who says nothing, and who is not there, is told as such', async () => {
  answer = () => undefined;
  const quiet = await send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`, [], AbortSignal.timeout(50));
  assert.deepEqual(quiet, { status: 0, cause: 'no answer in time' });
  const nobody = await send(sender('127.0.0.1'), 'http://127.0.0.1:1/');
  assert.deepEqual(nobody, { status: 0, cause: 'no answer: ECONNREFUSED' });
  const nowhere = await send(sender(), 'http://nothing.invalid/');
  assert.equal(nowhere.status, 0);
  assert.match(nowhere.cause, /nothing\.invalid could not be found/);
});

test('headers are the function’s, the signature is ours, and a header that HTTP does not know ends it', async () => {
  let seen: http.IncomingHttpHeaders = {};
  answer = (request, response) => {
    seen = request.headers;
    response.end();
  };
  await send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`, [
    'X-A',
    '1',
    'x-a',
    '2',
    'webhook-signature',
    'v1,forged',
    'Content-Length',
    '999',
  ]);
  assert.equal(seen['x-a'], '1, 2');
  assert.deepEqual(
    [seen['webhook-id'], seen['webhook-timestamp'], seen['content-length']],
    ['msg_1', '1700000000', '2'],
  );
  assert.equal(
    seen['webhook-signature'],
    signed('msg_1', 1_700_000_000, Buffer.from('hi'), keyFor(key, `http://127.0.0.1:${port}`))[
      'webhook-signature'
    ],
  );
  await assert.rejects(send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`, ['Bad\nName', 'x']), {
    code: 'callback_refused',
  });
});

test('the signature is that of the Standard Webhooks', () => {
  // The vector of the specification's own libraries.
  const secret = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const made = signed(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330,
    Buffer.from('{"test": 2432232314}'),
    secret,
  );
  assert.equal(made['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  assert.equal(secretText(secret), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
});

test('a receiver that changes the protocol, closes, or asks for the end of time is one like others', async () => {
  answer = (request) =>
    void request.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  assert.equal((await send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`)).status, 101);
  answer = (request) => void request.socket.destroy();
  assert.equal((await send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`)).status, 0);
  for (const after of ['1e9', 'Infinity', '-1', 'soon']) {
    answer = (_, response) => response.writeHead(503, { 'retry-after': after }).end();
    assert.equal(
      (await send(sender('127.0.0.1'), `http://127.0.0.1:${port}/`)).retryAfterMs,
      undefined,
      after,
    );
  }
});

test('what one receiver is sent proves nothing to another', () => {
  assert.notDeepEqual(keyFor(key, 'https://a.example'), keyFor(key, 'https://b.example'));
});
