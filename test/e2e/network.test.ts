import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import tls from 'node:tls';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FunctionState } from '@wherry/wire/function-state';
import { certify, noCertificates } from './certificate.ts';
import { freePort } from '@wherry/testkit/free-port';
import { Gateway } from './gateway.ts';

// Functions on the network: what they are granted, and nothing beside it.

const bin = postgresBin();
const noFence = (): string | false => {
  if (process.getuid?.() !== 0) return 'grants of level full need root';
  return spawnSync('bwrap', ['--version']).error === undefined ? false : 'bubblewrap is not installed';
};
const missing = noFence();

function postgresBin(): string | undefined {
  const all = '/usr/lib/postgresql';
  const [newest] = existsSync(all) ? readdirSync(all).sort().reverse() : [];
  return newest === undefined ? undefined : join(all, newest, 'bin');
}

const gateway = await Gateway.start({ after }, { args: ['--functions-visibility', 'private'] });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const grant = (text: string) => ({ annotations: { 'com.wherry.network': text } });
const state = async (name: string): Promise<FunctionState> =>
  (await gateway.system('GET', `/system/function/${name}/state`)).json() as Promise<FunctionState>;
const said = async (name: string, body = ''): Promise<string> => {
  const response = await gateway.call(name, {
    method: 'POST',
    body,
    headers: { ...gateway.admin, 'content-type': 'text/plain' },
  });
  return response.text();
};

describe('a real PostgreSQL on a network of this machine', {
  skip: missing || (bin === undefined && 'postgresql is not installed'),
}, () => {
  const address = '10.214.7.1';
  const folder = mkdtempSync('/tmp/wherry-pg-');
  let port = 0;
  const asPostgres = (command: string, ...args: string[]): string =>
    execFileSync(
      'setpriv',
      ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', join(bin as string, command), ...args],
      {
        encoding: 'utf8',
        cwd: '/',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  const query = {
    name: 'query',
    files: {
      'run.sh': `#!/bin/sh\nexport PGPASSWORD="$(cat /var/openfaas/secrets/pg-password)"\nexec ${bin}/psql -h "$DB" -p "$PORT" -U app -d postgres -qAt 2>&1\n`,
    },
  };
  const deploy = (name: string, text: string, db = address) =>
    gateway.deploy({
      ...query,
      name,
      runtime: 'process',
      spec: {
        envProcess: 'sh run.sh',
        secrets: ['pg-password'],
        envVars: { DB: db, PORT: String(port) },
        ...grant(text),
      },
    });

  before(async () => {
    chmodSync(folder, 0o755);
    port = await freePort();
    execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
    execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', join(folder, 'data')]);
    asPostgres(
      'initdb',
      '-D',
      join(folder, 'data'),
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile(),
      '-U',
      'app',
    );
    execFileSync('sh', [
      '-c',
      `echo 'host all all 10.214.0.0/16 scram-sha-256' >> ${folder}/data/pg_hba.conf`,
    ]);
    const options = `-c listen_addresses=${address} -c port=${port} -c unix_socket_directories=`;
    asPostgres(
      'pg_ctl',
      '-D',
      join(folder, 'data'),
      '-w',
      '-o',
      options,
      '-l',
      join(folder, 'data/log'),
      'start',
    );
    await gateway.system('POST', '/system/secrets', { name: 'pg-password', value: 's3cret of the test' });
  });
  after(() => {
    asPostgres('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', 'stop');
    execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']);
    rmSync(folder, { recursive: true, force: true });
  });

  function passwordFile(): string {
    const file = join(folder, 'password');
    execFileSync('sh', ['-c', `printf '%s' 's3cret of the test' > ${file} && chmod 644 ${file}`]);
    return file;
  }

  test('is reached by its grant, with a password from a secret', async () => {
    await deploy('granted', `${address}:${port}`);
    const rows = await said(
      'granted',
      'create table t as select generate_series(1, 100000) as n; select count(*), sum(n) from t;',
    );
    assert.equal(rows.trim(), '100000|5000050000');
    const { network } = await state('granted');
    assert.deepEqual([network.connected, network.refused, network.failed], [1, 0, 0]);
  });

  test('is not reached without it; the error of the program is answered and the line to add is recorded', async () => {
    await deploy('ungranted', 'internet');
    assert.match(await said('ungranted', 'select 1'), /connection to server at "10\.214\.7\.1"/);
    const { network } = await state('ungranted');
    assert.deepEqual([network.connected, network.refused], [0, 1]);
    assert.equal(network.refusals[0]?.line, `com.wherry.network: "internet,${address}:${port}"`);
    const shown = cli('describe', 'ungranted');
    assert.match(shown, new RegExp(`to allow it: com\\.wherry\\.network: "internet,${address}:${port}"`));
    const logs = cli('logs', 'ungranted');
    assert.match(
      logs,
      /network: refused: 10\.214\.7\.1:\d+ is not granted; to allow it: com\.wherry\.network/,
    );
    const metrics = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
    assert.match(
      metrics,
      /wherry_function_connections_total\{function_name="ungranted\.openfaas-fn",outcome="refused"\} 1/,
    );
  });

  test('another port of the same machine is beside it', async (t) => {
    const other = createServer((socket) => socket.end('not for you')).listen(0, address);
    await new Promise((resolve) => other.once('listening', resolve));
    t.after(() => other.close());
    const { port: beside } = other.address() as { port: number };
    await gateway.deploy({
      name: 'beside',
      files: {
        'handler.js': `const net = require('node:net');
module.exports = (event, context) => new Promise((resolve) => {
  const socket = net.connect({ host: '${address}', port: Number(event.body) });
  socket.on('data', (bytes) => resolve(context.succeed(String(bytes))));
  socket.on('error', (error) => resolve(context.succeed(error.message)));
});`,
      },
      spec: grant(`${address}:${port}`),
    });
    assert.match(
      await said('beside', String(beside)),
      /ECONNRESET.*; if its network refused 10\.214\.7\.1:\d+, its log says so/,
    );
    assert.equal((await state('beside')).network.refusals[0]?.target, `${address}:${beside}`);
  });
});

function cli(...args: string[]): string {
  const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [launcher, ...args, '--gateway', gateway.url], {
    encoding: 'utf8',
    env: { ...process.env, WHERRY_HOME: gateway.home },
  });
  return stdout + stderr;
}

describe('functions that call functions', { skip: missing }, () => {
  const caller = {
    'handler.js': `module.exports = async (event, context) => {
  const { url, headers = {} } = JSON.parse(event.body);
  try {
    const answer = await fetch(url, { headers, redirect: 'manual' });
    return context.succeed({ status: answer.status, text: await answer.text() });
  } catch (error) { return context.succeed({ status: 0, text: String(error.cause?.message ?? error) }); }
};`,
  };
  const ask = async (name: string, url: string, headers = {}): Promise<{ status: number; text: string }> =>
    JSON.parse(await said(name, JSON.stringify({ url, headers }))) as { status: number; text: string };
  const who = {
    'handler.js':
      'module.exports = (event, context) => context.succeed({ auth: event.headers.authorization ?? null, path: event.path });',
  };

  before(async () => {
    await gateway.system('POST', '/system/namespace/', { name: 'other' });
    await gateway.deploy({ name: 'callee', files: who });
    await gateway.deploy({ name: 'stranger', files: who, spec: { namespace: 'other' } });
    await gateway.deploy({ name: 'caller', files: caller, spec: grant('functions') });
    await gateway.deploy({ name: 'alone', files: caller, spec: grant('internet') });
  });

  test('reach those of their namespace, private as they are, by the names that OpenFaaS has for the gateway', async () => {
    assert.equal((await gateway.call('callee')).status, 401, 'the control: it is private');
    for (const host of ['gateway.openfaas', 'gateway', 'gateway.openfaas.svc.cluster.local'])
      assert.deepEqual(await ask('caller', `http://${host}:8080/function/callee/a%2Fb?c`), {
        status: 200,
        text: '{"auth":null,"path":"/a%2Fb"}',
      });
    const { network } = await state('caller');
    assert.ok(network.connected >= 1);
  });

  test('reach another namespace only with a token that may, which the other does not see', async () => {
    const url = 'http://gateway.openfaas:8080/function/stranger.other';
    const refused = await ask('caller', url);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /function caller\.openfaas-fn lacks the scope invoke for stranger\.other/);
    const made = await gateway.system('POST', '/system/tokens', {
      name: 't',
      scopes: ['invoke'],
      functions: 'other/*',
    });
    const { token } = (await made.json()) as { token: string };
    assert.deepEqual(await ask('caller', url, bearer(token)), {
      status: 200,
      text: '{"auth":null,"path":"/"}',
    });
  });

  test('reach nothing of the API, not even with the admin token', async () => {
    for (const path of [
      '/system/functions',
      '/healthz',
      '/',
      '/ui/',
      '/metrics',
      '/system/info',
      '/function',
      '/Function/callee',
    ]) {
      const answer = await ask('caller', `http://gateway.openfaas:8080${path}`, gateway.admin);
      assert.equal(answer.status, 404, path);
      assert.match(answer.text, /functions and topics are served here, and nothing else/);
    }
    const other = await ask('caller', 'http://gateway.openfaas:8082/metrics');
    assert.equal(other.status, 0);
  });

  test('cannot speak for a proxy, whatever address they give themselves', async (t) => {
    const proxied = await Gateway.start(t, {
      args: ['--trusted-proxies', '10.1.1.1', '--functions-visibility', 'public'],
    });
    await proxied.deploy({
      name: 'fenced',
      files: who,
      spec: { annotations: { 'com.wherry.allow-from': '203.0.113.7' } },
    });
    const script = `import socket
def handle(event, context):
    s = socket.socket(); s.bind(('10.1.1.1', 0)); s.connect((socket.gethostbyname('gateway'), 8080))
    s.sendall(b'GET /function/fenced HTTP/1.1\\r\\nHost: gateway:8080\\r\\nX-Forwarded-For: 203.0.113.7\\r\\nConnection: close\\r\\n\\r\\n')
    return {'statusCode': 200, 'body': s.recv(4000).decode()}`;
    await proxied.deploy({ name: 'forger', files: { 'handler.py': script }, spec: grant('functions') });
    assert.match(await proxied.said('forger'), /^HTTP\/1\.1 403 /);
  });

  test('do not without the grant, and the line to add is recorded', async () => {
    const refused = await ask('alone', 'http://gateway.openfaas:8080/function/callee');
    assert.equal(refused.status, 0);
    const { network } = await state('alone');
    assert.equal(network.refusals[0]?.line, 'com.wherry.network: "internet,functions"');
  });
});

test('certinfo tells of a certificate where it is let through, and else which line would', {
  skip: missing || noCertificates,
}, async (t) => {
  const [address, folder] = ['10.214.9.1', mkdtempSync('/tmp/wherry-cert-')];
  execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  certify(join(folder, 'c'), 'certinfo.test');
  const pair = { cert: readFileSync(join(folder, 'c.crt')), key: readFileSync(join(folder, 'c.key')) };
  const server = tls.createServer(pair, (socket) => socket.end()).listen(0, address);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']);
    rmSync(folder, { recursive: true });
  });
  const { port } = server.address() as { port: number };
  const image = 'ghcr.io/openfaas/certinfo:latest';
  await gateway.system('POST', '/system/functions', {
    service: 'certinfo',
    image,
    ...grant(`${address}:${port}`),
  });
  const told = await said('certinfo', `${address}:${port}`);
  assert.match(
    told,
    new RegExp(
      `^Host 198\\.18\\.|^Host ${address}\nPort ${port}\nIssuer certinfo.test\nCommonName certinfo.test\n`,
    ),
  );
  assert.match(
    told,
    /SANs \[functions\.test \*\.many\.test 127\.0\.0\.1\]\nTimeRemaining 3 months from now\n$/,
  );
  await gateway.system('POST', '/system/functions', { service: 'certinfo', image });
  assert.match(
    await said('certinfo', 'www.example.com'),
    /to allow it: com\.wherry\.network: "www\.example\.com:443"/,
  );
});

test('a deployer gives internet and functions; what is the operator’s takes the admin', async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'deployer',
    scopes: ['deploy', 'read'],
    functions: '*',
  });
  const { token } = (await made.json()) as { token: string };
  const deploy = (text: string) =>
    gateway.system(
      'POST',
      '/system/functions',
      { service: 'by-token', image: 'functions/alpine', envProcess: 'cat', ...grant(text) },
      bearer(token),
    );
  for (const text of ['internet', 'functions', 'internet,functions', 'none'])
    assert.equal((await deploy(text)).status, 202, text);
  for (const text of ['host', 'db:5432', '10.0.0.0/8:5432', 'internet,1.1.1.1:53']) {
    const refused = await deploy(text);
    assert.equal(refused.status, 403, text);
    assert.match(await refused.text(), /grant_refused/);
  }
  for (const text of ['127.0.0.1:5432', 'everything', '169.254.169.254:80', 'internet;db:1']) {
    const refused = await deploy(text);
    assert.equal(refused.status, 400, text);
    assert.match(await refused.text(), /com\.wherry\.network/);
  }
});
