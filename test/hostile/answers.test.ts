// Functions that answer badly, or not at all: whose fault it was is said, and nobody else notices.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { type Answer, ask, Line, send } from './line.ts';

const gateway = await Gateway.start({ after });
const { host } = new URL(gateway.url);

const source = readFileSync(join(import.meta.dirname, 'fixtures/answers.js'), 'utf8');
const spec = { annotations: { 'com.wherry.timeout': '2s' } };

/** Also forgets that it crashed before, so that nobody has to wait for the next try. */
const fresh = (): Promise<void> =>
  gateway.deploy({ name: 'bad', files: { 'handler.js': source }, signature: 'http', spec });

before(async () => {
  await fresh();
  await gateway.deploy({ name: 'good', files: { 'handler.js': 'module.exports = () => "good";' } });
});

afterEach(async () => {
  const started = performance.now();
  assert.equal(await gateway.said('good'), 'good');
  assert.ok(performance.now() - started < 10_000, 'another function answers');
  assert.equal(gateway.process.exitCode, null);
});

function answer(way: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(gateway.url, 'GET', `/function/bad/${way}`, headers);
}

const code = (said: Answer): string | undefined => said.headers['x-wherry-error']?.[0];

const failures: readonly (readonly [way: string, status: number, code: string | undefined])[] = [
  ['throws', 500, undefined],
  ['throws-nothing', 500, undefined],
  ['rejects', 500, undefined],
  ['no-such-way', 500, undefined],
  ['never', 504, 'function_timeout'],
  ['exits-first', 502, 'function_crashed'],
  ['exits-with-0', 502, 'function_crashed'],
  ['ends-itself', 502, 'function_crashed'],
];
for (const [way, status, reason] of failures) {
  test(`${way}: ${status}`, async () => {
    const said = await answer(way);
    assert.equal(said.status, status, said.body);
    assert.equal(code(said), reason);
    assert.ok(said.body.length < 10_000);
    if (status === 502) await fresh();
  });
}

for (const way of [
  'throws-later',
  'rejects-unheard',
  'throws-a-lot',
  'headers-of-10-mb',
  'headers-of-500-kb',
]) {
  test(`${way}: the call ends, and if it fails that is the function’s fault`, async () => {
    const said = await answer(way);
    assert.ok([200, 500, 502, 504].includes(said.status), `${said.status}`);
    assert.ok(said.status === 500 || said.status === 200 || code(said)?.startsWith('function_'));
    assert.ok(said.body.length < 100_000);
    await fresh();
  });
}

test('answers-twice: once', async () => {
  const said = await answer('answers-twice');
  assert.equal(said.status, 200);
  assert.equal(said.body, 'once');
});

describe('a status that is none is a fault of the function, and never reaches the caller', () => {
  for (const status of [
    '0',
    '1',
    '99',
    '100',
    '101',
    '103',
    '199',
    '600',
    '999',
    '1000',
    '-1',
    'NaN',
    '1e3',
    'x',
  ]) {
    test(status, async () => {
      const said = await answer('status', { 'x-status': status });
      assert.ok([500, 502].includes(said.status), `${said.status}`);
    });
  }
  for (const status of ['"200 OK\\r\\nX: y"', '"200"', 'null', '[200]', '200.5', 'true', '101', '65736'])
    test(`set, not written: ${status}`, async () => {
      const said = await answer('status-as-is', { 'x-status': status });
      assert.ok([200, 500, 502].includes(said.status), `${said.status}`);
      assert.doesNotMatch(said.head, /^x:/im);
    });
  test('control: one that is', async () =>
    assert.equal((await answer('status', { 'x-status': '418' })).status, 418));
});

describe('header names and values that would become lines of their own', () => {
  const evil: readonly (readonly [unknown, unknown])[] = [
    ['x-a', 'b\r\nx-evil: 1'],
    ['x-a', 'b\nx-evil: 1'],
    ['x-a', 'b\rx-evil: 1'],
    ['x-a', 'b\r\n\r\n<script>'],
    ['x-a', 'b\0'],
    ['x-a', 'b\u0001'],
    ['x-a', 'b\u007f'],
    ['x-a', '\u010a\u010dx-evil: 1'],
    ['x-a', ['b', 'c\r\nx-evil: 1']],
    ['x-a\r\nx-evil', '1'],
    ['x a', '1'],
    ['x-a:', '1'],
    ['', '1'],
    ['x-\u00e4', '1'],
    ['x-a\0', '1'],
    ['\ud83d\udef6', '1'],
    ['x-a', { toString: 1 }],
    ['x-a', null],
    ['Content-Length', '0\r\nx-evil: 1'],
    ['Location', '/\r\nSet-Cookie: x-evil=1'],
  ];
  for (const [name, value] of evil) {
    test(JSON.stringify([name, value]).slice(0, 80), async () => {
      const header = Buffer.from(JSON.stringify([name, value])).toString('base64');
      const said = await answer('header', { 'x-header': header });
      assert.ok([200, 500, 502].includes(said.status), `${said.status}`);
      assert.doesNotMatch(said.head, /x-evil|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
      assert.doesNotMatch(said.head, /\r(?!\n)|(?<!\r)\n/);
    });
  }
  test('control: a good one arrives', async () => {
    const header = Buffer.from(JSON.stringify(['x-a', 'b\tc \u00e9'])).toString('base64');
    assert.deepEqual((await answer('header', { 'x-header': header })).headers['x-a'], ['b\tc \xe9']);
  });

  const ours = [
    'X-Call-Id',
    'x-call-id',
    'X-Start-Time',
    'X-Duration-Seconds',
    'X-Served-By',
    'X-Wherry-Error',
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'Content-Length',
    'Upgrade',
    'Trailer',
    'Proxy-Connection',
  ];
  for (const name of ours) {
    test(`${name} is ours to say`, async () => {
      const header = Buffer.from(JSON.stringify([name, '99'])).toString('base64');
      const said = await answer('header', { 'x-header': header });
      assert.ok([200, 500].includes(said.status), `${said.status}`);
      if (said.status === 200)
        assert.ok((said.headers[name.toLowerCase()] ?? []).every((value) => value !== '99'));
      assert.ok((said.headers[name.toLowerCase()] ?? []).length <= 1);
    });
  }
});

describe('lengths that are not what they say never become a second answer', () => {
  for (const way of ['beyond-its-length', 'body-with-204', 'interim', 'short-of-its-length']) {
    test(way, async () => {
      const line = await Line.to(gateway.url);
      line.write(`GET /function/bad/${way} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const first = await line.answer();
      if (first === undefined) return; // Closed: nothing was split.
      assert.ok([200, 204, 500, 502].includes(first.status), `${first.status}`);
      line.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const second = await line.answer();
      assert.ok(second === undefined || second.body !== 'split');
      assert.equal((await line.end()).includes('split'), false);
    });
  }
  test('control: two answers on one connection, in order', async () => {
    const request = `GET /function/good HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    assert.deepEqual(
      (await send(gateway.url, request + request, 2)).map(({ body }) => body),
      ['good', 'good'],
    );
  });
});

describe('an answer that breaks off is seen to be broken off', () => {
  for (const way of ['exits-in-the-middle', 'throws-in-the-middle', 'destroys-in-the-middle']) {
    test(`${way}, over HTTP/1.1: no last chunk`, async () => {
      await fresh();
      const line = await Line.to(gateway.url);
      line.write(`GET /function/bad/${way} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const all = await line.end();
      assert.match(all, /the first half/);
      assert.doesNotMatch(all, /\r\n0\r\n/);
    });
    test(`${way}, over HTTP/1.0: the connection is reset and not ended`, async () => {
      await fresh();
      const line = await Line.to(gateway.url);
      let reset = false;
      line.socket.on('error', (error: NodeJS.ErrnoException) => (reset = error.code === 'ECONNRESET'));
      line.write(`GET /function/bad/${way} HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
      await new Promise((resolve) => line.socket.once('close', resolve));
      assert.ok(reset, 'else it would look complete');
    });
  }
});

test('cookies of functions go through: nothing of ours is kept in any', async () => {
  const said = await answer('cookies');
  assert.equal(said.headers['set-cookie']?.length, 2);
  const system = await ask(gateway.url, 'GET', '/system/functions', { Cookie: 'a=1; b=2' });
  assert.equal(system.status, 401);
  assert.equal(system.headers['set-cookie'], undefined);
});

test('an answer without an end, read as fast as it comes: it is cut at the deadline, and memory stays flat', async () => {
  const before = residentBytes();
  const line = await Line.to(gateway.url);
  let taken = 0;
  let peak = 0;
  // Only counted: a reader that keeps it all would be the one to grow.
  line.socket.removeAllListeners('data');
  line.socket.on('data', (bytes: Buffer) => {
    taken += bytes.length;
    if (taken % 64 === 0) peak = Math.max(peak, residentBytes());
  });
  line.write(`GET /function/bad/endless HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await new Promise((resolve) => line.socket.once('close', resolve));
  assert.ok(taken > 50 * 2 ** 20, `${taken} bytes`);
  assert.ok(
    Math.max(peak, residentBytes()) - before < 100 * 2 ** 20,
    `${(peak - before) / 2 ** 20} MiB more`,
  );
});

function residentBytes(): number {
  const status = readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
