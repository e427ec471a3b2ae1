import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import { Client } from './client.ts';
import { basic, bearer } from './connection.ts';
import { ClientError } from './client-error.ts';
import { encodeError } from './error-answer.ts';
import { wholeBody } from './transport.ts';

async function serve(t: TestContext, listener: RequestListener): Promise<Client> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new Client({ url: `http://127.0.0.1:${port}/`, origin: 'the test', authorization: bearer('t') });
}

const rejection = async (promise: Promise<unknown>): Promise<ClientError> => {
  const error = await promise.then(
    () => assert.fail('it was fulfilled'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ClientError, String(error));
  return error;
};

test('asks with its token and reads the answer', async (t) => {
  const client = await serve(t, (request, answer) => {
    answer.end(
      JSON.stringify([{ name: `${request.method} ${request.url} ${request.headers.authorization}` }]),
    );
  });
  assert.deepEqual(await client.listFunctions('n'), [{ name: 'GET /system/functions?namespace=n Bearer t' }]);
  assert.equal(basic('admin', 'pä'), 'Basic YWRtaW46cMOk');
});

test('a deployment is a PUT, and a POST after 404', async (t) => {
  const seen: string[] = [];
  const client = await serve(t, (request, answer) => {
    seen.push(request.method ?? '');
    answer.statusCode = request.method === 'PUT' ? 404 : 202;
    answer.end();
  });
  assert.deepEqual(await client.deploy({ service: 'a', image: 'b' }, 1000), {
    result: 'created',
    removed: [],
  });
  assert.deepEqual(seen, ['PUT', 'POST']);
});

test('a failure of the gateway arrives whole', async (t) => {
  const client = await serve(t, (request, answer) => {
    const error = encodeError(
      new WherryError('forbidden', 'no', { component: 'gateway' }),
      request.headers.accept,
      'c',
    );
    answer.writeHead(error.status, { ...error.headers }).end(error.body);
  });
  const error = await rejection(client.info());
  assert.deepEqual(
    [error.status, error.report.code, error.report.cause, error.report.callId],
    [403, 'forbidden', 'no', 'c'],
  );
});

test('a failure of anything else says what it answered', async (t) => {
  const client = await serve(t, (_, answer) =>
    answer.writeHead(502, { 'x-call-id': 'c' }).end('<h1>Bad gateway</h1>'),
  );
  const { report } = await rejection(client.info());
  assert.equal(report.code, 'http_502');
  assert.match(report.title, /127.0.0.1:\d+ \(from the test\) answered 502/);
  assert.match(report.cause, /Bad gateway/);
  assert.equal(report.callId, 'c');
});

test('success that is no JSON is an error, not a surprise later', async (t) => {
  const client = await serve(t, (_, answer) => answer.end('<html>'));
  assert.equal((await rejection(client.info())).report.code, 'garbled_answer');
});

test('an unreachable gateway is named with where its address came from', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((done) => server.close(done));
  const { report } = await rejection(new Client({ url, origin: 'WHERRY_URL' }).info());
  assert.equal(report.code, 'unreachable');
  assert.equal(report.cause, `${url} (from WHERRY_URL): nothing listens there`);
  assert.equal(report.next, 'Start it: wherry server');
});

test('waiting ends', async (t) => {
  const client = await serve(t, () => {});
  const hasty = new Client({ ...client.target, timeoutMs: 20 });
  assert.equal((await rejection(hasty.info())).report.code, 'timed_out');
});

test('an invocation returns any status, follows nothing and keeps the bytes of path and body', async (t) => {
  const client = await serve(t, (request, answer) => {
    answer.writeHead(307, { location: '/elsewhere', 'x-target': request.url ?? '' });
    request.pipe(answer);
  });
  const body = Uint8Array.from({ length: 256 }, (_, i) => i);
  const answer = await client.invoke({ name: 'a', namespace: 'n' }, { target: '/p%2Fq?x=%20', body });
  assert.equal(answer.status, 307);
  assert.equal(answer.headers.find(([name]) => name === 'x-target')?.[1], '/function/a.n/p%2Fq?x=%20');
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  assert.deepEqual(Buffer.concat(chunks), Buffer.from(body));
});

test('a streamed request body goes out as it comes', async (t) => {
  const client = await serve(t, (request, answer) => request.pipe(answer));
  async function* body() {
    yield Buffer.from('a');
    yield Buffer.from('b');
  }
  const answer = await client.invoke({ name: 'a', namespace: 'openfaas-fn' }, { body: body() });
  assert.equal(await wholeBody(answer.body, 10), 'ab');
});

test('log lines are told apart wherever the network cuts them', async (t) => {
  const client = await serve(t, (_, answer) => {
    answer.write('{"text":"ä');
    answer.write('"}\n\n{"te');
    answer.end('xt":"b"}');
  });
  const texts: string[] = [];
  for await (const line of client.readLogs({ name: 'a' })) texts.push(line.text);
  assert.deepEqual(texts, ['ä', 'b']);
});
