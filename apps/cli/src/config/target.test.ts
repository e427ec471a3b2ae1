import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { ClientError } from '@wherry/wire/client-error';
import { resolveCredentials } from './credentials.ts';
import { LoginStore } from './login-store.ts';
import { gatewayUrl, isLoopback, resolveTarget } from './target.ts';

function homeFor(t: TestContext): { home: string; env: Record<string, string> } {
  const home = mkdtempSync(join(tmpdir(), 'wherry-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return { home, env: { HOME: home, WHERRY_HOME: home } };
}

const serverFile = (pid: number) =>
  JSON.stringify({ pid, url: 'http://127.0.0.1:4711', metricsUrl: '', startedAt: '' });

test('the gateway is that of the flag, WHERRY_URL, OPENFAAS_URL, the running server, the default', (t) => {
  const { home, env } = homeFor(t);
  assert.deepEqual(resolveTarget(undefined, env), {
    url: 'http://127.0.0.1:8080',
    origin: 'the default, as no server runs here',
  });
  writeFileSync(join(home, 'server.json'), serverFile(process.pid));
  assert.equal(resolveTarget(undefined, env).url, 'http://127.0.0.1:4711');
  assert.match(resolveTarget(undefined, env).origin, /server\.json$/);
  const more = { ...env, OPENFAAS_URL: 'b.example' };
  assert.deepEqual(resolveTarget(undefined, more), { url: 'http://b.example', origin: 'OPENFAAS_URL' });
  assert.deepEqual(resolveTarget(undefined, { ...more, WHERRY_URL: 'https://a.example/' }), {
    url: 'https://a.example',
    origin: 'WHERRY_URL',
  });
  assert.deepEqual(resolveTarget('c.example', more), { url: 'http://c.example', origin: '--gateway' });
});

test('a server file that outlived its server counts as none', (t) => {
  const { home, env } = homeFor(t);
  writeFileSync(join(home, 'server.json'), serverFile(2 ** 30));
  assert.equal(resolveTarget(undefined, env).url, 'http://127.0.0.1:8080');
  writeFileSync(join(home, 'server.json'), '{"pid":');
  assert.equal(resolveTarget(undefined, env).url, 'http://127.0.0.1:8080');
});

test('addresses are brought into one form, and nonsense is told from where it came', () => {
  assert.equal(gatewayUrl('EXAMPLE.com:80', 'x'), 'http://example.com');
  assert.equal(gatewayUrl('https://example.com/faas/', 'x'), 'https://example.com/faas');
  assert.equal(gatewayUrl('http://[::1]:8080', 'x'), 'http://[::1]:8080');
  for (const bad of ['ftp://x', 'http://', 'http://a b', 'http://u:p@x', 'http://x?y']) {
    assert.throws(
      () => gatewayUrl(bad, 'WHERRY_URL'),
      (error) => error instanceof ClientError && /WHERRY_URL/.test(error.message),
      bad,
    );
  }
});

test('credentials are those of the flag, WHERRY_TOKEN, the login store, OpenFaaS, the local admin token', async (t) => {
  const { home, env } = homeFor(t);
  const url = 'http://127.0.0.1:8080';
  assert.deepEqual(await resolveCredentials(url, undefined, env), { origin: 'none' });
  writeFileSync(join(home, 'admin.token'), 'local\n');
  assert.equal((await resolveCredentials(url, undefined, env)).authorization, 'Bearer local');
  mkdirSync(join(home, '.openfaas'));
  const auths = `auths:\n- gateway: ${url}\n  auth: basic\n  token: abc=\n- gateway: https://b.example/\n  auth: oauth2\n  token: jwt\n`;
  writeFileSync(join(home, '.openfaas', 'config.yml'), auths);
  assert.equal((await resolveCredentials(url, undefined, env)).authorization, 'Basic abc=');
  assert.equal((await resolveCredentials('https://b.example', undefined, env)).authorization, 'Bearer jwt');
  new LoginStore(home).put({ gateway: url, authorization: 'Bearer stored' });
  assert.equal((await resolveCredentials(url, undefined, env)).authorization, 'Bearer stored');
  assert.equal(
    (await resolveCredentials(url, undefined, { ...env, WHERRY_TOKEN: 'variable' })).authorization,
    'Bearer variable',
  );
  assert.equal(
    (await resolveCredentials(url, 'flag', { ...env, WHERRY_TOKEN: 'variable' })).authorization,
    'Bearer flag',
  );
});

test('the local admin token is never sent to another machine', async (t) => {
  const { home, env } = homeFor(t);
  writeFileSync(join(home, 'admin.token'), 'local\n');
  for (const url of [
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'http://localhost.example',
  ]) {
    assert.equal((await resolveCredentials(url, undefined, env)).authorization, undefined, url);
    assert.equal(isLoopback(url), false);
  }
  for (const url of ['http://localhost:1', 'http://127.9.9.9', 'http://[::1]'])
    assert.equal(isLoopback(url), true);
});

test('the login store is for its owner only, whatever it was before', (t) => {
  const { home } = homeFor(t);
  const store = new LoginStore(home);
  writeFileSync(store.path, '{"logins":[]}');
  chmodSync(store.path, 0o644);
  store.put({ gateway: 'http://a', authorization: 'x' });
  store.put({ gateway: 'http://a', authorization: 'y' });
  assert.equal(statSync(store.path).mode & 0o777, 0o600);
  assert.equal(store.find('http://a')?.authorization, 'y');
  assert.equal(store.remove('http://a'), true);
  assert.equal(store.remove('http://a'), false);
});
