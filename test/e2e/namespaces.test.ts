import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const gateway = await Gateway.start({ after }, { home });

const says = (text: string) => ({ 'handler.js': `module.exports = () => ${JSON.stringify(text)};` });
const ask = async (method: string, path: string, body?: unknown, token?: string) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await gateway.system(method, path, body, headers);
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) as unknown };
};
const names = async (token?: string) => (await ask('GET', '/system/namespaces', undefined, token)).json();

test('a namespace is made, read, changed and removed with the statuses that clients count on', async () => {
  const body = {
    name: 'life',
    labels: { openfaas: '1' },
    annotations: { openfaas: '1', note: '{"a": "b"}' },
  };
  assert.equal((await ask('POST', '/system/namespace/', body)).status, 201);
  assert.equal((await ask('POST', '/system/namespace/', body)).status, 409);
  assert.deepEqual((await ask('GET', '/system/namespace/life')).json(), body);
  assert.deepEqual(await names(), ['openfaas-fn', 'life']);
  const changed = { name: 'life', labels: { team: 'a' } };
  assert.equal((await ask('PUT', '/system/namespace/life', changed)).status, 202);
  assert.deepEqual((await ask('GET', '/system/namespace/life')).json(), changed);
  assert.equal((await ask('PUT', '/system/namespace/life', { name: 'other' })).status, 400);
  assert.equal(
    (await ask('DELETE', '/system/namespace/life', { name: 'life', labels: { openfaas: '1' } })).status,
    202,
  );
  for (const method of ['GET', 'DELETE'])
    assert.equal((await ask(method, '/system/namespace/life')).status, 404);
  assert.equal((await ask('PUT', '/system/namespace/life', {})).status, 404);
  assert.equal(
    (await ask('POST', '/system/namespace', { name: 'life' })).status,
    201,
    'also without the slash',
  );
  assert.equal((await ask('DELETE', '/system/namespace/life')).status, 202);
});

test('the same name in two namespaces is two functions, with two secrets', async () => {
  for (const name of ['one', 'two']) {
    await ask('POST', '/system/namespace/', { name });
    await ask('POST', '/system/secrets', { name: 'key', namespace: name, value: `key of ${name}` });
    await gateway.deploy({
      name: 'twin',
      files: says(`I am ${name}`),
      spec: { namespace: name, secrets: ['key'] },
    });
  }
  assert.equal(await gateway.said('twin.one'), 'I am one');
  assert.equal(await gateway.said('twin.two'), 'I am two');
  assert.equal((await gateway.call('twin')).status, 404);
  const listed = (await ask('GET', '/system/functions?namespace=two')).json() as {
    name: string;
    namespace: string;
  }[];
  assert.deepEqual(
    listed.map(({ name, namespace }) => [name, namespace]),
    [['twin', 'two']],
  );
  const secrets = (await ask('GET', '/system/secrets?namespace=one')).json() as { namespace: string }[];
  assert.deepEqual(
    secrets.map(({ namespace }) => namespace),
    ['one'],
  );
  assert.equal(
    (await ask('DELETE', '/system/functions', { functionName: 'twin', namespace: 'one' })).status,
    202,
  );
  assert.equal(await gateway.said('twin.two'), 'I am two');
});

test('a token for one namespace sees and does nothing in another', async () => {
  await ask('POST', '/system/namespace/', { name: 'mine' });
  await ask('POST', '/system/namespace/', { name: 'theirs' });
  const made = await ask('POST', '/system/tokens', {
    name: 'team',
    scopes: ['read', 'deploy', 'secrets', 'invoke'],
    functions: 'mine/*',
  });
  const { token } = made.json() as { token: string };
  assert.deepEqual(await names(token), ['mine']);
  assert.equal((await ask('GET', '/system/namespace/theirs', undefined, token)).status, 404);
  const secret = (namespace: string) => ({ name: 'key', namespace, value: 'x' });
  assert.equal((await ask('POST', '/system/secrets', secret('mine'), token)).status, 202);
  assert.equal((await ask('POST', '/system/secrets', secret('theirs'), token)).status, 403);
  await ask('POST', '/system/secrets', secret('theirs'));
  assert.deepEqual((await ask('GET', '/system/secrets?namespace=theirs', undefined, token)).json(), []);
  assert.equal(
    (await ask('DELETE', '/system/secrets', { name: 'key', namespace: 'theirs' }, token)).status,
    403,
  );
  const image = `wherry.local/x@sha256:${'0'.repeat(64)}`;
  const deployed = await ask(
    'POST',
    '/system/functions',
    { service: 'x', image, namespace: 'theirs' },
    token,
  );
  assert.equal(deployed.status, 403);
});

test('a namespace with something in it is not removed; tokens of an empty one end with it', async () => {
  await ask('POST', '/system/namespace/', { name: 'full' });
  await gateway.deploy({ name: 'inside', files: says('here'), spec: { namespace: 'full' } });
  await ask('POST', '/system/secrets', { name: 'key', namespace: 'full', value: 'x' });
  const { token } = (
    await ask('POST', '/system/tokens', { name: 'full-reader', scopes: ['read'], functions: 'full/*' })
  ).json() as { token: string };
  const refused = await ask('DELETE', '/system/namespace/full');
  assert.equal(refused.status, 409);
  assert.match(refused.text, /full holds function inside, secret key/);
  assert.equal(await gateway.said('inside.full'), 'here');
  await ask('DELETE', '/system/functions?namespace=full', { functionName: 'inside' });
  await ask('DELETE', '/system/secrets?namespace=full', { name: 'key' });
  assert.deepEqual(await names(token), ['full']);
  assert.equal((await ask('DELETE', '/system/namespace/full')).status, 202);
  await ask('POST', '/system/namespace/', { name: 'full' });
  assert.equal(
    (await ask('GET', '/system/namespaces', undefined, token)).status,
    401,
    'the next one is not theirs',
  );
  assert.equal((await ask('DELETE', '/system/namespace/openfaas-fn')).status, 409, 'the default one stays');
});

test('quotas hold: functions when they are deployed, instances when they start', async () => {
  const annotations = { 'com.wherry.quota.functions': '2', 'com.wherry.quota.instances': '2' };
  await ask('POST', '/system/namespace/', { name: 'small', annotations });
  await gateway.deploy({ name: 'a', files: says('a'), spec: { namespace: 'small' } });
  await gateway.deploy({ name: 'b', files: says('b'), spec: { namespace: 'small' } });
  const third = await gateway.tryDeploy({ name: 'c', files: says('c'), spec: { namespace: 'small' } });
  assert.equal(third.status, 403);
  assert.match(await third.text(), /small has 2 of the 2 functions it may \(com\.wherry\.quota\.functions\)/);
  await gateway.deploy({ name: 'a', files: says('a2'), spec: { namespace: 'small' } });
  assert.equal(await gateway.said('a.small'), 'a2');
  assert.equal(await gateway.said('b.small'), 'b', 'whoever was idle slept for the other, and wakes again');
  const wrong = await ask('PUT', '/system/namespace/small', {
    annotations: { 'com.wherry.quota.memory': 'lots' },
  });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /com\.wherry\.quota\.memory: \\?"lots\\?" is not a memory size/);
});

test('the namespace of a deployment may stand in the query; it must not say another than the body', async () => {
  await ask('POST', '/system/namespace/', { name: 'asked' });
  const fn = { service: 'by-query', image: 'functions/alpine', envProcess: 'cat' };
  assert.equal((await ask('POST', '/system/functions?namespace=asked', fn)).status, 202);
  assert.equal((await gateway.call('by-query.asked', { method: 'POST', body: 'x' })).status, 200);
  assert.equal((await gateway.call('by-query')).status, 404, 'and nothing in the default one');
  assert.equal((await ask('PUT', '/system/functions?namespace=asked', fn)).status, 202);
  const both = await ask('POST', '/system/functions?namespace=asked', { ...fn, namespace: 'openfaas-fn' });
  assert.equal(both.status, 400);
  assert.match(both.text, /the body says "openfaas-fn", the query "asked"/);
});

test('namespaces and what is in them are there again after a restart', async () => {
  await ask('POST', '/system/namespace/', { name: 'lasting', labels: { a: 'b' } });
  await gateway.deploy({ name: 'still', files: says('still here'), spec: { namespace: 'lasting' } });
  await gateway.stop();
  const again = await Gateway.start({ after }, { home });
  assert.equal(await again.said('still.lasting'), 'still here');
  const read = await again.system('GET', '/system/namespace/lasting');
  assert.deepEqual(await read.json(), { name: 'lasting', labels: { a: 'b' } });
  const unknown = await again.system('GET', '/system/functions?namespace=never-made');
  assert.equal(unknown.status, 400);
  assert.match(await unknown.text(), /wherry namespace create never-made/);
});
