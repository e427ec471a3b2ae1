import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { type Answer, Rig, type RigOptions, settle } from '../rig.fixtures.ts';

const annotations = { 'com.wherry.webhook': 'github', 'com.wherry.webhook.secret': 'hook' };
const sign = (body: string, secret = 'the secret') =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function rigWith(more: Record<string, string> = {}, options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.open(options);
  await rig.platform.secrets.create({ namespace: 'openfaas-fn', name: 'hook' }, Buffer.from('the secret\n'));
  await rig.deploy('hooked', { annotations: { ...annotations, ...more } });
  return rig;
}

async function call(rig: Rig, body: string, headers: readonly string[], more: object = {}): Promise<Answer> {
  const answer = rig.call('hooked', { method: 'POST', body: Buffer.from(body), headers, ...more });
  await settle();
  await rig.clock.advance(10);
  await answer.over;
  return answer;
}

const signed = (body: string) => ['X-Hub-Signature-256', sign(body)];

test('a signature opens a function that is private, and its lack closes one that is public', async () => {
  for (const functionsArePublic of [false, true]) {
    const rig = await rigWith({}, { settings: { functionsArePublic } });
    assert.equal((await call(rig, 'ping', signed('ping'))).status, 200);
    for (const headers of [[], signed('pong'), ['X-Hub-Signature-256', sign('ping', 'guessed')]]) {
      const answer = await call(rig, 'ping', headers);
      assert.deepEqual([answer.status, answer.code], [401, 'signature_refused']);
      assert.doesNotMatch(answer.failure?.message ?? '', /the secret/);
    }
    await rig.close();
  }
});

test('who does not sign wakes nothing', async () => {
  const rig = await Rig.open();
  await rig.platform.secrets.create({ namespace: 'openfaas-fn', name: 'hook' }, Buffer.from('the secret'));
  await rig.asleep('hooked', { annotations });
  const before = rig.starts;
  assert.equal((await call(rig, 'ping', signed('pong'))).status, 401);
  assert.equal(rig.starts, before);
  await rig.close();
});

test('a token that may call it needs no signature; one that may not is no help', async () => {
  const rig = await rigWith({}, { settings: { functionsArePublic: false } });
  assert.equal((await call(rig, 'x', [], { authorization: 'Bearer the-admin-token' })).status, 200);
  const caller = { name: 'other', scopes: ['invoke'], functions: 'openfaas-fn/other' };
  assert.equal((await call(rig, 'x', [], { caller })).status, 401);
  await rig.close();
});

test('a signed call that is kept is made later, and one that is not signed is not kept', async () => {
  const rig = await rigWith({}, { settings: { functionsArePublic: false } });
  let made = 0;
  rig.forwarder.script = () => ({ status: 200, body: Buffer.from(String(++made)) });
  const kept = rig.later('hooked', signed('ping'), 'ping');
  await settle();
  await kept.over;
  assert.equal(kept.status, 202);
  const refused = rig.later('hooked', signed('ping'), 'pong');
  await settle();
  await refused.over;
  assert.equal(refused.code, 'signature_refused');
  await rig.clock.advance(100);
  assert.equal(made, 1);
  await rig.close();
});

test('nobody gets past the signature by having an answer sent there', async () => {
  const rig = await rigWith();
  await rig.deploy('echo');
  let hooked = 0;
  rig.forwarder.script = ({ path }) => {
    if (path === '/in') hooked += 1;
    return { status: 200, body: Buffer.from('forged') };
  };
  const answer = rig.later('echo', ['X-Callback-Url', 'http://gateway.example/function/hooked/in']);
  await settle();
  await answer.over;
  assert.equal(answer.status, 202);
  await rig.clock.advance(60_000);
  assert.equal(hooked, 0);
  await rig.close();
});

test('the very same request a second time is refused where its scheme knows a time', async () => {
  const rig = await rigWith({ 'com.wherry.webhook': 'slack' });
  const at = Math.floor(rig.clock.now() / 1000);
  const sum = createHmac('sha256', 'the secret').update(`v0:${at}:a=1`).digest('hex');
  const headers = ['X-Slack-Request-Timestamp', String(at), 'X-Slack-Signature', `v0=${sum}`];
  assert.equal((await call(rig, 'a=1', headers)).status, 200);
  const again = await call(rig, 'a=1', headers);
  assert.deepEqual([again.status, /sent before/.test(again.failure?.message ?? '')], [401, true]);
  await rig.clock.advance(301_000);
  assert.match((await call(rig, 'a=1', headers)).failure?.message ?? '', /5 minutes/);
  await rig.close();
});

test('a secret that is exchanged is good at once; one that is gone lets nobody in', async () => {
  const rig = await rigWith();
  const name = { namespace: 'openfaas-fn', name: 'hook' };
  await rig.platform.secrets.update(name, Buffer.from('next\nthe secret\n'));
  assert.equal((await call(rig, 'x', signed('x'))).status, 200);
  assert.equal((await call(rig, 'x', ['X-Hub-Signature-256', sign('x', 'next')])).status, 200);
  await rig.platform.secrets.remove(name);
  const answer = await call(rig, 'x', signed('x'));
  assert.deepEqual([answer.status, answer.code], [503, 'webhook_unready']);
  await rig.close();
});

test('a body that is larger than allowed is not held to be checked', async () => {
  const rig = await rigWith({ 'com.wherry.max-body': '4' });
  let cancelled = false;
  const answer = rig.call('hooked', {
    method: 'POST',
    headers: signed('12345'),
    body: {
      length: undefined,
      start: (sink) => void sink.chunk(Buffer.from('12345')),
      pause() {},
      resume() {},
      cancel: () => (cancelled = true),
    },
  });
  await settle();
  await answer.over;
  assert.deepEqual([answer.code, cancelled], ['body_too_large', true]);
  await rig.close();
});

test('half of a webhook is refused at the deploy, and so is a secret that is not there', async () => {
  const rig = await Rig.open();
  const refused = async (more: Record<string, string>, code: string, message: RegExp) =>
    assert.rejects(rig.deploy('hooked', { annotations: more }), { code, message });
  await refused({ 'com.wherry.webhook': 'github' }, 'bad_value', /webhook\.secret/);
  await refused({ 'com.wherry.webhook.secret': 'hook' }, 'bad_value', /com\.wherry\.webhook:/);
  await refused({ ...annotations, 'com.wherry.webhook': 'gitlab' }, 'bad_value', /gitlab/);
  await refused({ ...annotations, 'com.wherry.webhook': 'hmac-sha256:' }, 'bad_value', /HEADER/);
  await refused({ ...annotations, 'com.wherry.webhook.secret': '../x' }, 'bad_value', /cannot name/);
  await refused(annotations, 'secret_missing', /hook/);
  await rig.close();
});
