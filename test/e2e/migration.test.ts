import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });
const folder = freshHome();
after(() => rmSync(folder, { recursive: true, force: true }));
const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');

function wherry(args: readonly string[], to = gateway): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, WHERRY_URL: to.url, WHERRY_TOKEN: to.token };
    execFile(process.execPath, [launcher, ...args], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const deploy = async (to: Gateway, body: object): Promise<void> => {
  const response = await to.system('POST', '/system/functions', body);
  assert.equal(response.status, 202, await response.text());
};

test('what is exported brings the same functions back, on this gateway and on another', async (t) => {
  const odd = { A: '${NOT_A_VARIABLE} "quoted"', B: 'line\nline' };
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  await deploy(gateway, {
    service: 'one',
    image: 'functions/alpine:latest',
    envProcess: 'env',
    envVars: odd,
  });
  await deploy(gateway, {
    service: 'two',
    image: 'functions/nodeinfo',
    namespace: 'team-a',
    labels: { x: 'y' },
  });
  const exported = await wherry(['export', '--to', 'all.yaml']);
  assert.equal(exported.out, 'Wrote 2 functions to all.yaml\n', exported.err);
  assert.match(
    (await wherry(['plan', '-f', 'all.yaml'])).out,
    /^= one stays as it is\n= two stays as it is\n$/,
  );
  const other = await Gateway.start(t);
  await other.system('POST', '/system/namespace/', { name: 'team-a' });
  // The file names the gateway that it comes from; a flag counts more.
  assert.equal((await wherry(['deploy', '-f', 'all.yaml', '-g', other.url], other)).code, 0);
  assert.match(await other.said('one'), /^A=\$\{NOT_A_VARIABLE\} "quoted"$/m);
  assert.match(await other.said('two.team-a'), /Hostname/);
});

/** OpenFaaS's community edition, as its contract has it: one namespace that it does not list, and labels of its own. */
async function communityEdition(t: { after(fn: () => void): void }): Promise<string> {
  const functions = [
    {
      name: 'shasum',
      image: 'ghcr.io/openfaas/alpine:latest',
      namespace: 'openfaas-fn',
      envProcess: 'sha512sum',
      labels: { faas_function: 'shasum' },
      annotations: { 'prometheus.io.scrape': 'false', schedule: '@daily' },
      createdAt: '2026-01-01T00:00:00Z',
      replicas: 1,
      availableReplicas: 1,
    },
    {
      name: 'shop',
      image: 'registry.example/shop:1',
      namespace: 'openfaas-fn',
      createdAt: '2026-01-01T00:00:00Z',
      secrets: ['db'],
    },
    {
      name: 'keyed',
      image: 'functions/alpine',
      namespace: 'openfaas-fn',
      secrets: ['api-key'],
      createdAt: '2026-01-01T00:00:00Z',
    },
  ];
  const server = createServer((request, response) => {
    const known = request.headers.authorization === `Basic ${Buffer.from('admin:pw').toString('base64')}`;
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') return void response.writeHead(500).end();
    if (!known)
      return void response
        .writeHead(401, { 'WWW-Authenticate': 'Basic realm="Restricted"' })
        .end('invalid credentials');
    const json = (value: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (path === '/system/functions') return void json(functions);
    if (path === '/system/secrets')
      return void json([
        { name: 'api-key', namespace: 'openfaas-fn' },
        { name: 'db', namespace: 'openfaas-fn' },
      ]);
    response.writeHead(501).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a running OpenFaaS is taken over as far as can be, and everything else is told line by line', async (t) => {
  const from = await communityEdition(t);
  writeFileSync(join(folder, 'pw'), 'pw\n');
  const line = ['import', 'openfaas', '--from', from, '--from-password-file', 'pw'];
  const refused = await wherry(['import', 'openfaas', '--from', from]);
  assert.equal(refused.code, 4);
  const dry = await wherry([...line, '--dry-run']);
  assert.match(
    dry.out,
    /^\+ function shasum\.openfaas-fn: would deploy\n {4}without effect here: schedule: needs the topic cron-function/m,
  );
  assert.equal((await gateway.call('shasum')).status, 404);
  const first = await wherry(line);
  assert.equal(first.code, 1, first.out);
  assert.match(
    first.out,
    /^! secret api-key\.openfaas-fn: to do\n {4}write it: wherry secret create api-key -n openfaas-fn --from-file FILE$/m,
  );
  assert.match(first.out, /^✓ function shasum\.openfaas-fn: deployed$/m);
  assert.match(
    first.out,
    /^! function shop\.openfaas-fn: to do\n {4}its image registry\.example\/shop:1 needs an engine/m,
  );
  assert.match(first.out, /^✗ function keyed\.openfaas-fn: refused\n {4}secret "api-key" does not exist/m);
  assert.match(await gateway.said('shasum', 'x'), /^[0-9a-f]{128} /);
  await wherry(['secret', 'create', 'api-key', '--from-literal', 'x']);
  const second = JSON.parse((await wherry([...line, '-o', 'json'])).out) as {
    what: string;
    outcome: string;
  }[];
  assert.equal(second.find(({ what }) => what.startsWith('function keyed'))?.outcome, 'deployed');
});

test('a folder of stack files is taken over with its namespaces', async () => {
  mkdirSync(join(folder, 'stacks'));
  writeFileSync(
    join(folder, 'stacks/a.yml'),
    'functions:\n  from-file:\n    image: functions/alpine\n    namespace: team-b\n    fprocess: cat\n',
  );
  writeFileSync(join(folder, 'stacks/other.yaml'), 'kind: Deployment\n');
  const ran = await wherry(['import', 'openfaas', '--from', 'stacks']);
  assert.deepEqual(
    [ran.code, ran.out],
    [0, '✓ namespace team-b: made\n✓ function from-file.team-b: deployed\n'],
    ran.err,
  );
  assert.equal(await gateway.said('from-file.team-b', 'ahoy'), 'ahoy');
  assert.equal((await wherry(['import', 'openfaas', '--from', 'nowhere'])).code, 1);
});

test('resources of kind Function are taken over, from a file or from a folder', async () => {
  mkdirSync(join(folder, 'resources'));
  writeFileSync(
    join(folder, 'resources/f.yaml'),
    'apiVersion: openfaas.com/v1\nkind: Function\nmetadata: { name: from-resource }\nspec: { name: from-resource, image: functions/alpine, handler: env, environment: { MARK: here } }\n',
  );
  for (const from of ['resources', 'resources/f.yaml']) {
    const ran = await wherry(['import', 'openfaas', '--from', from]);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /from-resource.*deployed/);
  }
  assert.match(await gateway.said('from-resource'), /^MARK=here$/m);
});
