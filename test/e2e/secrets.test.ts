import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const gateway = await Gateway.start({ after }, { home });

/** Answers with the secret that it is asked for, in base64. */
const reader = {
  'handler.js': `const fs = require('fs');
module.exports = async (event, context) => {
  try { return context.succeed(fs.readFileSync('/var/openfaas/secrets/' + event.body).toString('base64')); }
  catch (error) { return context.status(404).succeed(error.code); }
};`,
};
const fenced = /^ +isolation +none/m.test(gateway.output)
  ? 'this machine has no fence, so functions find their secrets elsewhere'
  : false;

const secrets = (method: string, body?: unknown, query = '') =>
  gateway.system(method, `/system/secrets${query}`, body);
const statusOf = async (answer: Promise<Response>) => {
  const response = await answer;
  await response.arrayBuffer();
  return response.status;
};
const read = async (fn: string, name: string): Promise<string> => {
  const response = await gateway.call(fn, {
    method: 'POST',
    body: name,
    headers: { 'content-type': 'text/plain' },
  });
  const text = await response.text();
  return response.ok ? Buffer.from(text, 'base64').toString('latin1') : text;
};

test('create, list, update and remove answer what OpenFaaS clients count as success', async () => {
  assert.equal(await statusOf(secrets('POST', { name: 'crud', value: 'a' })), 202);
  assert.equal(await statusOf(secrets('POST', { name: 'crud', value: 'b' })), 409);
  assert.equal(await statusOf(secrets('PUT', { name: 'crud', value: 'b' })), 202);
  assert.equal(await statusOf(secrets('PUT', { name: 'not-there', value: 'b' })), 404);
  const listed = (await (await secrets('GET')).json()) as { name: string; namespace: string }[];
  assert.deepEqual(
    listed.map(({ name, namespace }) => [name, namespace]),
    [['crud', 'openfaas-fn']],
  );
  assert.doesNotMatch(JSON.stringify(listed), /value/i);
  assert.equal(await statusOf(secrets('DELETE', { name: 'crud', value: 'older clients say it' })), 202);
  assert.equal(await statusOf(secrets('DELETE', { name: 'crud' })), 404);
  assert.deepEqual(await (await secrets('GET')).json(), []);
});

test('a value may have a mebibyte, whatever it is made of', async () => {
  const value = '\u0001'.repeat(2 ** 20);
  const rawValue = Buffer.from(value).toString('base64');
  assert.equal(await statusOf(secrets('POST', { name: 'largest', value, rawValue })), 202);
  assert.equal(await statusOf(secrets('PUT', { name: 'largest', value })), 202);
  assert.equal(await statusOf(secrets('DELETE', { name: 'largest' })), 202);
});

test('what cannot be a secret is refused with the rule', async () => {
  for (const [body, rule] of [
    [{ name: '../escape', value: 'x' }, /cannot name a secret/],
    [{ name: 'Upper', value: 'x' }, /cannot name a secret/],
    [{ name: '.', value: 'x' }, /cannot name a secret/],
    [{ name: 'a..b', value: 'x' }, /cannot name a secret/],
    [{ name: 'empty' }, /value: missing/],
    [{ name: 'odd', rawValue: 'not base64!' }, /rawValue: not base64/],
    [
      { name: 'large', value: 'x'.repeat(2 ** 20 - 100) + '\u00e9'.repeat(100) },
      /value: longer than|more than/,
    ],
    [{ value: 'x' }, /name: missing/],
  ] as const) {
    const answer = await secrets('POST', body);
    const text = await answer.text();
    assert.ok([400, 413, 422].includes(answer.status), `${answer.status} ${text}`);
    assert.match(text, rule);
  }
  assert.match(await (await secrets('GET', undefined, '?namespace=nowhere')).text(), /namespace_unknown/);
  assert.deepEqual(await (await secrets('GET')).json(), []);
});

test('a function reads its secret byte for byte; the raw value counts more', { skip: fenced }, async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 34]);
  await secrets('POST', { name: 'api.key', value: 'trimmed', rawValue: bytes.toString('base64') });
  await secrets('POST', { name: 'text', value: 'caf\u00e9\n\0' });
  await gateway.deploy({ name: 'reader', files: reader, spec: { secrets: ['api.key', 'text'] } });
  assert.equal(await read('reader', 'api.key'), bytes.toString('latin1'));
  assert.equal(await read('reader', 'text'), Buffer.from('caf\u00e9\n\0').toString('latin1'));
  await gateway.deploy({ name: 'stranger', files: reader });
  assert.equal(await read('stranger', 'api.key'), 'ENOENT', 'who did not name it does not have it');
});

test('a new value reaches the running instance within two seconds', { skip: fenced }, async () => {
  await secrets('POST', { name: 'rotating', value: 'old' });
  await gateway.deploy({ name: 'rotates', files: reader, spec: { secrets: ['rotating'] } });
  assert.equal(await read('rotates', 'rotating'), 'old');
  const before = await (await gateway.system('GET', '/system/instances')).text();
  await secrets('PUT', { name: 'rotating', value: 'new' });
  const from = performance.now();
  // On a machine that others use too, two seconds may pass between two looks.
  while ((await read('rotates', 'rotating')) !== 'new')
    assert.ok(performance.now() - from < 20_000, 'still the old value');
  const ids = (text: string) => (JSON.parse(text) as { id: string }[]).map(({ id }) => id).sort();
  assert.deepEqual(
    ids(await (await gateway.system('GET', '/system/instances')).text()),
    ids(before),
    'no restart',
  );
});

test('a function whose secret does not exist is not deployed', async () => {
  const response = await gateway.tryDeploy({
    name: 'hopeful',
    files: reader,
    spec: { secrets: ['missing'] },
  });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /secret "missing" does not exist in openfaas-fn/);
});

test('values are nowhere in the data folder, nor in the log, nor in what the API says', {
  skip: fenced,
}, async () => {
  const value = 'correct-horse-battery-staple';
  await secrets('POST', { name: 'hidden', value });
  await gateway.deploy({
    name: 'keeper',
    files: reader,
    spec: { secrets: ['hidden'], envVars: { SEEN: 'plain-as-day' } },
  });
  assert.equal(await read('keeper', 'hidden'), value);
  const said = await (await gateway.system('GET', '/system/functions')).text();
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const all = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('');
  assert.ok(all.includes('plain-as-day'), 'looking finds what is there');
  assert.ok(!(all + said + gateway.output).includes(value));
});

test('a new key leaves every value as it was; a lost one costs the secrets and nothing else', {
  skip: fenced,
}, async (t) => {
  const own = freshHome();
  t.after(() => rmSync(own, { recursive: true, force: true }));
  const first = await Gateway.start({ after }, { home: own });
  await first.system('POST', '/system/secrets', { name: 'kept', value: 'safe' });
  await first.deploy({ name: 'reader', files: reader, spec: { secrets: ['kept'] } });
  await first.deploy({ name: 'plain', files: { 'handler.js': 'module.exports = () => "hello";' } });
  const key = join(own, 'secrets.key');
  copyFileSync(key, `${key}.before`);
  assert.deepEqual(await (await first.system('POST', '/system/secrets/rotate-key')).json(), { secrets: 1 });
  assert.notEqual(readFileSync(key, 'utf8'), readFileSync(`${key}.before`, 'utf8'));
  await first.stop();

  const second = await Gateway.start({ after }, { home: own });
  assert.equal(Buffer.from(await second.said('reader', 'kept'), 'base64').toString(), 'safe');
  await second.stop();

  rmSync(key);
  const third = await Gateway.start({ after }, { home: own });
  assert.match(third.output, /1 secret cannot be read: its key is not in .*secrets\.key/);
  assert.equal(await third.said('plain'), 'hello');
  const refused = await third.call('reader', { method: 'POST', body: 'kept' });
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /secret_unreadable[\s\S]*wherry secret update kept/);
  await third.system('PUT', '/system/secrets', { name: 'kept', value: 'again' });
  assert.equal(Buffer.from(await third.said('reader', 'kept'), 'base64').toString(), 'again');
});
