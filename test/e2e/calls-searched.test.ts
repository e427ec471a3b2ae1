import assert from 'node:assert/strict';
import { after, test } from 'node:test';
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

test('who may see one function finds nothing of the others', async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'one',
    scopes: ['read'],
    functions: 'team/*',
  });
  const { token } = (await made.json()) as { token: string };
  const found = await fetch(`${gateway.url}/system/calls?failed=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.deepEqual(await found.json(), []);
});
