import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

// Functions at addresses of their own: a host name, a path, and both.

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const options = { home, args: ['--allowed-hosts', 'gateway.test', '--functions-hosts', '*.apps.test'] };
let gateway = await Gateway.start({ after }, options);

interface Seen {
  readonly status: number;
  readonly text: string;
}

function ask(
  host: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${gateway.url}`,
      { path, method, headers: { host, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on('error', reject).end();
  });
}

const tells = (name: string) => ({
  name,
  files: {
    'handler.js': `module.exports = (req, res) => res.end(JSON.stringify({ by: '${name}', url: req.url, prefix: req.headers['x-forwarded-prefix'] ?? '', host: req.headers['x-forwarded-host'] }));`,
  },
});
const at = (routes: string) => ({ annotations: { 'com.wherry.routes': routes } });
const said = ({ status, text }: Seen): unknown =>
  status === 200 ? (JSON.parse(text) as { by: string; url: string; prefix: string | null }) : status;

test('a host name of its own: every path is the function’s, those of the API as well', async () => {
  await gateway.deploy({ ...tells('shop'), spec: at('shop.example.com') });
  for (const url of ['/', '/a%2Fb?c=d', '/system/functions', '/function/other', '/healthz', '/?x', '/ui/'])
    assert.deepEqual(
      said(await ask('shop.example.com', url)),
      { by: 'shop', url, prefix: '', host: 'shop.example.com' },
      url,
    );
  assert.deepEqual(said(await ask('SHOP.Example.com:8443', '/x')), {
    by: 'shop',
    url: '/x',
    prefix: '',
    host: 'SHOP.Example.com:8443',
  });
  assert.equal((await ask('other.example.com', '/')).status, 421, 'the control: a name that nobody has');
  assert.equal(
    await gateway.said('shop').then((text) => (JSON.parse(text) as { url: string }).url),
    '/',
    'and it stays where it was',
  );
});

test('a path of its own, on every name of the gateway: what is behind it is the function’s, and nothing beside', async () => {
  await gateway.deploy({ ...tells('books'), spec: at('/books') });
  for (const host of ['localhost', '127.0.0.1', 'gateway.test']) {
    assert.deepEqual(said(await ask(host, '/books/1?a')), {
      by: 'books',
      url: '/1?a',
      prefix: '/books',
      host,
    });
    assert.deepEqual(said(await ask(host, '/books')), { by: 'books', url: '/', prefix: '/books', host });
    assert.deepEqual(said(await ask(host, '/books?a')), { by: 'books', url: '/?a', prefix: '/books', host });
    for (const beside of ['/bookshelf', '/book', '/Books', '/%62ooks', '//books', '/books%2f1'])
      assert.equal((await ask(host, beside)).status, 404, beside);
  }
  assert.equal(
    (await ask('shop.example.com', '/books')).status,
    200,
    'on a function’s host it is that function’s',
  );
  assert.equal((JSON.parse((await ask('shop.example.com', '/books')).text) as { by: string }).by, 'shop');
});

test('a path on a host: the longest wins, and what leads nowhere is not found there', async () => {
  await gateway.deploy({ ...tells('v1'), spec: at('api.example.com/v1, api.example.com/v1beta') });
  await gateway.deploy({ ...tells('users'), spec: at('api.example.com/v1/users') });
  const by = async (path: string): Promise<unknown> => {
    const answer = said(await ask('api.example.com', path));
    return typeof answer === 'number'
      ? answer
      : (({ by: who, url }) => [who, url])(answer as { by: string; url: string });
  };
  assert.deepEqual(await by('/v1/users/7'), ['users', '/7']);
  assert.deepEqual(await by('/v1/usersx'), ['v1', '/usersx']);
  assert.deepEqual(await by('/v1beta/x'), ['v1', '/x']);
  for (const path of ['/', '/v2', '/system/functions', '/function/shop', '/healthz'])
    assert.equal(await by(path), 404, path);
});

test('an address has one function: another is refused, until it is let go', async () => {
  const taken = await gateway.tryDeploy({ ...tells('thief'), spec: at('/free, shop.example.com') });
  assert.equal(taken.status, 409);
  assert.match(await taken.text(), /route_taken.*shop\.example\.com leads to shop\.openfaas-fn/s);
  assert.equal((await ask('localhost', '/free')).status, 404, 'a refused deployment holds nothing');
  const broken = await gateway.tryDeploy({
    name: 'broken',
    files: { 'handler.js': 'throw new Error("no")' },
    spec: at('/free'),
  });
  assert.equal(broken.status, 400);
  await gateway.deploy({ ...tells('free'), spec: at('/free') });
  await gateway.deploy({ ...tells('free'), spec: at('/freed') });
  assert.equal((await ask('localhost', '/free')).status, 404);
  assert.equal((await ask('localhost', '/freed')).status, 200);
  await gateway.system('DELETE', '/system/functions', { functionName: 'free' });
  assert.equal((await ask('localhost', '/freed')).status, 404);
  await gateway.deploy({ ...tells('thief'), spec: at('/free, /freed') });
  assert.equal((await ask('localhost', '/free')).status, 200);
});

test('the gateway’s own names and paths are not to be had, nor any others without the right to give them', async () => {
  for (const routes of [
    'gateway.test',
    '/system',
    '/system/x',
    '/function',
    '/healthz',
    '/ui',
    '/api',
    '/async-function',
    '/.well-known/x',
    '/openapi.json',
  ]) {
    const refused = await gateway.tryDeploy({ ...tells('greedy'), spec: at(routes) });
    assert.equal(refused.status, 400, routes);
    assert.match(await refused.text(), /own/);
  }
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'deployer',
    scopes: ['deploy'],
    functions: '*',
  });
  const { token } = (await made.json()) as { token: string };
  const deploy = (routes: string) =>
    gateway.system(
      'POST',
      '/system/functions',
      { service: 'mine', image: 'functions/alpine', envProcess: 'cat', ...at(routes) },
      { authorization: `Bearer ${token}` },
    );
  for (const routes of ['/mine', 'mine.example.com', 'apps.test', 'mine.apps.test.evil.com'])
    assert.equal((await deploy(routes)).status, 403, routes);
  assert.equal((await deploy('mine.apps.test')).status, 202);
  assert.equal((await ask('mine.apps.test', '/', { 'content-type': 'text/plain' }, 'POST')).status, 200);
  assert.equal((await deploy('other.apps.test')).status, 202);
  assert.equal((await ask('mine.apps.test', '/')).status, 421, 'let go with the new version');
});

test('visibility, CORS and WebSockets hold there as they do elsewhere', async () => {
  const annotations = { 'com.wherry.routes': 'talk.example.com', 'com.wherry.cors': 'https://page.example' };
  const files = {
    'index.js': `const server = require('node:http').createServer((req, res) => res.end('hello'));
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n');
  socket.write(request.url);
});
module.exports = server;`,
  };
  await gateway.deploy({ name: 'talk', files, spec: { annotations } });
  const preflight = await ask(
    'talk.example.com',
    '/x',
    { origin: 'https://page.example', 'access-control-request-method': 'PUT' },
    'OPTIONS',
  );
  assert.equal(preflight.status, 204);
  const request = http.request(gateway.url, {
    path: '/room?1',
    headers: {
      host: 'talk.example.com',
      connection: 'Upgrade',
      upgrade: 'websocket',
      origin: 'http://talk.example.com',
    },
  });
  request.end();
  const [, socket, head] = (await once(request, 'upgrade')) as [unknown, Socket, Buffer];
  const said = head.length > 0 ? head : ((await once(socket, 'data')) as [Buffer])[0];
  socket.destroy();
  assert.equal(String(said), '/room?1');
  await gateway.deploy({
    ...tells('secret'),
    spec: { annotations: { 'com.wherry.routes': 'secret.example.com', 'com.wherry.visibility': 'private' } },
  });
  assert.equal((await ask('secret.example.com', '/')).status, 401);
  assert.equal((await ask('secret.example.com', '/', { ...gateway.admin })).status, 200);
});

test('a restart keeps them', async (t) => {
  await gateway.stop();
  gateway = await Gateway.start(t, options);
  assert.equal((await ask('shop.example.com', '/')).status, 200);
  assert.equal((await ask('localhost', '/books')).status, 200);
});

test('a name that became the gateway’s own leads to the gateway, and the operator is told', async (t) => {
  const other = freshHome();
  t.after(async () => rmSync(other, { recursive: true, force: true }));
  const first = await Gateway.start(t, { home: other });
  await first.deploy({ ...tells('early'), spec: at('late.example.com, early.example.com') });
  await first.stop();
  gateway = await Gateway.start(t, { home: other, args: ['--allowed-hosts', 'late.example.com'] });
  assert.equal((await ask('late.example.com', '/system/functions', gateway.admin)).status, 200);
  assert.match((await ask('late.example.com', '/system/functions', gateway.admin)).text, /"name":"early"/);
  assert.equal((JSON.parse((await ask('early.example.com', '/')).text) as { by: string }).by, 'early');
  assert.match(gateway.output, /early\.openfaas-fn does not get late\.example\.com/);
});
