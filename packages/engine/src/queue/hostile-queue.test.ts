// What an attacker found, each as it was shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueuedCall } from '@wherry/core/queued-call';
import { type Answer, Rig, type RigOptions, settle } from '../rig.fixtures.ts';

const open = async (options: RigOptions = {}): Promise<Rig> =>
  Rig.open({ settings: { drainMs: 1_000 }, ...options });

async function later(
  rig: Rig,
  name: string,
  headers: readonly string[] = [],
  body = 'x',
  more = {},
): Promise<Answer> {
  const answer = rig.later(name, headers, body, more);
  await settle();
  await answer.over;
  return answer;
}

async function stand(rig: Rig, id: string): Promise<QueuedCall | undefined> {
  return (await rig.platform.queue.find({ id, limit: 1 }))[0];
}

test('receivers that never answer hold up no function, however many and however large', async () => {
  const rig = await open({ settings: { drainMs: 1_000, maxBodyBytes: 1e9 } });
  await rig.deploy('evil');
  await rig.deploy('hello');
  // Whoever sends may never come back, not even when it is told to.
  rig.callbacks.send = () => new Promise(() => undefined);
  rig.forwarder.script = (call) => ({
    status: 200,
    body: call.at === '' ? Buffer.alloc(0) : Buffer.alloc(400),
  });
  for (let i = 0; i < 600; i++) rig.later('evil', ['X-Callback-Url', `https://r${i}.example/`]);
  await rig.clock.advance(5_000);
  assert.ok(rig.platform.queue.running <= 130, `${rig.platform.queue.running} are under way`);
  const good = await later(rig, 'hello');
  await rig.clock.advance(100);
  assert.equal((await stand(rig, good.call.id))?.state, 'done');
  // Each ends all the same, and is tried again.
  await rig.clock.advance(31_000);
  const [first] = (await rig.platform.queue.find({ limit: 2000 })).filter(
    ({ item, note }) => item.head.answer !== undefined && note !== undefined,
  );
  assert.equal(first?.note?.cause, 'no answer in time');
  await rig.close();
});

test('poison harms itself alone: who was in the same instance is made again, and nobody beside it', async () => {
  const rig = await open();
  const annotations = { 'com.openfaas.retry.min_wait': '1s', 'com.openfaas.retry.max_wait': '1s' };
  await rig.deploy('hello', { annotations, labels: { 'com.openfaas.scale.max': '1' } });
  rig.forwarder.script = (call) => {
    if (call.body.toString() !== 'die') return { status: 200, afterMs: 3_000 };
    setImmediate(() => rig.running[0] !== undefined && rig.provider.crash(rig.running[0]));
    return 'never';
  };
  const good = await Promise.all(Array.from({ length: 5 }, () => later(rig, 'hello', [], 'ok')));
  const bad = await Promise.all(Array.from({ length: 4 }, () => later(rig, 'hello', [], 'die')));
  await rig.clock.advance(30 * 60_000);
  const states = async (all: readonly Answer[]) =>
    Promise.all(all.map(async ({ call }) => (await stand(rig, call.id))?.state));
  assert.deepEqual(await states(bad), Array(4).fill('dead'));
  assert.deepEqual(await states(good), Array(5).fill('done'));
  await rig.close();
});

test('an answer for a function of ours keeps to that function’s rate, and waits for no other function', async () => {
  const rig = await open();
  await rig.deploy('evil');
  await rig.deploy('slow');
  await rig.deploy('cnt', { annotations: { 'com.wherry.rate-limit': '2/m' } });
  let counted = 0;
  rig.forwarder.script = (call) => {
    if (call.path === '/cnt') counted += 1;
    return { status: 200, afterMs: call.path === '/slow' ? 15_000 : 1 };
  };
  const to = (name: string) =>
    later(rig, 'evil', ['X-Callback-Url', `http://gateway.openfaas:8080/function/${name}/${name}`]);
  for (let i = 0; i < 10; i++) await to('slow');
  for (let i = 0; i < 10; i++) await to('cnt');
  await rig.clock.advance(500);
  assert.equal(counted, 2);
  await rig.close();
});

test('a token that was revoked calls nothing any more, also what it had put off', async () => {
  const rig = await open({ settings: { drainMs: 1_000, functionsArePublic: false } });
  await rig.deploy('shut');
  const by = { name: 'admin', scopes: ['admin'], functions: '*' } as const;
  const { token } = await rig.platform.tokens.create(
    { name: 'leaked', scopes: ['invoke'], functions: '*' },
    by,
  );
  rig.forwarder.script = () => ({ status: 200 });
  const credentials = { authorization: `Bearer ${token}` };
  const [now, put] = [
    await later(rig, 'shut', [], 'x', credentials),
    await later(rig, 'shut', ['X-Wherry-Delay', '1m'], 'x', credentials),
  ];
  await rig.clock.advance(1_000);
  assert.equal((await stand(rig, now.call.id))?.state, 'done');
  await rig.platform.tokens.revoke('leaked');
  await rig.clock.advance(120_000);
  const refused = await stand(rig, put.call.id);
  assert.deepEqual([refused?.state, refused?.reason], ['dead', 'refused']);
  await rig.close();
});

test('the id that a caller gave means the call, and not the delivery of its answer', async () => {
  const rig = await open();
  await rig.deploy('hello');
  rig.forwarder.script = () => ({ status: 201, body: Buffer.from('mine') });
  await later(rig, 'hello', ['X-Callback-Url', 'https://a.example/'], 'x', { alias: 'v3' });
  await rig.clock.advance(1_000);
  const found = await stand(rig, 'v3');
  assert.deepEqual([found?.item.head.answer, found?.result?.status], [undefined, 201]);
  await rig.close();
});

test('what is put off is no load, a cancelled call gives its key back, and a redrive lasts as long as the function says', async () => {
  const rig = await open();
  const annotations = {
    'com.openfaas.retry.attempts': '3',
    'com.openfaas.retry.min_wait': '13h',
    'com.openfaas.retry.max_wait': '13h',
    'com.wherry.queue.max-age': '700h',
  };
  await rig.deploy('hello', { annotations });
  rig.forwarder.script = () => ({ status: 500 });
  for (let i = 0; i < 50; i++) await later(rig, 'hello', ['X-Wherry-Delay', '20h']);
  rig.forwarder.script = () => 'never';
  await later(rig, 'hello');
  await rig.clock.advance(100);
  assert.equal(Math.max(0, ...(await rig.platform.queue.depths()).values()), 0);

  const keyed = ['Idempotency-Key', 'k', 'X-Wherry-Delay', '1h'];
  const first = await later(rig, 'hello', keyed);
  await rig.platform.queue.cancel({ ids: [first.call.id] });
  assert.notEqual((await later(rig, 'hello', keyed)).call.id, first.call.id);
  await rig.close();
});
