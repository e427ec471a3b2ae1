import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

// Who may call a function, from which page, and how often.

const gateway = await Gateway.start(
  { after },
  {
    args: ['--trusted-proxies', '127.0.0.2', '--functions-visibility', 'public', '--isolation', 'none'],
  },
);
const echo = {
  'handler.js':
    "module.exports = async (event, context) => context.headers({ 'Access-Control-Allow-Origin': 'https://own.example', 'X-Own': '1' }).succeed(event.method);",
};
const deploy = (name: string, annotations: Record<string, string>) =>
  gateway.deploy({ name, files: echo, spec: { annotations } });
const page = (origin: string, more: Record<string, string> = {}) => ({ headers: { origin, ...more } });

test('a page of a named origin may read the answer, another may not; the function says nothing of it itself', async () => {
  await deploy('named', { 'com.wherry.cors': 'https://shop.example, http://localhost:3000' });
  const allowed = await gateway.call('named', page('https://shop.example'));
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop.example');
  assert.deepEqual([allowed.headers.get('vary'), allowed.headers.get('x-own')], ['Origin', '1']);
  const other = await gateway.call('named', page('https://evil.example'));
  assert.equal(other.headers.get('access-control-allow-origin'), null);
  assert.equal(other.headers.get('vary'), 'Origin');
  const refused = await gateway.call('named', page('https://shop.example.evil.example'));
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
});

test('a browser that asks beforehand is answered by the gateway, and the function is not called', async () => {
  await deploy('asked', { 'com.wherry.cors': '*', 'com.wherry.visibility': 'private' });
  const question = {
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization, x-mine',
  };
  const answer = await gateway.call('asked', { method: 'OPTIONS', ...page('https://any.example', question) });
  assert.equal(answer.status, 204);
  const said = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control')));
  assert.deepEqual(said, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'authorization, x-mine',
    'access-control-expose-headers': 'X-Call-Id',
    'access-control-max-age': '600',
  });
  const calls = await (await gateway.system('GET', '/system/calls?function=asked')).json();
  assert.deepEqual(calls, []);
  const refusal = await gateway.call('asked', page('https://any.example'));
  assert.equal(refusal.status, 401);
  assert.equal(refusal.headers.get('access-control-allow-origin'), '*', 'the page can read why');
});

test('credentials are for named pages: the origin itself is said, never any', async () => {
  await deploy('cookies', {
    'com.wherry.cors': 'https://shop.example',
    'com.wherry.cors-credentials': 'true',
  });
  const answer = await gateway.call('cookies', page('https://shop.example'));
  assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
  const mixed = await gateway.tryDeploy({
    name: 'mixed',
    files: echo,
    spec: { annotations: { 'com.wherry.cors': '*', 'com.wherry.cors-credentials': 'true' } },
  });
  assert.equal(mixed.status, 400);
  assert.match(
    await mixed.text(),
    /com\.wherry\.cors-credentials: every page would act in the name of whoever opens it/,
  );
});

test('a function that says nothing answers for itself, questions of browsers too', async () => {
  await deploy('itself', {});
  const asked = await gateway.call('itself', {
    method: 'OPTIONS',
    ...page('https://a.example', { 'access-control-request-method': 'GET' }),
  });
  assert.deepEqual(
    [asked.status, asked.headers.get('access-control-allow-origin')],
    [200, 'https://own.example'],
  );
});

test('what is no origin and no rate is refused when it is deployed', async () => {
  for (const annotations of [
    { 'com.wherry.cors': 'shop.example' },
    { 'com.wherry.cors': 'https://a.example/path' },
    { 'com.wherry.cors': 'null' },
    { 'com.wherry.rate-limit': 'often' },
    { 'com.wherry.rate-limit': '0/s' },
  ]) {
    const response = await gateway.tryDeploy({ name: 'wrong', files: echo, spec: { annotations } });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /com\.wherry\.(?:cors|rate-limit): /);
  }
});

/** A call from one of this machine's loopback addresses. */
function from(
  localAddress: string,
  name: string,
  headers: Record<string, string> = {},
  base = gateway.url,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = new URL(`${base}/function/${name}`);
    http
      .get(
        { host: url.hostname, port: url.port, path: url.pathname, localAddress, headers, agent: false },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
        },
      )
      .on('error', reject);
  });
}

test('a client that calls too often is told when to come back; others are not touched, and no header makes it another', async () => {
  await deploy('shared', { 'com.wherry.rate-limit-per-client': '2/h' });
  const first = [
    await from('127.0.0.1', 'shared'),
    await from('127.0.0.1', 'shared'),
    await from('127.0.0.1', 'shared'),
  ];
  assert.deepEqual(first, [200, 200, 429]);
  assert.equal(
    await from('127.0.0.1', 'shared', { 'x-forwarded-for': '198.51.100.1' }),
    429,
    'nobody’s proxy',
  );
  assert.equal(await from('127.0.0.3', 'shared'), 200);
  // Behind the trusted proxy the client is the last address that is not the proxy's own; what stands before it may be made up.
  const proxied = (chain: string) => from('127.0.0.2', 'shared', { 'x-forwarded-for': chain });
  assert.deepEqual(
    [
      await proxied('203.0.113.5'),
      await proxied('1.1.1.1, 203.0.113.5'),
      await proxied('2.2.2.2, 203.0.113.5'),
    ],
    [200, 200, 429],
  );
  assert.equal(await proxied('203.0.113.6'), 200);
  const refused = await gateway.call('shared');
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(await refused.text(), /rate_limited[\s\S]*2 calls in 3600 s of one client/);
});

test('a function and the API are open to the networks that they name, and no token or header helps elsewhere', async (t) => {
  await deploy('inside', { 'com.wherry.allow-from': '127.0.0.1, 203.0.113.0/24' });
  const { admin } = gateway;
  assert.deepEqual(
    [
      await from('127.0.0.1', 'inside'),
      await from('127.0.0.3', 'inside', admin),
      await from('127.0.0.3', 'inside', { 'x-forwarded-for': '203.0.113.5' }),
      await from('127.0.0.2', 'inside', { 'x-forwarded-for': '198.51.100.1, 203.0.113.5' }),
      await from('127.0.0.2', 'inside', { 'x-forwarded-for': '203.0.113.5, 198.51.100.1' }),
    ],
    [200, 403, 403, 200, 403],
  );
  const wrong = await gateway.tryDeploy({
    name: 'wrong',
    files: echo,
    spec: { annotations: { 'com.wherry.allow-from': '10.0.0.0/8, office' } },
  });
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /com\.wherry\.allow-from: "office" is not a network/);

  const fenced = await Gateway.start(t, {
    args: ['--trusted-proxies', '127.0.0.2', '--api-networks', '203.0.113.0/24', '--isolation', 'none'],
  });
  const api = (client: string) =>
    from('127.0.0.2', '../system/functions', { ...fenced.admin, 'x-forwarded-for': client }, fenced.url);
  assert.deepEqual(
    [await api('203.0.113.9'), await api('198.51.100.1'), await api('127.0.0.1, 127.0.0.2')],
    [200, 403, 403],
  );
  assert.equal((await fenced.system('GET', '/system/functions')).status, 200, 'this machine always may');
});
