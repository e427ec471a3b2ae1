// The queue as clients meet it: a real gateway, real functions, real receivers.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { QueuePayload, Redriven } from '@wherry/wire/queue-payloads';
import type { CallOutcome, QueuedCall, QueueLane } from '@wherry/wire/queued-calls';
import { Gateway } from './gateway.ts';

const receiver = http.createServer();
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
after(() => receiver.close());
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;

const gateway = await Gateway.start({ after }, { args: ['--queue-callbacks', '127.0.0.1'] });
const echo =
  'module.exports = async (event) => ({ method: event.method, path: event.path, query: event.query, headers: event.headers, body: String(event.body) });';
await gateway.deploy({ name: 'echo', files: { 'handler.js': echo } });

function enqueue(name: string, init: RequestInit = {}, path = ''): Promise<Response> {
  return fetch(`${gateway.url}/async-function/${name}${path}`, { method: 'POST', ...init });
}

async function outcome(id: string): Promise<CallOutcome> {
  const response = await gateway.system('GET', `/system/calls/${id}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as CallOutcome;
}

/** Asks until a call is in a state. */
async function until(id: string, state: QueuedCall['state']): Promise<QueuedCall> {
  for (;;) {
    const { call } = await outcome(id);
    if (call?.state === state) return call;
  }
}

interface Delivered {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The next answer that somebody sends to us. */
async function delivery(status = 200): Promise<Delivered> {
  const [request, response] = (await once(receiver, 'request')) as [
    http.IncomingMessage,
    http.ServerResponse,
  ];
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  response.writeHead(status).end();
  return { headers: request.headers, body: Buffer.concat(pieces) };
}

const refused = async (response: Promise<Response>) => {
  const { status, headers } = await response;
  return [status, headers.get('x-wherry-error')];
};

test('a call is accepted with what OpenFaaS clients look for, made once, and its answer kept', async () => {
  const accepted = await enqueue(
    'echo',
    { body: 'you', headers: { 'content-type': 'text/plain' } },
    '/a%2Fb?x=1',
  );
  assert.equal(accepted.status, 202);
  assert.equal(await accepted.text(), '');
  for (const name of ['x-call-id', 'x-start-time', 'x-served-by'])
    assert.ok(accepted.headers.get(name), name);
  const id = accepted.headers.get('x-call-id') ?? '';
  const { result, attempts } = await until(id, 'done');
  const seen = JSON.parse(result?.body ?? '') as {
    method: string;
    path: string;
    body: string;
    headers: Record<string, string>;
  };
  assert.deepEqual([seen.method, seen.path, seen.body, attempts], ['POST', '/a%2Fb', 'you', 1]);
  assert.deepEqual([seen.headers['x-call-id'], seen.headers['x-wherry-attempt']], [id, '1']);
  const { attempts: records } = await outcome(id);
  assert.deepEqual(
    records.map(({ id: of, trigger, status }) => [of, trigger, status]),
    [[id, 'async', 200]],
  );
});

test('the caller’s own id is the one that is spoken of', async () => {
  const accepted = await enqueue('echo', { headers: { 'x-call-id': 'mine-1' } });
  assert.equal(accepted.headers.get('x-call-id'), 'mine-1');
  const call = await until('mine-1', 'done');
  assert.equal(call.alias, 'mine-1');
  assert.match(call.result?.body ?? '', /"x-call-id":"mine-1"/);
});

test('what could not be called is not accepted', async () => {
  assert.deepEqual(await refused(enqueue('nobody')), [404, 'function_unknown']);
  assert.deepEqual(await refused(enqueue('echo', { method: 'PUT' })), [405, 'method_not_allowed']);
  assert.deepEqual(await refused(enqueue('echo', { body: Buffer.alloc(10 * 2 ** 20 + 1) })), [
    413,
    'body_too_large',
  ]);
  const to = (url: string) => refused(enqueue('echo', { headers: { 'x-callback-url': url } }));
  for (const url of [
    'http://169.254.169.254/latest',
    'http://10.0.0.1/',
    'http://[::1]/',
    'file:///etc/passwd',
  ])
    assert.deepEqual(await to(url), [400, 'callback_refused'], url);
});

test('a body of ten mebibytes, and one of which nobody said how long it is, arrive whole', async () => {
  await gateway.deploy({
    name: 'count',
    files: { 'handler.js': 'module.exports = (event) => String(event.body.length);' },
  });
  const big = await enqueue('count', {
    body: 'x'.repeat(10 * 2 ** 20),
    headers: { 'content-type': 'text/plain' },
  });
  assert.equal(big.status, 202, await big.text());
  assert.equal((await until(big.headers.get('x-call-id') ?? '', 'done')).result?.body, String(10 * 2 ** 20));
  const pieces = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 100; i++) controller.enqueue(new TextEncoder().encode('y'.repeat(1000)));
      controller.close();
    },
  });
  const streamed = await enqueue('count', {
    body: pieces,
    duplex: 'half',
    headers: { 'content-type': 'text/plain' },
  } as RequestInit);
  assert.equal((await until(streamed.headers.get('x-call-id') ?? '', 'done')).result?.body, '100000');
});

test('the answer goes to the caller’s address, signed, with what OpenFaaS says of it', async () => {
  const coming = delivery();
  const accepted = await enqueue('echo', {
    body: 'hi',
    headers: { 'x-callback-url': hook, 'content-type': 'text/plain' },
  });
  const { headers, body } = await coming;
  assert.equal(headers['x-call-id'], accepted.headers.get('x-call-id'));
  assert.deepEqual([headers['x-function-name'], headers['x-function-status']], ['echo', '200']);
  assert.match(String(headers['x-duration-seconds']), /^\d+\.\d+$/);
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal((JSON.parse(body.toString()) as { body: string }).body, 'hi');
  const { key } = (await (
    await gateway.system('GET', `/system/queue/key?receiver=${encodeURIComponent(hook)}`)
  ).json()) as { key: string };
  const secret = Buffer.from(key.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body.toString()}`;
  const hmac = createHmac('sha256', secret).update(signed).digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${hmac}`);
});

test('a receiver that fails gets it again, the same one', async () => {
  const first = delivery(500);
  await enqueue('echo', { headers: { 'x-callback-url': hook } });
  const id = (await first).headers['webhook-id'];
  assert.equal((await delivery()).headers['webhook-id'], id);
});

test('a function that calls itself later is stopped', async () => {
  const handler = `
    module.exports = async (event) => {
      const depth = event.headers['x-wherry-depth'];
      const answer = await fetch('http://gateway:8080/async-function/loop', { method: 'POST', body: 'again' });
      console.log('depth ' + depth + ' got ' + answer.status);
      return depth;
    };`;
  await gateway.deploy({
    name: 'loop',
    files: { 'handler.js': handler },
    spec: { annotations: { 'com.wherry.network': 'functions' } },
  });
  const { headers } = await enqueue('loop');
  await until(headers.get('x-call-id') ?? '', 'done');
  let calls: QueuedCall[] = [];
  while (calls.filter(({ state }) => state === 'done').length < 8) {
    const response = await gateway.system('GET', '/system/queue/calls?function=loop&limit=100');
    calls = (await response.json()) as QueuedCall[];
    assert.ok(calls.length <= 8, `${calls.length} calls`);
  }
  assert.deepEqual(
    calls.map(({ depth }) => depth).sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  let logs = '';
  while (!logs.includes('depth 7 got 508'))
    logs = await (await gateway.system('GET', '/system/logs?name=loop&tail=-1')).text();
});

test('what failed for good is listed, can be tried again, and removed', async () => {
  const handler =
    'const fs = require("fs"); module.exports = (event, context) => context.status(event.body === "ok" ? 200 : 500).succeed("no");';
  await gateway.deploy({
    name: 'picky',
    files: { 'handler.js': handler },
    spec: {
      annotations: {
        'com.openfaas.retry.attempts': '2',
        'com.openfaas.retry.min_wait': '10ms',
        'com.openfaas.retry.max_wait': '20ms',
      },
    },
  });
  const ids: string[] = [];
  for (const _ of [1, 2]) ids.push((await enqueue('picky', { body: 'no' })).headers.get('x-call-id') ?? '');
  for (const id of ids) {
    const dead = await until(id, 'dead');
    assert.deepEqual([dead.reason, dead.attempts, dead.last?.status], ['attempts', 2, 500]);
  }
  const lanes = (await (await gateway.system('GET', '/system/queue')).json()) as QueueLane[];
  assert.equal(lanes.find(({ name }) => name === 'picky')?.dead, 2);
  const again = await gateway.system('POST', '/system/queue/redrive', { ids: [ids[0]] });
  assert.deepEqual(await again.json(), { ids: [ids[0]] });
  await until(ids[0] ?? '', 'dead');
  const gone = await gateway.system('POST', '/system/queue/discard', { function: 'picky' });
  assert.equal(((await gone.json()) as { ids: string[] }).ids.length, 2);
  const rest = await gateway.system('GET', '/system/queue/calls?function=picky&state=dead');
  assert.deepEqual(await rest.json(), []);
});

test('a dead letter is tried again with another body: the first stays as it was, and who did it is on record', async () => {
  const handler =
    'module.exports = (event, context) => context.status(event.body === "ok" ? 200 : 400 + 100 * Number(event.body !== "ok")).succeed(JSON.stringify(event.headers));';
  const annotations = { 'com.openfaas.retry.attempts': '1' };
  await gateway.deploy({ name: 'strict', files: { 'handler.js': handler }, spec: { annotations } });
  const headers = { 'x-note': 'mine', 'content-md5': 'of the old body', 'x-api-key': 'hush' };
  const body = 'no \u0000 \u00e9';
  const id = (await enqueue('strict', { body, headers }, '/a?b=c')).headers.get('x-call-id') ?? '';
  await until(id, 'dead');
  const payloadOf = (headers = gateway.admin) =>
    fetch(`${gateway.url}/system/queue/calls/${id}/payload`, { headers });
  const payload = (await (await payloadOf()).json()) as QueuePayload;
  assert.deepEqual([payload.path, payload.body, payload.withheld], ['/a?b=c', body, ['x-api-key']]);
  const edit = (edited: object, of = id) =>
    gateway.system('POST', `/system/queue/calls/${of}/redrive`, edited);
  assert.deepEqual(await refused(edit({ body: 7 })), [400, 'bad_request']);
  assert.deepEqual(await refused(edit({ body: 'ok' }, 'nobody')), [404, 'call_unknown']);
  const done = (await (await edit({ body: 'ok', contentType: 'text/x-fixed' })).json()) as Redriven;
  assert.equal(done.replayOf, id);
  const { call } = await until(done.id, 'done').then(() => outcome(done.id));
  const seen = JSON.parse(call?.result?.body ?? '') as Record<string, string>;
  assert.equal(call?.result?.status, 200);
  assert.deepEqual(
    [
      seen['x-note'],
      seen['x-api-key'],
      seen['content-md5'],
      seen['content-type'],
      seen['x-wherry-replay-of'],
    ],
    ['mine', 'hush', undefined, 'text/x-fixed', id],
  );
  const first = (await outcome(id)).call;
  assert.deepEqual([first?.state, first?.editedAs], ['dead', done.id]);
  assert.deepEqual(await (await payloadOf()).json(), payload, 'the original is kept');
  assert.deepEqual(await refused(edit({ body: 'ok' })), [409, 'not_a_dead_letter']);
  assert.deepEqual(await refused(edit({ body: 'ok' }, done.id)), [404, 'call_unknown']);
  const some = await gateway.system('POST', '/system/tokens', {
    ...{ name: 'some', scopes: ['invoke', 'deploy'], functions: 'str*' },
  });
  const restricted = { authorization: `Bearer ${((await some.json()) as { token: string }).token}` };
  for (const as of [gateway.admin, restricted])
    for (const all of [{ function: 'strict' }, { lane: 'strict.openfaas-fn' }, { all: true }]) {
      const others = await gateway.system('POST', '/system/queue/redrive', all, as);
      assert.deepEqual(await others.json(), { ids: [] }, 'it is not made twice by whoever tries all of them');
    }

  for (const [name, scopes] of [
    ['looks', ['read']],
    ['calls', ['invoke', 'deploy']],
  ] as const) {
    const made = await gateway.system('POST', '/system/tokens', { name, scopes });
    const { token } = (await made.json()) as { token: string };
    const theirs = { authorization: `Bearer ${token}` };
    assert.equal((await payloadOf(theirs)).status, 403, name);
    const tried = await fetch(`${gateway.url}/system/queue/calls/${id}/redrive`, {
      method: 'POST',
      headers: theirs,
      body: '{"body":"ok"}',
    });
    assert.equal(tried.status, 403, name);
  }
  const audit = await (await gateway.system('GET', '/system/audit?limit=50')).text();
  assert.match(audit, new RegExp(`redriveEdited[^]*${done.id}|${done.id}[^]*redriveEdited`));
  assert.match(audit, /readPayload/);
  assert.doesNotMatch(audit, /x-fixed/);
});

test('who names a call by an id that others use as well means the one that can be changed so', async () => {
  const handler =
    'module.exports = (event, context) => context.status(event.body === "ok" ? 200 : 500).succeed("");';
  for (const name of ['twins', 'stranger'])
    await gateway.deploy({
      ...{ name, files: { 'handler.js': handler } },
      spec: { annotations: { 'com.openfaas.retry.attempts': '1' } },
    });
  const headers = { 'x-call-id': 'twin' };
  const made = await gateway.system('POST', '/system/tokens', {
    ...{ name: 'twins', scopes: ['read', 'invoke', 'deploy'], functions: 'twins' },
  });
  const theirs = { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  await enqueue('twins', { body: 'no', headers });
  const dead = async (): Promise<QueuedCall[]> =>
    (await (
      await gateway.system('GET', '/system/queue/calls?function=twins&state=dead')
    ).json()) as QueuedCall[];
  while ((await dead()).length === 0);
  const [first] = await dead();
  await enqueue('twins', { body: 'ok', headers });
  await enqueue('stranger', { body: 'no', headers });
  const done = async (of: string, state: string): Promise<number> =>
    ((await (await gateway.system('GET', `/system/queue/calls?function=${of}&state=${state}`)).json()) as [])
      .length;
  while ((await done('twins', 'done')) === 0 || (await done('stranger', 'dead')) === 0);
  const change = async (what: string, body: object, as = gateway.admin) =>
    (await gateway.system('POST', `/system/queue/${what}`, body, as)).json();
  assert.deepEqual(await change('redrive', { ids: ['twin'] }, theirs), { ids: [first?.id] });
  while ((await dead()).length === 0);
  assert.deepEqual(await change('redrive', { all: true }, theirs), { ids: [first?.id] });
  while ((await dead()).length === 0);
  assert.deepEqual(await change('discard', { lane: 'stranger.openfaas-fn' }, theirs), { ids: [] });
  assert.deepEqual(await change('discard', { lane: 'twins.openfaas-fn' }, theirs), { ids: [first?.id] });
});

test('a call is taken back as OpenFaaS has it, and who may not call may not look either', async () => {
  const waits = await enqueue('echo', { headers: { 'x-wherry-delay': '1h' } });
  const id = waits.headers.get('x-call-id') ?? '';
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'other',
    scopes: ['invoke'],
    functions: 'other-*',
  });
  const { token } = (await made.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${gateway.url}/system/calls/${id}`, { headers })).status, 404);
  assert.equal(
    (await fetch(`${gateway.url}/async-function/${id}`, { method: 'DELETE', headers })).status,
    404,
  );
  assert.equal((await fetch(`${gateway.url}/async-function/${id}`, { method: 'DELETE' })).status, 401);
  assert.equal((await gateway.system('DELETE', `/async-function/${id}`)).status, 202);
  assert.equal((await outcome(id)).call?.state, 'cancelled');
  assert.equal((await gateway.system('DELETE', `/system/calls/${id}`)).status, 409);
});
