import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

test('labels and annotations come back as they were sent, and those without effect are named with the reason', async () => {
  const labels = {
    'com.openfaas.scale.type': 'cpu',
    'team.example/owner': 'Ada & co',
    'com.openfaas.scale.min': '1',
  };
  const annotations = { topic: 'a,b', schedule: '*/5 * * * *', note: '{"deep": ["json"]}' };
  await gateway.deploy({
    name: 'labelled',
    files: { 'handler.js': 'module.exports = () => "x";' },
    spec: { labels, annotations, constraints: ['gpu=yes'], limits: { memory: '64Mi', cpu: '100m' } },
  });
  const status = (await (await gateway.system('GET', '/system/function/labelled')).json()) as Record<
    string,
    unknown
  >;
  assert.deepEqual(status['labels'], { ...labels, faas_function: 'labelled' });
  assert.deepEqual(status['annotations'], annotations);
  assert.deepEqual([status['constraints'], status['limits']], [['gpu=yes'], { memory: '64Mi', cpu: '100m' }]);
  const state = (await (await gateway.system('GET', '/system/function/labelled/state')).json()) as {
    withoutEffect: { key: string; why: string }[];
  };
  assert.deepEqual(
    state.withoutEffect.map(({ key }) => key),
    ['schedule', 'constraints'],
  );
  assert.match(state.withoutEffect[0]?.why ?? '', /needs the topic cron-function/);
});

test('headers that answers get where the function does not say them itself', async () => {
  const files = {
    'handler.js': `module.exports = (req, res) => {
  if (req.url === '/own') res.setHeader('x-frame-options', 'SAMEORIGIN');
  res.end('page');
};`,
  };
  const headers = 'secure\nX-Robots-Tag: noindex, nofollow';
  await gateway.deploy({ name: 'page', files, spec: { annotations: { 'com.wherry.headers': headers } } });
  const plain = await gateway.call('page');
  assert.equal(plain.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(plain.headers.get('x-frame-options'), 'DENY');
  assert.equal(plain.headers.get('x-robots-tag'), 'noindex, nofollow');
  assert.equal(plain.headers.get('referrer-policy'), 'strict-origin-when-cross-origin');
  const own = await gateway.call('page', {}, '/own');
  assert.equal(own.headers.get('x-frame-options'), 'SAMEORIGIN', 'its own word counts, and stands alone');
  for (const bad of [
    '',
    'no colon',
    'a b: c',
    'Set-Cookie: a=b',
    'Content-Length: 1',
    'X-A: b\u0000',
    'X-A: \u00e9',
    'Access-Control-Allow-Origin: *',
  ]) {
    const refused = await gateway.tryDeploy({
      name: 'bad',
      files,
      spec: { annotations: { 'com.wherry.headers': bad } },
    });
    assert.equal(refused.status, 400, JSON.stringify(bad));
    assert.match(await refused.text(), /com\.wherry\.headers/);
  }
});

test('a function takes bodies up to what it says: by their length, or as they come', async () => {
  const files = {
    'handler.js': 'module.exports = (event, context) => context.succeed(String(event.body.length));',
  };
  await gateway.deploy({ name: 'small', files, spec: { annotations: { 'com.wherry.max-body': '100Ki' } } });
  const send = async (bytes: number, chunked = false): Promise<readonly [number, string]> => {
    const body = Buffer.alloc(bytes, 'a');
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes; at += 10_000) controller.enqueue(body.subarray(at, at + 10_000));
        controller.close();
      },
    });
    const init = {
      method: 'POST',
      body: chunked ? stream : body,
      duplex: 'half',
      headers: { 'content-type': 'text/plain' },
    };
    const answer = await gateway.call('small', init as RequestInit);
    return [answer.status, await answer.text()];
  };
  for (const chunked of [false, true]) {
    assert.deepEqual(await send(100 * 1024, chunked), [200, String(100 * 1024)]);
    const [status, text] = await send(100 * 1024 + 1, chunked);
    assert.equal(status, 413);
    assert.match(text, /more than 102400 bytes \(com\.wherry\.max-body\)/);
  }
  await gateway.deploy({ name: 'small', files, spec: { annotations: { 'com.wherry.max-body': '10' } } });
  assert.equal((await send(10))[0], 200);
  assert.equal((await send(11))[0], 413, 'also one that comes whole');
});

test('a path that begins with two slashes leads to the one with one, and nowhere else', async () => {
  const ask = (path: string, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { method, headers: gateway.admin, redirect: 'manual' });
  for (const [path, to] of [
    ['//system/functions?namespace=x', '/system/functions?namespace=x'],
    ['//healthz', '/healthz'],
    ['//function/page/a', '/function/page/a'],
    ['///system/info', '/system/info'],
  ] as const) {
    const raw = await rawGet(path);
    assert.match(
      raw,
      new RegExp(`^HTTP/1\\.1 301 [\\s\\S]*location: ${to.replace('?', '\\?')}\r\n`, 'i'),
      path,
    );
  }
  assert.equal((await ask('//system/functions', 'POST')).status, 308, 'with its method');
  for (const path of [
    '//evil.example/',
    '//evil.example/%2e%2e',
    '/none//at/all',
    '/system//info',
    '//system//info',
  ])
    assert.match(await rawGet(path), /^HTTP\/1\.1 404 /, path);
});

/** As it is written: fetch would clean the path itself. */
function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (bytes) => (text += bytes));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
