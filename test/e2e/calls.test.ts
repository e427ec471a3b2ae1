import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

interface Raw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** By Node's own client, which sends paths and headers as they are given. */
function request(path: string, options: http.RequestOptions = {}, body?: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = http.request({ hostname, port, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const seen = {
  'handler.js':
    'module.exports = (event) => ({ method: event.method, path: event.path, query: event.query, headers: event.headers, body: event.body });',
};

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

test('path and query behind the name reach the function as they were sent', async () => {
  await gateway.deploy({
    name: 'raw',
    files: { 'handler.js': 'module.exports = (req, res) => res.end(req.url);' },
  });
  for (const path of ['/', '/a%2Fb', '/a//b/../c', '/%25', '/%3Fx?y=%26&z', '/?q=1', '/;p=1?']) {
    assert.equal((await request(`/function/raw${path}`)).body, path);
  }
  assert.equal((await request('/function/raw')).body, '/');
  assert.equal((await request('/function/raw?x=1')).body, '/?x=1');
  assert.equal((await request('/function/raw.openfaas-fn/p')).body, '/p', 'the namespace may be named');
});

test('headers of the connection stay behind, ours are added, and nobody can claim another address', async () => {
  await gateway.deploy({ name: 'seen', files: seen });
  const headers = {
    connection: 'keep-alive, x-mine',
    'x-mine': 'secret',
    te: 'trailers',
    'proxy-authorization': 'Basic eA==',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'bank.example',
    'x-custom': 'kept',
    'x-call-id': 'my-own-id',
  };
  const answer = await request('/function/seen', { headers });
  const got = (JSON.parse(answer.body) as Seen).headers;
  for (const name of ['x-mine', 'te', 'proxy-authorization', 'connection'])
    assert.equal(got[name], undefined, name);
  assert.equal(got['x-custom'], 'kept');
  assert.equal(got['x-forwarded-for'], '127.0.0.1');
  assert.notEqual(got['x-forwarded-host'], 'bank.example');
  assert.equal(got['x-call-id'], 'my-own-id');
  assert.equal(answer.headers['x-call-id'], 'my-own-id');
  assert.match(String(answer.headers['x-start-time']), /^\d{19}$/);
  assert.match(String(answer.headers['x-duration-seconds']), /^\d+\.\d+$/);
});

test('the platform’s own token never reaches a function; somebody else’s does', async () => {
  await gateway.deploy({ name: 'seen', files: seen });
  const ours = await request('/function/seen', { headers: { authorization: `Bearer ${gateway.token}` } });
  assert.equal((JSON.parse(ours.body) as Seen).headers['authorization'], undefined);
  const basic = `Basic ${Buffer.from(`admin:${gateway.token}`).toString('base64')}`;
  const asBasic = await request('/function/seen', { headers: { authorization: basic } });
  assert.equal((JSON.parse(asBasic.body) as Seen).headers['authorization'], undefined);
  const theirs = await request('/function/seen', { headers: { authorization: 'Bearer of-the-function' } });
  assert.equal((JSON.parse(theirs.body) as Seen).headers['authorization'], 'Bearer of-the-function');
});

test('redirects go through, and no call is without an id', async () => {
  await gateway.deploy({
    name: 'moved',
    files: {
      'handler.js':
        'module.exports = (e, c) => c.status(302).headers({ location: "/elsewhere" }).succeed("");',
    },
  });
  const answer = await request('/function/moved');
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.location, '/elsewhere');
  assert.match(String(answer.headers['x-call-id']), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.match(String((await request('/function/no-such-function')).headers['x-call-id']), /^[0-9a-f-]{36}$/);
});

test('HEAD has headers and no body; several cookies stay several', async () => {
  await gateway.deploy({
    name: 'head',
    files: {
      'handler.mjs':
        'export const fetch = () => { const h = new Headers(); h.append("set-cookie", "a=1"); h.append("set-cookie", "b=2"); return new Response("body", { headers: h }); };',
    },
  });
  const head = await request('/function/head', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  assert.deepEqual((await request('/function/head')).headers['set-cookie'], ['a=1', 'b=2']);
});

test('a length that the function announces reaches the caller, and holds: less is half an answer, more is none', async () => {
  const handler = `module.exports = (req, res) => {
  const [, announced, sent] = req.url.split('/').map(Number);
  res.setHeader('Content-Length', announced);
  res.flushHeaders();
  setTimeout(() => { res.write('x'.repeat(sent)); setTimeout(() => res.end(), 20); }, 20);
};`;
  await gateway.deploy({ name: 'lengthy', files: { 'handler.js': handler } });
  const well = await request('/function/lengthy/5/5');
  assert.deepEqual(
    [well.status, well.headers['content-length'], well.headers['transfer-encoding'], well.body],
    [200, '5', undefined, 'xxxxx'],
  );
  for (const wrong of ['5/3', '5/7', '100000/1', '1/100000'])
    await assert.rejects(request(`/function/lengthy/${wrong}`), wrong);
  assert.equal((await request('/function/lengthy/5/5')).body, 'xxxxx', 'the next caller does not notice');
  const records = (await (await gateway.system('GET', '/system/calls?name=lengthy&limit=20')).json()) as {
    error?: { code: string };
  }[];
  const garbled = records.filter((record) => JSON.stringify(record).includes('function_garbled'));
  assert.equal(garbled.length, 4, `it is the function's fault: ${JSON.stringify(records.slice(0, 2))}`);
});

test('server-sent events arrive one by one, while the function still runs', async () => {
  const source = `
    let more;
    export const fetch = (request) => {
      if (new URL(request.url).pathname === '/more') { more(); return new Response('told'); }
      let n = 0;
      return new Response(new ReadableStream({
        async pull(controller) {
          if (n === 3) return controller.close();
          if (n > 0) await new Promise((resolve) => { more = resolve; });
          controller.enqueue(new TextEncoder().encode('data: ' + n++ + '\\n\\n'));
        },
      }, { highWaterMark: 0 }), { headers: { 'content-type': 'text/event-stream' } });
    };`;
  await gateway.deploy({ name: 'events', files: { 'handler.mjs': source } });
  const response = await gateway.call('events');
  const events: string[] = [];
  // Each event but the first is made only after the one before it has arrived here.
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    events.push(Buffer.from(piece).toString());
    if (events.length < 3) assert.equal(await gateway.said('events', '', '/more'), 'told');
  }
  assert.deepEqual(events, ['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n']);
});

test('a caller that goes away cancels its call at the function', async () => {
  const source = `
    let tell;
    const gone = new Promise((resolve) => { tell = resolve; });
    export const fetch = (request) => {
      if (new URL(request.url).pathname === '/gone') return gone.then((how) => new Response(how));
      request.signal.addEventListener('abort', () => tell('aborted'));
      return new Response(new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('begun')),
        pull: () => new Promise(() => {}),
      }));
    };`;
  await gateway.deploy({ name: 'leaving', files: { 'handler.mjs': source } });
  const leaving = new AbortController();
  const response = await gateway.call('leaving', { signal: leaving.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'begun');
  leaving.abort();
  await reader.read().catch(() => undefined);
  assert.equal(await gateway.said('leaving', '', '/gone'), 'aborted');
});

test('a call that reads nothing of its body is told of its end as well', async () => {
  const source = `
    let tell;
    const gone = new Promise((resolve) => { tell = resolve; });
    export default { fetch(request) {
      if (new URL(request.url).pathname === '/gone') return gone.then((how) => new Response(how));
      request.signal.addEventListener('abort', () => tell('aborted'));
      return new Promise(() => {});
    } };`;
  const spec = { annotations: { 'com.wherry.timeout': '1s' } };
  await gateway.deploy({ name: 'unread', files: { 'handler.mjs': source }, spec });
  const body = Buffer.alloc(8 * 2 ** 20);
  const answer = await gateway.call('unread', { method: 'POST', body }).catch(() => undefined);
  // The answer may be lost behind what the caller could not send.
  if (answer !== undefined) assert.equal(answer.status, 504);
  // The second has the same deadline.
  let gone = await gateway.call('unread', {}, '/gone');
  while (gone.status === 504) gone = await gateway.call('unread', {}, '/gone');
  assert.equal(await gone.text(), 'aborted');
});

test('a call that takes too long is answered by 504 with its reason, and its record tells the same', async () => {
  await gateway.deploy({
    name: 'slow',
    files: { 'handler.js': 'module.exports = () => new Promise(() => {});' },
    spec: { annotations: { 'com.wherry.timeout': '300ms' } },
  });
  const answer = await request('/function/slow', { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 504);
  const { error } = JSON.parse(answer.body) as {
    error: { code: string; fault: string; callId: string; next: string };
  };
  assert.equal(error.code, 'function_timeout');
  assert.equal(error.fault, 'function');
  const [record] = (await (await gateway.system('GET', `/system/calls?id=${error.callId}`)).json()) as {
    status: number;
    error: string;
    name: string;
  }[];
  assert.equal(record?.status, 504);
  assert.equal(record?.error, 'function_timeout');
  assert.equal(record?.name, 'slow');
});

test('every call leaves a record with times, bytes, instance, and whose fault it was', async () => {
  await gateway.deploy({
    name: 'kept',
    files: {
      'handler.js':
        'module.exports = (event) => { if (event.body === "throw") throw new Error("as asked"); return event.body; };',
    },
  });
  await gateway.said('kept', 'twelve bytes');
  await gateway.call('kept', { method: 'POST', body: 'throw', headers: { 'content-type': 'text/plain' } });
  await gateway.call('nobody-here');
  const calls = (await (await gateway.system('GET', '/system/calls?limit=3')).json()) as Record<
    string,
    unknown
  >[];
  assert.equal(calls.length, 3);
  const [unknown, thrown, fine] = calls;
  assert.equal(unknown?.['error'], 'function_unknown');
  assert.equal(unknown?.['fault'], 'caller');
  assert.equal(thrown?.['status'], 500);
  assert.equal(thrown?.['fault'], 'function');
  assert.equal(fine?.['status'], 200);
  assert.equal(fine?.['bytesIn'], 12);
  assert.equal(fine?.['bytesOut'], 12);
  assert.equal(fine?.['cold'], false);
  assert.match(String(fine?.['instance']), /^[0-9a-f]+$/);
  assert.ok(Number(fine?.['runMs']) > 0 && Number(fine?.['totalMs']) >= Number(fine?.['runMs']));
});

test('an instance that ends during a call: 502 with the reason and its last words, kept for later', async () => {
  await gateway.deploy({
    name: 'ends',
    files: { 'handler.js': 'module.exports = () => { console.log("my last words"); process.exit(3); };' },
  });
  const answer = await request('/function/ends');
  assert.equal(answer.status, 502);
  assert.match(answer.body, /function_crashed[\s\S]*exited with code 3[\s\S]*my last words/);
  const state = (await (await gateway.system('GET', '/system/function/ends/state')).json()) as {
    exits: { reason: string; lastWords: string[]; exitCode: number }[];
  };
  assert.equal(state.exits[0]?.exitCode, 3);
  assert.deepEqual(state.exits[0]?.lastWords, ['my last words']);
  const logs = await (await gateway.system('GET', '/system/logs?name=ends')).text();
  const lines = logs
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  assert.ok(lines.includes('my last words'));
  assert.ok(lines.some((line) => /exited with code 3/.test(line)));
});

test('metrics count what the caller counted, under OpenFaaS’s names', async () => {
  await gateway.deploy({
    name: 'counted',
    files: { 'handler.js': 'module.exports = (e, c) => c.status(Number(e.query.code ?? 200)).succeed("x");' },
  });
  for (let i = 0; i < 7; i++) await gateway.call('counted');
  for (let i = 0; i < 3; i++) await gateway.call('counted', {}, '?code=418');
  const text = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
  assert.match(
    text,
    /gateway_function_invocation_total\{code="200",function_name="counted\.openfaas-fn"\} 7\n/,
  );
  assert.match(
    text,
    /gateway_function_invocation_total\{code="418",function_name="counted\.openfaas-fn"\} 3\n/,
  );
  assert.match(
    text,
    /gateway_functions_seconds_bucket\{code="200",function_name="counted\.openfaas-fn",le="\+Inf"\} 7\n/,
  );
  assert.match(text, /gateway_function_invocation_started\{function_name="counted\.openfaas-fn"\} 10\n/);
  assert.equal((await fetch(`${gateway.url}/metrics`)).status, 404, 'only on their own listener');
});
