import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { certify, noCertificates } from './certificate.ts';
import { freshHome, Gateway } from './gateway.ts';

const missing = noCertificates;
const folder = freshHome();
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

if (missing === false) for (const name of ['first', 'second']) certify(at(name), name);
const cas = missing === false ? ['first', 'second'].map((name) => readFileSync(at(`${name}.crt`))) : [];

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Who the server said it was. */
  readonly peer: string;
}

function ask(url: string, options: https.RequestOptions = {}, host = 'functions.test'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { protocol } = new URL(url);
    const client = protocol === 'https:' ? https : http;
    const request = client.request(
      url,
      { ca: cas, servername: 'functions.test', ...options, headers: { host, ...options.headers } },
      (answer) => {
        const peer =
          protocol === 'https:' ? (answer.socket as TLSSocket).getPeerCertificate().subject?.CN : '';
        let text = '';
        answer.setEncoding('utf8').on('data', (piece) => (text += piece));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers, peer: String(peer) }),
        );
      },
    );
    request.on('error', reject);
    request.end();
  });
}

async function opened(t: { after(fn: () => Promise<void>): void }, more: readonly string[] = []) {
  for (const end of ['crt', 'key']) copyFileSync(at(`first.${end}`), at(`server.${end}`));
  const args = [
    '--tls-cert',
    at('server.crt'),
    '--tls-key',
    at('server.key'),
    '--tls-port',
    '0',
    '--host',
    '0.0.0.0',
    ...more,
  ];
  const gateway = await Gateway.start(t, {
    args: [...args, '--isolation', 'none', '--functions-visibility', 'public'],
  });
  const tls = /TLS +(https:\/\/\S+)/.exec(gateway.output)?.[1]?.replace('0.0.0.0', '127.0.0.1') ?? '';
  const files = {
    'handler.js':
      "module.exports = (event) => event.headers['x-forwarded-proto'] + ' ' + event.headers['x-forwarded-host'];",
  };
  await gateway.deploy({ name: 'who', files });
  return { gateway, tls };
}

test('with a certificate it may be public: TLS for everybody, plain HTTP on loopback only', {
  skip: missing,
}, async (t) => {
  const { gateway, tls } = await opened(t);
  const answer = await ask(`${tls}/function/who`);
  assert.deepEqual(
    [answer.status, answer.text],
    [200, 'https functions.test'],
    'the certificate’s own name is known',
  );
  assert.match(gateway.url, /^http:\/\/127\.0\.0\.1:/);
  assert.match(gateway.metricsUrl, /^http:\/\/127\.0\.0\.1:/);
  assert.equal((await gateway.said('who')).split(' ')[0], 'http');
  assert.equal((await ask(`${tls}/function/who`, {}, 'evil.example')).status, 421);
  assert.equal((await ask(`${tls}/system/functions`)).status, 401);
  assert.equal((await ask(`${tls}/system/functions`, { headers: gateway.admin })).status, 200);
  await assert.rejects(
    ask(`${tls}/healthz`, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }),
    'nothing older than 1.2',
  );
});

test('browsers that came by TLS are told to stay with it, for as long as the operator says', {
  skip: missing,
}, async (t) => {
  const { tls, gateway } = await opened(t);
  for (const path of ['/function/who', '/healthz', '/system/functions', '/nothing'])
    assert.equal((await ask(`${tls}${path}`)).headers['strict-transport-security'], 'max-age=86400', path);
  assert.equal(
    (await ask(`${gateway.url}/healthz`, {}, 'localhost')).headers['strict-transport-security'],
    undefined,
  );
  assert.equal(
    (await ask(`${tls}/healthz`, {}, 'localhost')).headers['strict-transport-security'],
    undefined,
  );
  const off = await opened(t, ['--tls-hsts', 'off']);
  assert.equal((await ask(`${off.tls}/function/who`)).headers['strict-transport-security'], undefined);
});

test('a new certificate is taken up without dropping anybody; half of one is not', {
  skip: missing,
  timeout: 60_000,
}, async (t) => {
  const { gateway, tls } = await opened(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(async () => agent.destroy());
  assert.equal((await ask(`${tls}/function/who`, { agent })).peer, 'first');
  copyFileSync(at('second.crt'), at('server.crt'));
  while (!gateway.output.includes('the new certificate is not used yet'))
    await ask(`${tls}/healthz`, { agent });
  assert.equal((await ask(`${tls}/healthz`, { agent: false })).peer, 'first', 'its key has not come yet');
  copyFileSync(at('second.key'), at('server.key'));
  let peer = 'first';
  while (peer === 'first') {
    ({ peer } = await ask(`${tls}/healthz`, { agent: false }));
    assert.equal((await ask(`${tls}/function/who`, { agent })).status, 200);
  }
  assert.equal(peer, 'second');
  assert.equal((await ask(`${tls}/function/who`, { agent })).status, 200, 'who was connected still is');
});

test('plain HTTP leads browsers to TLS, and takes neither credentials nor bodies', {
  skip: missing,
}, async (t) => {
  const { gateway, tls } = await opened(t, ['--tls-redirect-port', '28091']);
  const plain = 'http://127.0.0.1:28091';
  const led = await ask(`${plain}/function/who?a=b`);
  assert.deepEqual(
    [led.status, led.headers.location],
    [308, `https://functions.test:${new URL(tls).port}/function/who?a=b`],
  );
  assert.equal((await ask(`${plain}/system/functions`, { headers: gateway.admin })).status, 403);
  assert.equal((await ask(`${plain}/function/who`, { method: 'POST' })).status, 403);
  assert.equal(
    (await ask(`${plain}/`, {}, 'evil.example')).status,
    421,
    'it leads to no address that is not ours',
  );
  assert.equal((await ask(plain, { path: 'http://evil.example/' })).status, 400);
});

test('files that are no certificate keep it from starting, with what is wrong', {
  skip: missing,
}, async () => {
  writeFileSync(at('garbage.crt'), 'no certificate');
  const refused = async (...args: string[]) =>
    (await Gateway.refused({ args: ['--host', '0.0.0.0', ...args] })).output;
  assert.match(await refused('--tls-cert', at('first.crt')), /only one is named/);
  assert.match(
    await refused('--tls-cert', at('garbage.crt'), '--tls-key', at('first.key')),
    /cannot be used: .*\n?/,
  );
  assert.match(
    await refused('--tls-cert', at('first.crt'), '--tls-key', at('second.key')),
    /cannot be used: .*(?:mismatch|values)/i,
  );
  assert.match(await refused('--tls-cert', at('nowhere.crt'), '--tls-key', at('first.key')), /ENOENT/);
  assert.match(await refused(), /WHERRY_TLS_CERT/, 'and without one the remedy is named');
});

test('a certificate that ends soon is told at the start', { skip: missing }, async (t) => {
  certify(at('short'), 'short', 3);
  const args = ['--tls-cert', at('short.crt'), '--tls-key', at('short.key'), '--tls-port', '0'];
  const gateway = await Gateway.start(t, { args });
  assert.match(gateway.output, /the certificate ends .*: renew it/);
});
