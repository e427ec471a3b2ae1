import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { Gateway } from './gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'wherry-access-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** Lines are written within a second: the file is looked at until it has so many. */
async function lines(file: string, count: number): Promise<string[]> {
  for (;;) {
    const found = read(file);
    if (found.length >= count) return found;
    await later(20);
  }
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

async function raw(gateway: Gateway, bytes: string): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  const socket = net.connect(Number(port), hostname);
  socket.end(Buffer.from(bytes, 'latin1'));
  socket.resume();
  await once(socket, 'close');
}

const combined =
  /^(\S+) - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "((?:[^"\\]|\\x..)*)" (\d{3}) (\d+) "((?:[^"\\]|\\x..)*)" "((?:[^"\\]|\\x..)*)" (\S+) \d+\.\d{3} (-|[0-9a-f]{32})$/;
const fields = (line: string | undefined): string[] => combined.exec(line ?? '')?.slice(1) ?? [];

test('each request leaves a line that readers of access logs know, and nothing in it makes another', async (t) => {
  const gateway = await Gateway.start(t, {
    args: ['--access-log', at('access.log'), '--trusted-proxies', '127.0.0.1', '--isolation', 'none'],
  });
  await gateway.deploy({
    name: 'hello',
    files: { 'handler.js': "module.exports = () => 'hello';" },
    spec: { annotations: { 'com.wherry.visibility': 'public' } },
  });
  const before = (await lines(at('access.log'), 2)).length;
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  const answer = await gateway.call('hello', {
    headers: { 'x-forwarded-for': '203.0.113.7', referer: 'a"b', traceparent },
  });
  await gateway.call('nobody');
  await raw(
    gateway,
    'GET /function/hello?x="y HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "one\\two\xff\r\nX-Forwarded-For: not an address\r\nConnection: close\r\n\r\n',
  );
  const [called, unknown, odd] = (await lines(at('access.log'), before + 3)).slice(before).map(fields);
  assert.deepEqual(
    [called?.[0], called?.[1], called?.[2], called?.[4], called?.[6]],
    ['203.0.113.7', 'GET /function/hello HTTP/1.1', '200', 'a\\x22b', answer.headers.get('x-call-id')],
  );
  assert.deepEqual([called?.[7], unknown?.[7]], ['0af7651916cd43dd8448eb211c80319c', '-']);
  assert.ok(Number(called?.[3]) > 'hello'.length);
  assert.deepEqual([unknown?.[0], unknown?.[2]], ['127.0.0.1', '404']);
  assert.deepEqual(
    [odd?.[0], odd?.[1], odd?.[5]],
    ['-', 'GET /function/hello?x=\\x22y HTTP/1.1', '\\x22one\\x5ctwo\\xff'],
  );
  assert.equal(statSync(at('access.log')).mode & 0o777, 0o600);

  renameSync(at('access.log'), at('access.log.1'));
  await gateway.call('hello');
  assert.equal((await lines(at('access.log'), 1)).length, 1, 'one that is moved away is begun again');
  await gateway.call('nobody');
  await gateway.stop();
  assert.equal(read(at('access.log')).length, 2, 'what is not written yet is, before it ends');
});

test('a link in its place is not followed', async () => {
  writeFileSync(at('precious'), '');
  symlinkSync(at('precious'), at('link.log'));
  const { output } = await Gateway.refused({ args: ['--access-log', at('link.log')] });
  assert.match(output, /accessLog: /);
  assert.equal(readFileSync(at('precious'), 'utf8'), '');
});
