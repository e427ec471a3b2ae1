import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';
import { groupsNamed, processesUnder } from './machine.ts';

const hello = {
  name: 'hello',
  files: { 'handler.js': 'console.log("loaded"); module.exports = () => "still here";' },
};

/** How often the function's archived log says that it was loaded. */
async function loads(gateway: Gateway): Promise<number> {
  const logs = await (await gateway.system('GET', '/system/logs?name=hello')).text();
  return logs.split('\n').filter((line) => line.includes('"text":"loaded"')).length;
}

test('functions, tokens, logs and records outlive a kill -9, and nothing has to be deployed again', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const before = await Gateway.start(t, { home });
  await before.deploy(hello);
  assert.equal(await before.said('hello'), 'still here');
  const made = await before.system('POST', '/system/tokens', { name: 'ci', scopes: ['read'] });
  const { token } = (await made.json()) as { token: string };
  const calls = (await (await before.system('GET', '/system/calls')).json()) as unknown[];
  assert.equal(calls.length, 1);
  // What an instance writes is kept a moment after its answer.
  while ((await loads(before)) < 1);
  await before.stop('SIGKILL');

  const after = await Gateway.start(t, { home });
  const listed = await fetch(`${after.url}/system/functions`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.deepEqual(
    ((await listed.json()) as { name: string; invocationCount: number }[]).map(
      ({ name, invocationCount }) => [name, invocationCount],
    ),
    [['hello', 1]],
  );
  assert.equal(await after.said('hello'), 'still here');
  const records = (await (await after.system('GET', '/system/calls?function=hello')).json()) as {
    cold: boolean;
    wakeMs: number;
  }[];
  assert.deepEqual(
    records.map(({ cold }) => cold),
    [true, false],
    'the call after the restart woke it',
  );
  assert.ok((records[0]?.wakeMs ?? 0) > 0);
  while ((await loads(after)) < 2);
});

test('a killed gateway leaves no process behind, and the next start clears its folders and groups', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const killed = await Gateway.start(t, { home });
  await killed.deploy(hello);
  assert.ok(processesUnder(killed.process.pid as number).length > 0, 'there is something to leave behind');
  const instances = processesUnder(killed.process.pid as number);
  await killed.stop('SIGKILL');
  if (process.platform === 'linux') await Promise.all(instances.map((one) => one.gone()));
  const next = await Gateway.start(t, { home });
  assert.equal(await next.said('hello'), 'still here');
  await next.stop();
  assert.equal(existsSync(join(home, 'run', 'instances')), false);
  assert.deepEqual(groupsNamed(home), []);
});

test('Ctrl-C lets a call under way finish, refuses new ones, and leaves no process, socket or group', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const gateway = await Gateway.start(t, { home });
  const source = `
    let finish;
    export const fetch = (request) => {
      if (new URL(request.url).pathname === '/finish') { finish(); return new Response('ok'); }
      return new Response(new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('begun '));
          finish = () => { controller.enqueue(new TextEncoder().encode('finished')); controller.close(); };
        },
      }));
    };`;
  await gateway.deploy({ name: 'long', files: { 'handler.mjs': source } });
  const response = await gateway.call('long');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'begun ');
  // A connection that is open already may still ask; new ones find nobody.
  const keptOpen = await gateway.said('long', '', '/finish').catch((error: Error) => error.message);
  assert.equal(keptOpen, 'ok');
  gateway.process.kill('SIGINT');
  assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'finished');
  assert.equal((await reader.read()).done, true);
  assert.equal(await gateway.ended, 0);
  await assert.rejects(fetch(gateway.url), 'nobody listens any more');
  assert.deepEqual(
    readdirSync(home).filter((name) => name === 'server.json'),
    [],
  );
  assert.equal(existsSync(join(home, 'run', 'instances')), false);
  assert.deepEqual(groupsNamed(home), []);
});

test('SIGTERM: not ready first and calls still answered, then no new ones, and the one under way is finished', async (t) => {
  const gateway = await Gateway.start(t, { args: ['--stop-notice', '5s'] });
  const source = 'export const fetch = async (request) => new Response(await request.text());';
  await gateway.deploy({ name: 'echo', files: { 'handler.mjs': source } });
  // Its end is held back until everything else has been seen.
  const long = request(`${gateway.url}/function/echo`, { method: 'POST' });
  const answered = once(long, 'response') as Promise<[IncomingMessage]>;
  long.write('begun ');
  await gateway.said('echo', 'warm');
  gateway.process.kill('SIGTERM');
  const ready = () => fetch(`${gateway.url}/readyz`).then(({ status }) => status);
  while ((await ready()) !== 503);
  const during = await gateway.call('echo', { method: 'POST', body: 'during' });
  assert.equal(await during.text(), 'during');
  assert.equal(during.headers.get('connection'), 'close');
  let late = await gateway.call('echo', { method: 'POST', body: 'late' });
  for (; late.status === 200; late = await gateway.call('echo', { method: 'POST', body: 'late' }))
    await late.text();
  assert.deepEqual(
    [late.status, late.headers.get('x-wherry-error'), late.headers.get('connection')],
    [503, 'stopping', 'close'],
  );
  assert.match(await conversation(gateway), /^HTTP\/1\.1 503 /, 'nor does a conversation begin');
  assert.equal(await ready(), 503);
  assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  long.end('finished');
  const [response] = await answered;
  assert.equal(response.statusCode, 200);
  assert.equal(Buffer.concat(await response.toArray()).toString(), 'begun finished');
  assert.equal(await gateway.ended, 0);
});

/** What is answered to who wants to go on in WebSocket. */
async function conversation(gateway: Gateway): Promise<string> {
  const { hostname, port, host } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /function/echo HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  return Buffer.concat(await socket.toArray()).toString();
}

test('the admin token stays the same over restarts, and a lost one is made anew', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const first = await Gateway.start(t, { home });
  const token = first.token;
  await first.stop();
  const second = await Gateway.start(t, { home });
  assert.equal(second.token, token);
  const rotated = (await (await second.system('POST', '/system/tokens/admin/rotate')).json()) as {
    token: string;
  };
  assert.notEqual(rotated.token, token);
  assert.equal(readFileSync(join(home, 'admin.token'), 'utf8').trim(), rotated.token);
  assert.equal(
    (await fetch(`${second.url}/system/functions`, { headers: { authorization: `Bearer ${token}` } })).status,
    401,
  );
  assert.equal((await second.system('GET', '/system/functions')).status, 200);
  await second.stop();
  rmSync(join(home, 'admin.token'));
  const third = await Gateway.start(t, { home });
  assert.notEqual(third.token, rotated.token);
  assert.equal((await third.system('GET', '/system/functions')).status, 200);
});
