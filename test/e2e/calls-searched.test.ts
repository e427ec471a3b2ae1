import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Call } from '@wherry/wire/calls';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

test('calls that failed, that woke an instance, or of a namespace are found, however many others came after them', async (t) => {
  await gateway.system('POST', '/system/namespace/', { name: 'team' });
  const handler =
    'module.exports = async (event) => { if (event.path === "/bad") throw new Error("no"); return "ok"; };';
  const files = { 'handler.js': handler };
  await gateway.deploy({ name: 'mixed', files });
  await gateway.deploy({ name: 'other', files, spec: { namespace: 'team' } });
  await gateway.system('POST', '/system/scale-function/mixed', { replicas: 0 });
  assert.equal((await gateway.call('mixed')).status, 200);
  assert.equal((await gateway.call('mixed', {}, '/bad')).status, 500);
  assert.equal((await gateway.call('other.team')).status, 200);
  // More than a page of what is not wanted.
  for (let sent = 0; sent < 300; sent += 20)
    await Promise.all(Array.from({ length: 20 }, async () => (await gateway.call('mixed')).text()));

  const project = Project.at(t, gateway);
  const rows = async (...flags: string[]) =>
    JSON.parse((await project.did('calls', ...flags, '-o', 'json')).out) as {
      path: string;
      name: string;
      cold: boolean;
    }[];
  assert.deepEqual(
    (await rows('--failed')).map(({ path }) => path),
    ['/bad'],
  );
  assert.deepEqual((await rows('mixed', '--failed', '--since', '1d')).length, 1);
  assert.deepEqual(
    (await rows('mixed', '--cold')).map(({ cold }) => cold),
    [true],
  );
  assert.deepEqual(await rows('--failed', '--cold'), []);
  assert.match((await project.did('calls', '--failed', '--cold')).err, /No call on record matches/);
  assert.deepEqual(
    (await rows('-n', 'team')).map(({ name }) => name),
    ['other'],
  );
});

test('pages of calls hold every one once, also behind one that took long', async () => {
  const handler =
    'let go; module.exports = async (event) => { if (event.path === "/wait") await new Promise((resolve) => (go = resolve)); if (event.path === "/go") go(); return ""; };';
  const annotations = { 'com.wherry.concurrency': '10' };
  await gateway.deploy({ name: 'long', files: { 'handler.js': handler }, spec: { annotations } });
  const call = async (path: string): Promise<void> =>
    assert.equal((await gateway.call('long', {}, path)).status, 200);
  const waits = call('/wait');
  for (const path of ['/1', '/2', '/3', '/4']) await call(path);
  while ((await gateway.call('long', {}, '/go')).status !== 200);
  await waits;
  await call('/5');
  const list = async (query: string) =>
    (await (await gateway.system('GET', `/system/calls?function=long&${query}`)).json()) as Call[];
  const whole = (await list('limit=100')).map(({ path }) => path);
  assert.ok(whole.indexOf('/wait') < whole.indexOf('/4'), whole.join(' '));
  for (const more of ['', '&failed=0', '&namespace=openfaas-fn&cold=0']) {
    const found: Call[] = [];
    for (let before = ''; ; ) {
      const page = await list(`limit=1${before}${more}`);
      found.push(...page);
      const last = page.at(-1);
      if (last === undefined) break;
      before = `&before=${last.id}&beforeStart=${last.startedAt}`;
    }
    assert.deepEqual(
      found.map(({ path }) => path),
      whole,
    );
  }
  const alone = await gateway.system('GET', '/system/calls?before=x');
  assert.deepEqual([alone.status, alone.headers.get('x-wherry-error')], [422, 'bad_query']);
});

test('who may see one function finds its calls, however many others there are, and nothing of these', async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'one',
    scopes: ['read'],
    functions: 'team/*',
  });
  const { token } = (await made.json()) as { token: string };
  const calls = { name: 'calls', scopes: ['invoke'], functions: 'team/*' };
  const { token: caller } = (await (await gateway.system('POST', '/system/tokens', calls)).json()) as {
    token: string;
  };
  const found = async (query: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${gateway.url}/system/calls?${query}`, { headers })).json()) as Call[];
  };
  assert.deepEqual(await found('failed=1'), []);
  assert.deepEqual(
    (await found('limit=5')).map(({ name }) => name),
    ['other'],
  );
  // An id that everybody gives.
  const headers = { 'x-call-id': 'healthcheck' };
  assert.equal((await gateway.call('other.team', { headers })).status, 200);
  for (let n = 0; n < 120; n += 1) await gateway.call('mixed', { headers });
  assert.deepEqual(
    (await found('id=healthcheck')).map(({ name }) => name),
    ['other'],
  );
  const one = await fetch(`${gateway.url}/system/calls/healthcheck`, {
    headers: { authorization: `Bearer ${caller}` },
  });
  assert.equal(one.status, 200);
});
