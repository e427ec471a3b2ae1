// What a web page can do to a gateway on the machine of its reader.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { type Answer, ask, send } from './line.ts';

const gateway = await Gateway.start({ after });
const { port, host } = new URL(gateway.url);
const metricsPort = new URL(gateway.metricsUrl).port;

before(() =>
  gateway.deploy({
    name: 'echo',
    files: { 'handler.js': 'module.exports = (event) => "reached " + event.method;' },
  }),
);

const listeners = [
  { what: 'the API', url: gateway.url, port, path: '/healthz' },
  { what: 'functions', url: gateway.url, port, path: '/function/echo' },
  { what: 'metrics', url: gateway.metricsUrl, port: metricsPort, path: '/metrics' },
] as const;

for (const { what, url, port, path } of listeners) {
  describe(`Host at ${what}`, () => {
    const ours = [
      `127.0.0.1:${port}`,
      '127.0.0.1',
      `localhost:${port}`,
      'localhost',
      `LOCALHOST:${port}`,
      `app.localhost:${port}`,
      `[::1]:${port}`,
      '[::1]',
      `192.168.1.20:${port}`,
      '[2001:db8::1]',
    ];
    test('names and addresses of this machine are served', async () => {
      for (const name of ours) {
        const answer = await ask(url, 'GET', path, { Host: name });
        assert.equal(answer.status, 200, `${name}: ${answer.body}`);
      }
    });

    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      // Names that are bound to 127.0.0.1 by whoever owns the domain.
      `127.0.0.1.nip.io:${port}`,
      `localtest.me:${port}`,
      `7f000001.c0a80001.rbndr.us:${port}`,
      `localhost.evil.example:${port}`,
      `evillocalhost:${port}`,
      `localhost.:${port}`,
      // Every address of this machine, to some systems; no name of it.
      `0.0.0.0:${port}`,
      '0.0.0.0',
      `[::]:${port}`,
      `[0:0:0:0:0:0:0:0]:${port}`,
      `[::ffff:0.0.0.0]:${port}`,
      '0',
      `0:${port}`,
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.0.0.1.',
      '127.0.0.256',
      '::1',
      `::1:${port}`,
      '[::1',
      '[::1]x',
      '[::1%25eth0]',
      '[fe80::1%eth0]',
      '[evil.example]',
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}@evil.example`,
      `evil.example@localhost`,
      `localhost@evil.example`,
      `127.0.0.1:${port}:80`,
      '127.0.0.1:',
      '127.0.0.1:x',
      '127.0.0.1:-1',
      '127.0.0.1:999999',
      '127.0.0.1:80/evil',
      '127.0.0.1/evil.example',
      '127.0.0.1?evil',
      '127.0.0.1#evil',
      '127.0.0.1\\evil.example',
      '127.0.0.1 evil.example',
      '127.0.0.1,evil.example',
      `http://127.0.0.1:${port}`,
      '*',
      '.localhost',
      '..localhost',
      'a_b.localhost',
      'evil.example/.localhost',
      'evil.example\x80.localhost',
      '\xe4.localhost',
      '%6cocalhost',
      '__proto__',
      'constructor',
      `${'a'.repeat(10_000)}.localhost`,
      '',
      ' ',
    ];
    test('all others are not, whatever they are bound to', async () => {
      for (const name of foreign) {
        const answer = await ask(url, 'GET', path, { Host: name });
        assert.ok([400, 421].includes(answer.status), `${JSON.stringify(name)}: ${answer.status}`);
        assert.doesNotMatch(answer.body, /reached/);
        assert.ok(answer.body.length < 1000, 'a long name is not given back whole');
      }
    });

    test('a missing Host, two of them, or one over several lines is no request', async () => {
      const two = `Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n`;
      const first = `Host: 127.0.0.1\r\nHost: evil.example\r\n`;
      const second = `Host: evil.example\r\nHost: 127.0.0.1\r\n`;
      for (const lines of [
        '',
        two,
        first,
        second,
        'Host: 127.0.0.1\r\n .evil.example\r\n',
        'Host : 127.0.0.1\r\n',
      ]) {
        const [answer] = await send(url, `GET ${path} HTTP/1.1\r\n${lines}\r\n`);
        assert.equal(answer?.status, 400, lines);
      }
      // Where the version has no Host at all, nobody can say that it is ours.
      const [old] = await send(url, `GET ${path} HTTP/1.0\r\n\r\n`);
      assert.ok([400, 421].includes(old?.status ?? 0), `${old?.status}`);
      const [named] = await send(url, `GET ${path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`);
      assert.equal(named?.status, 200, 'control');
    });

    test('the authority of an absolute target does not stand for Host', async () => {
      for (const target of [
        `http://127.0.0.1:${port}${path}`,
        `http://evil.example${path}`,
        `http://user:password@127.0.0.1${path}`,
        `//127.0.0.1:${port}${path}`,
      ]) {
        const foreignHost = await ask(url, 'GET', target, { Host: 'evil.example' });
        assert.equal(foreignHost.status, 421, target);
        const answer = await ask(url, 'GET', target);
        assert.equal(answer.status, 404, `${target} is nowhere here`);
      }
    });
  });
}

const own = `http://${host}`;
const foreignOrigins = [
  'null',
  'http://evil.example',
  `http://evil.example:${port}`,
  'https://evil.example',
  `http://127.0.0.1:${Number(port) + 1}`,
  'http://127.0.0.1',
  `http://localhost:${port}`,
  `http://[::1]:${port}`,
  'file://',
  'chrome-extension://abcdefgh',
  `http://${host}.evil.example`,
  `http://${host}@evil.example`,
  `${own}, http://evil.example`,
  `${own} http://evil.example`,
  '',
  'x',
];
const changes = [
  ['POST', '/system/functions', '{"service":"planted","image":"x"}'],
  ['PUT', '/system/functions', '{"service":"echo","image":"x"}'],
  ['DELETE', '/system/functions', '{"functionName":"echo"}'],
  ['POST', '/system/scale-function/echo', '{"replicas":0}'],
  ['POST', '/system/tokens', '{"name":"planted","scopes":["admin"]}'],
  ['POST', '/system/tokens/admin/rotate', ''],
  ['DELETE', '/system/tokens/admin', ''],
  ['PUT', '/system/packages', 'x'],
  ['GET', '/system/functions', ''],
  ['GET', '/system/config', ''],
] as const;
const basic = `Basic ${Buffer.from(`admin:${gateway.token}`).toString('base64')}`;
const bearer = `Bearer ${gateway.token}`;

describe('pages of other origins', () => {
  for (const [method, path, body] of changes) {
    test(`${method} ${path} is refused to them, even with the token`, async () => {
      for (const origin of foreignOrigins) {
        const answer = await ask(gateway.url, method, path, { Origin: origin, Authorization: bearer }, body);
        refused(answer, `Origin ${origin}`);
      }
      for (const site of ['cross-site', 'same-site', 'none, cross-site', 'CROSS-SITE', 'x']) {
        const headers = { 'Sec-Fetch-Site': site, Authorization: bearer };
        refused(await ask(gateway.url, method, path, headers, body), site);
      }
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const headers = { Origin: 'http://evil.example', 'Content-Type': type, 'Sec-Fetch-Mode': 'no-cors' };
        refused(await ask(gateway.url, method, path, headers, body), type);
      }
    });
  }

  test('nothing of that changed anything', async () => {
    assert.equal(await gateway.said('echo', 'x'), 'reached POST');
    const list = await (await gateway.system('GET', '/system/functions')).text();
    assert.doesNotMatch(list, /planted/);
    assert.deepEqual(await (await gateway.system('GET', '/system/tokens')).json(), []);
  });

  test('control: without an origin, and from our own by bearer, the same is served', async () => {
    for (const headers of [{}, { Origin: own }, { Origin: own, 'Sec-Fetch-Site': 'same-origin' }]) {
      const answer = await ask(gateway.url, 'GET', '/system/functions', {
        ...headers,
        Authorization: bearer,
      });
      assert.equal(answer.status, 200, JSON.stringify(headers));
    }
  });

  test('a preflight is not granted, and no answer of ours can be read by another origin', async () => {
    for (const path of ['/system/functions', '/system/tokens', '/healthz', '/function/nobody']) {
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await ask(gateway.url, method, path, {
          Origin: 'http://evil.example',
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization',
          'Access-Control-Request-Private-Network': 'true',
        });
        for (const name of Object.keys(answer.headers))
          assert.doesNotMatch(name, /^access-control/, `${method} ${path}`);
      }
    }
  });
});

describe('pages that functions serve share the origin of the API', () => {
  test('what a browser remembers as a password is not theirs to use', async () => {
    const page = { Origin: own, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' };
    for (const [method, path, body] of changes)
      refused(
        await ask(gateway.url, method, path, { ...page, Authorization: basic }, body),
        `${method} ${path}`,
      );
    const inFrame = {
      'Sec-Fetch-Site': 'same-origin',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'iframe',
    };
    refused(
      await ask(gateway.url, 'GET', '/system/functions', { ...inFrame, Authorization: basic }),
      'a frame',
    );
  });

  test('control: a client that is no browser uses it, and a person who types the address', async () => {
    const typed = { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' };
    for (const headers of [{}, typed]) {
      const answer = await ask(gateway.url, 'GET', '/system/functions', { ...headers, Authorization: basic });
      assert.equal(answer.status, 200);
    }
  });

  test('a browser is never asked for a password, other clients are', async () => {
    const browser = await ask(gateway.url, 'GET', '/system/functions', { 'Sec-Fetch-Mode': 'navigate' });
    assert.equal(browser.status, 401);
    assert.equal(browser.headers['www-authenticate'], undefined);
    const client = await ask(gateway.url, 'GET', '/system/functions');
    assert.deepEqual(client.headers['www-authenticate'], ['Basic realm="Restricted"']);
  });

  test('a function cannot take hold of the whole origin by a worker', async () => {
    await gateway.deploy({
      name: 'worker',
      files: {
        'handler.js':
          'module.exports = (e, c) => c.headers({ "Service-Worker-Allowed": "/", "x-control": "1", "content-type": "text/javascript" }).succeed("");',
      },
    });
    const answer = await ask(gateway.url, 'GET', '/function/worker/w.js');
    assert.deepEqual(answer.headers['x-control'], ['1'], 'control');
    assert.equal(answer.headers['service-worker-allowed'], undefined);
  });
});

describe('upgrades get the verdict of plain requests', () => {
  const websocket = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  };
  const h2c = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
  test('on the API without credentials: 401, from another page: 403, for another host: 421', async () => {
    await gateway.deploy({
      name: 'private',
      files: { 'handler.js': 'module.exports = () => "reached";' },
      spec: { annotations: { 'com.wherry.visibility': 'private' } },
    });
    for (const headers of [websocket, h2c]) {
      for (const path of ['/system/functions', '/system/logs?name=echo&follow=1', '/function/private']) {
        assert.equal((await upgrade(path, headers)).status, 401, path);
        assert.equal((await upgrade(path, { ...headers, Host: 'evil.example' })).status, 421, path);
      }
      const foreign = { ...headers, Origin: 'http://evil.example', Authorization: bearer };
      assert.equal((await upgrade('/system/functions', foreign)).status, 403);
      const heard = headers === h2c ? 200 : 400;
      assert.equal((await upgrade('/function/echo', headers)).status, heard, 'no handler converses');
      assert.equal((await upgrade('/function/nobody', headers)).status, 404);
    }
  });
});

function refused(answer: Answer, what: string): void {
  assert.ok([401, 403, 400].includes(answer.status), `${what}: ${answer.status} ${answer.body}`);
}

async function upgrade(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const [answer] = await send(gateway.url, `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 1);
  assert.ok(answer !== undefined, path);
  assert.notEqual(answer.status, 101);
  return answer;
}
