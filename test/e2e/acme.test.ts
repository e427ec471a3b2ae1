import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, mkdirSync, writeFileSync, readdirSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { certifyLongAgo, noCertificates } from './certificate.ts';
import { freshHome, Gateway } from './gateway.ts';
import { freePort } from '@wherry/testkit/free-port';
import { noPebble, Pebble } from './pebble.ts';

// Certificates from a real authority, proved over HTTP, for the gateway's names and for functions'.

const missing = noCertificates === false ? noPebble : noCertificates;
const folder = freshHome();
const home = freshHome();
const httpPort = await freePort();
let pebble: Pebble;
let root: string;

before(async () => {
  if (missing !== false) return;
  pebble = await Pebble.start(folder, httpPort);
  root = await pebble.root();
});
after(async () => {
  await pebble?.close();
  for (const one of [folder, home]) rmSync(one, { recursive: true, force: true });
});

const start = (t: { after(fn: () => Promise<void>): void }, names: string, at = home): Promise<Gateway> => {
  const acme = ['--acme-names', names, '--acme-directory', pebble.directory, '--acme-ca', pebble.ca];
  const tls = ['--host', '0.0.0.0', '--tls-port', '0', '--tls-redirect-port', String(httpPort)];
  return Gateway.start(t, {
    home: at,
    args: [...acme, ...tls, '--isolation', 'none', '--functions-visibility', 'public'],
  });
};

interface Shown {
  readonly status: number;
  readonly text: string;
  readonly certificate: PeerCertificate;
}

/** Speaks to it as a browser would that trusts the authority, and nobody else. */
function ask(gateway: Gateway, name: string, path: string): Promise<Shown> {
  const port = /TLS +https:\/\/[^:]+:(\d+)/.exec(gateway.output)?.[1];
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      servername: name,
      headers: { host: name },
      ca: root,
      agent: false as const,
    };
    const request = https.request(options, (answer) => {
      const certificate = (answer.socket as TLSSocket).getPeerCertificate();
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => (text += piece));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text, certificate }));
    });
    request.once('error', reject).end();
  });
}

/** Until the gateway has said it. */
async function hears(gateway: Gateway, what: RegExp): Promise<void> {
  while (!what.test(gateway.output))
    await new Promise((resolve) => gateway.process.stderr?.once('data', resolve));
}

test('a name that leads here gets a certificate at the start; it is kept, and nothing is asked for again', {
  skip: missing,
  timeout: 120_000,
}, async (t) => {
  pebble.names.add('functions.test');
  const gateway = await start(t, 'functions.test');
  await hears(gateway, /a certificate for functions\.test/);
  const shown = await ask(gateway, 'functions.test', '/healthz');
  assert.deepEqual([shown.status, shown.certificate.subjectaltname], [200, 'DNS:functions.test']);
  for (const file of readdirSync(join(home, 'tls')))
    assert.equal(statSync(join(home, 'tls', file)).mode & 0o077, 0, file);
  await gateway.stop();
  const orders = (pebble.output.match(/new-?order/gi) ?? []).length;
  const again = await start(t, 'functions.test');
  const second = await ask(again, 'functions.test', '/healthz');
  assert.equal(second.certificate.serialNumber, shown.certificate.serialNumber);
  assert.equal((pebble.output.match(/new-?order/gi) ?? []).length, orders);
  await again.stop();
});

test('a function’s own name gets one when the function gets the name; a name that nobody has gets none', {
  skip: missing,
  timeout: 120_000,
}, async (t) => {
  pebble.names.add('shop.test');
  const gateway = await start(t, 'functions.test');
  await assert.rejects(ask(gateway, 'shop.test', '/'), 'the control: nothing is shown for it yet');
  const files = {
    'handler.js': "module.exports = (req, res) => res.end(req.headers['x-forwarded-proto'] + ' ' + req.url);",
  };
  await gateway.deploy({ name: 'shop', files, spec: { annotations: { 'com.wherry.routes': 'shop.test' } } });
  await hears(gateway, /a certificate for shop\.test/);
  const shown = await ask(gateway, 'shop.test', '/a?b');
  assert.deepEqual([shown.text, shown.certificate.subjectaltname], ['https /a?b', 'DNS:shop.test']);
  assert.equal(
    (await ask(gateway, 'functions.test', '/healthz')).certificate.subjectaltname,
    'DNS:functions.test',
  );
  for (const name of ['other.test', '../functions.test', 'SHOP.test.'])
    await assert.rejects(ask(gateway, name, '/'), name);
  const proof = await fetch(`http://127.0.0.1:${httpPort}/.well-known/acme-challenge/x`, {
    redirect: 'manual',
  });
  assert.notEqual(proof.status, 200, 'no proof is shown that is not asked for');
  await gateway.stop();
});

test('one that is over is replaced; while it cannot be, the old one is shown and the authority’s words are told', {
  skip: missing,
  timeout: 120_000,
}, async (t) => {
  const other = freshHome();
  t.after(async () => rmSync(other, { recursive: true, force: true }));
  mkdirSync(join(other, 'tls'));
  certifyLongAgo(join(other, 'old'));
  const old = readFileSync(join(other, 'old.crt'), 'utf8') + readFileSync(join(other, 'old.key'), 'utf8');
  for (const name of ['late.test', 'lost.test']) writeFileSync(join(other, 'tls', `${name}.pem`), old);
  pebble.names.add('late.test');
  const gateway = await start(t, 'lost.test,late.test', other);
  await hears(gateway, /a certificate for late\.test/);
  assert.equal((await ask(gateway, 'late.test', '/healthz')).certificate.subjectaltname, 'DNS:late.test');
  assert.match(
    gateway.output,
    /no new certificate for lost\.test: .*(?:NXDOMAIN|no valid|not proved|lookup).*; the old one is good until .*; next try in 1 min/,
  );
  await assert.rejects(ask(gateway, 'lost.test', '/healthz'), /self.signed|expired/i);
});

test('what it needs is said at the start', { skip: missing }, async () => {
  const refused = async (...args: string[]) =>
    (await Gateway.refused({ args: ['--acme-names', 'a.test', ...args] })).output;
  assert.match(await refused(), /port 80, and nothing listens there.*WHERRY_TLS_REDIRECT_PORT=80/);
  const port = ['--tls-redirect-port', '0'];
  assert.match(await refused(...port, '--acme-directory', 'http://x'), /no https address/);
  assert.match(await refused(...port, '--acme-ca', '/nowhere.pem'), /acme\.ca: ENOENT/);
});
