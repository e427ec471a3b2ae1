import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { FunctionSpec } from '@wherry/core/function';
import type { CallInput } from '../invoke/call.ts';
import { admin, Rig, type RigOptions, settle } from '../rig.fixtures.ts';
import type { Trial } from './deployer.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const hello = { namespace: 'openfaas-fn', name: 'hello' };
const broken = new WherryError('deploy_failed', 'SyntaxError: oh no', {
  component: 'host',
  excerpt: 'line 1',
});

/** A platform whose functions answer with their version, at once. */
async function platform(options: RigOptions = {}, afterMs = 0): Promise<Rig> {
  const rig = await Rig.open(options);
  rig.forwarder.script = ({ at }) => {
    const instance = rig.provider.running.get(at.slice('/fake/'.length));
    return { status: 200, body: Buffer.from(`v${instance?.deployment.version}`), afterMs };
  };
  return rig;
}

async function canary(rig: Rig, trial: Trial, more: Partial<FunctionSpec> = {}): Promise<void> {
  const deploying = rig.platform.deployer.deploy(rig.spec('hello', more), admin, {
    mustExist: true,
    canary: trial,
  });
  await rig.clock.advance(rig.provider.startMs);
  await deploying;
}

async function said(rig: Rig, target = 'hello', more: Partial<CallInput> = {}): Promise<string> {
  const call = rig.call(target, more);
  await settle();
  await rig.clock.advance(rig.provider.startMs);
  return call.code ?? call.body;
}

/** How many of so many calls each version answered. */
async function tally(rig: Rig, calls: number, target = 'hello'): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const answers = Array.from({ length: calls }, () => rig.call(target));
  await settle();
  await rig.clock.advance(rig.provider.startMs);
  for (const { body, code } of answers) counts[code ?? body] = (counts[code ?? body] ?? 0) + 1;
  return counts;
}

const sleeping = (rig: Rig, version: number): boolean =>
  rig.platform.deployer.fleetOf({ ...hello, version })?.members.length === 0;

test('an earlier version keeps its number, answers to it, and sleeps when nobody calls', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello');
  assert.deepEqual(
    [await said(rig), await said(rig, 'hello@1'), await said(rig, 'hello@2')],
    ['v2', 'v1', 'v2'],
  );
  assert.equal(await said(rig, 'hello.openfaas-fn%401'), 'v1');
  await rig.clock.advance(6 * minutes);
  assert.deepEqual([sleeping(rig, 1), rig.running.length], [true, 0]);
  assert.equal(await said(rig, 'hello@1'), 'v1', 'and wakes alone');
  assert.equal(rig.running.length, 1);
  await rig.close();
});

test('what is no version, alias or function is told apart', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  for (const target of ['hello@2', 'hello@0', 'hello@', 'hello@beta', 'hello@1.openfaas-fn'])
    assert.equal(await said(rig, target), 'version_unknown', target);
  assert.equal(await said(rig, 'other@1'), 'function_unknown');
  await rig.close();
});

test('rolling back makes the version before live under its own number, started before it takes a call', async () => {
  const rig = await platform({}, 50);
  await rig.deploy('hello');
  await rig.deploy('hello');
  rig.provider.startMs = 500;
  const rolling = rig.platform.rollout.rollback(hello, admin);
  await rig.clock.advance(499);
  const before = rig.call('hello');
  await rig.clock.advance(1);
  await rolling;
  const after = rig.call('hello');
  await rig.clock.advance(100);
  assert.deepEqual([before.body, after.body, after.call.cold], ['v2', 'v1', false]);
  assert.equal((await rig.desired.get(hello))?.active.version, 1);
  assert.ok(sleeping(rig, 2), 'the version that was left ends once its calls are done');
  await rig.deploy('hello');
  assert.equal(rig.fleet('hello').key.version, 3, 'a number is never given twice');
  await rig.close();
});

test('rolling back to what does not start changes nothing', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello');
  const stored = await rig.desired.get(hello);
  rig.provider.failNextStart(broken);
  await assert.rejects(rig.platform.rollout.rollback(hello, admin), { code: 'deploy_failed' });
  assert.deepEqual(await rig.desired.get(hello), stored);
  assert.deepEqual([await said(rig), rig.running.length], ['v2', 1]);
  await assert.rejects(rig.platform.rollout.rollback(hello, admin, 9), { code: 'version_unknown' });
  await assert.rejects(rig.platform.rollout.rollback({ ...hello, name: 'no' }, admin), {
    code: 'function_unknown',
  });
  await rig.close();
});

test('a version that was called long ago is not put to sleep between its proof and its first call', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello');
  await said(rig, 'hello@1');
  // Its idle time is over just while the change is written.
  const put = rig.desired.put.bind(rig.desired);
  rig.desired.put = async (record) => {
    await rig.clock.advance(10 * minutes);
    await put(record);
  };
  await rig.platform.rollout.rollback(hello, admin);
  const call = rig.call('hello');
  await settle();
  await rig.clock.advance(0);
  assert.deepEqual([call.body, call.call.cold], ['v1', false]);
  await rig.close();
});

test('a canary takes its share of the plain name, within two in a hundred of ten thousand calls', async () => {
  const rig = await platform({ concurrency: 100_000, settings: { maxWaiting: 100_000 } });
  await rig.deploy('hello');
  await canary(rig, { percent: 10 });
  const { v2 = 0, v1 = 0 } = await tally(rig, 10_000);
  assert.ok(v2 >= 800 && v2 <= 1200 && v1 + v2 === 10_000, `${v2} of ${v1 + v2}`);
  await rig.platform.rollout.share(hello, { percent: 25 });
  const more = await tally(rig, 2000);
  assert.ok(Math.abs((more['v2'] ?? 0) - 500) <= 10, JSON.stringify(more));
  assert.deepEqual(await tally(rig, 100, 'hello@1'), { v1: 100 });
  await rig.close();
});

test('promoting makes the canary live and lets the old one finish; aborting leaves all to the old one', async () => {
  const rig = await platform({}, 100);
  await rig.deploy('hello');
  await canary(rig, { percent: 50 });
  const running = [rig.call('hello'), rig.call('hello')];
  await settle();
  await rig.platform.rollout.promote(hello, admin);
  await rig.clock.advance(200);
  assert.deepEqual(running.map(({ body }) => body).sort(), ['v1', 'v2']);
  assert.deepEqual([rig.fleet('hello').key.version, sleeping(rig, 1)], [2, true]);
  await canary(rig, { percent: 50 });
  await rig.platform.rollout.abort(hello);
  const calls = Array.from({ length: 10 }, () => rig.call('hello'));
  await rig.clock.advance(200);
  assert.ok(calls.every(({ body }) => body === 'v2'));
  assert.ok(sleeping(rig, 3));
  for (const change of [
    () => rig.platform.rollout.abort(hello),
    () => rig.platform.rollout.promote(hello, admin),
  ])
    await assert.rejects(change(), { code: 'no_canary' });
  await rig.close();
});

test('a rollback while a version is tried ends the trial first', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello');
  await canary(rig, { percent: 10 });
  await rig.platform.rollout.rollback(hello, admin);
  assert.deepEqual(await tally(rig, 20), { v2: 20 });
  await rig.platform.rollout.rollback(hello, admin);
  assert.deepEqual(await tally(rig, 20), { v1: 20 });
  await rig.close();
});

test('a canary that does not start changes nothing, and the function says why', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  rig.provider.failNextStart(broken);
  await assert.rejects(canary(rig, { percent: 10 }), { code: 'deploy_failed' });
  const fn = rig.platform.functions.find('hello');
  assert.deepEqual([fn?.failedDeploy?.version, fn?.failedDeploy?.reason], [2, 'SyntaxError: oh no']);
  assert.deepEqual([(await rig.desired.get(hello))?.canary, await said(rig)], [undefined, 'v1']);
  await rig.deploy('hello');
  assert.equal(fn?.failedDeploy, undefined);
  await assert.rejects(
    rig.platform.deployer.deploy(rig.spec('new'), admin, { mustExist: false, canary: { percent: 10 } }),
    { code: 'bad_value' },
  );
  await rig.close();
});

test('sticky calls stay with their version: by client, by header, by cookie, and across a restart', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await canary(rig, { percent: 50, sticky: { by: 'cookie', name: 'session' } });
  const session = (n: number): Partial<CallInput> => ({ headers: ['Cookie', `theme=dark; session=s${n}`] });
  const first = await Promise.all(Array.from({ length: 40 }, (_, n) => said(rig, 'hello', session(n))));
  assert.deepEqual([...new Set(first)].sort(), ['v1', 'v2']);
  const again = await Promise.all(Array.from({ length: 40 }, (_, n) => said(rig, 'hello', session(n))));
  assert.deepEqual(again, first);
  await rig.close();

  const after = await Rig.open({ parts: { desired: rig.desired } });
  after.forwarder.script = ({ at }) => {
    const instance = after.provider.running.get(at.slice('/fake/'.length));
    return { status: 200, body: Buffer.from(`v${instance?.deployment.version}`) };
  };
  const later = await Promise.all(Array.from({ length: 40 }, (_, n) => said(after, 'hello', session(n))));
  assert.deepEqual(later, first);

  await after.platform.rollout.share(hello, { percent: 50, sticky: { by: 'client' } });
  const from = (n: number): Partial<CallInput> => ({
    from: { address: `192.0.2.${n}`, host: 'x', scheme: 'http' },
  });
  const clients = await Promise.all(Array.from({ length: 40 }, (_, n) => said(after, 'hello', from(n))));
  const clientsAgain = await Promise.all(Array.from({ length: 40 }, (_, n) => said(after, 'hello', from(n))));
  assert.deepEqual([clientsAgain, [...new Set(clients)].sort()], [clients, ['v1', 'v2']]);
  const tokens = await Promise.all(
    Array.from({ length: 40 }, (_, n) => said(after, 'hello', { ...from(1), authorization: `Bearer t${n}` })),
  );
  assert.equal(new Set(tokens).size, 2, 'behind one address, those who say who they are are told apart');

  await after.platform.rollout.setAlias(hello, {
    name: 'ab',
    shares: [
      { version: 1, weight: 1 },
      { version: 2, weight: 1 },
    ],
    sticky: { by: 'header', name: 'x-user' },
  });
  const user = (n: number): Partial<CallInput> => ({ headers: ['X-User', `u${n}`] });
  const users = await Promise.all(Array.from({ length: 40 }, (_, n) => said(after, 'hello@ab', user(n))));
  const usersAgain = await Promise.all(
    Array.from({ length: 40 }, (_, n) => said(after, 'hello@ab', user(n))),
  );
  assert.deepEqual([usersAgain, new Set(users).size], [users, 2]);
  assert.deepEqual(
    await tally(after, 40, 'hello@ab'),
    { v1: 20, v2: 20 },
    'who has no such header is dealt out',
  );
  await after.close();
});

test('an alias deals its own weights, keeps its versions, and goes without a trace', async () => {
  const rig = await platform({ concurrency: 10_000 });
  await rig.deploy('hello');
  const alias = { name: 'stable', shares: [{ version: 1, weight: 3 }] };
  await rig.platform.rollout.setAlias(hello, alias);
  for (let n = 0; n < 12; n++) await rig.deploy('hello');
  assert.deepEqual(await tally(rig, 10, 'hello@stable'), { v1: 10 });
  assert.equal(await said(rig, 'hello@2'), 'version_unknown', 'the oldest that nobody names are gone');
  assert.ok(rig.provider.asked.includes('forget hello.openfaas-fn@2'));
  await rig.platform.rollout.setAlias(hello, {
    name: 'stable',
    shares: [...alias.shares, { version: 13, weight: 1 }],
  });
  const { v1 = 0, v13 = 0 } = await tally(rig, 1000, 'hello@stable');
  assert.ok(Math.abs(v1 - 750) <= 3 && v1 + v13 === 1000, `${v1} and ${v13}`);
  await rig.platform.rollout.removeAlias(hello, 'stable');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual(
    [await said(rig, 'hello@stable'), await said(rig, 'hello@1')],
    ['version_unknown', 'version_unknown'],
  );
  assert.equal(rig.platform.deployer.fleetOf({ ...hello, version: 1 }), undefined);
  await assert.rejects(rig.platform.rollout.removeAlias(hello, 'stable'), { code: 'version_unknown' });
  await rig.close();
});

test('an alias to a version that does not start changes nothing', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello');
  rig.provider.failNextStart(broken);
  const alias = { name: 'old', shares: [{ version: 1, weight: 1 }] };
  await assert.rejects(rig.platform.rollout.setAlias(hello, alias), { code: 'deploy_failed' });
  assert.equal((await rig.desired.get(hello))?.aliases, undefined);
  assert.equal(await said(rig, 'hello@old'), 'version_unknown');
  await rig.close();
});

test('what must always run does so for versions that calls are led to, and for no other', async () => {
  const rig = await platform();
  const always = { labels: { 'com.openfaas.scale.min': '1' } };
  await rig.deploy('hello', always);
  await rig.deploy('hello', always);
  await canary(rig, { percent: 10 }, always);
  await said(rig, 'hello@1');
  await rig.clock.advance(10 * minutes);
  const running = (): number[] =>
    [...rig.provider.running.values()].map(({ deployment }) => deployment.version).sort((a, b) => a - b);
  assert.deepEqual(running(), [2, 3]);
  await rig.platform.rollout.abort(hello);
  await rig.clock.advance(1 * seconds);
  assert.deepEqual(running(), [2]);
  await rig.platform.rollout.setAlias(hello, { name: 'old', shares: [{ version: 1, weight: 1 }] });
  await rig.clock.advance(10 * minutes);
  assert.deepEqual(running(), [1, 2]);
  await rig.close();
});

test('the live version says who may call, whichever version is asked for', async () => {
  const rig = await platform({ settings: { versionsArePublic: false } });
  await rig.deploy('hello', { annotations: { 'com.wherry.visibility': 'public' } });
  await rig.deploy('hello', { annotations: { 'com.wherry.visibility': 'public' } });
  const token = { authorization: 'Bearer the-admin-token' };
  // What was mended in 2 must not stay open to everybody in 1.
  assert.deepEqual([await said(rig), await said(rig, 'hello@2')], ['v2', 'v2']);
  assert.deepEqual(
    [await said(rig, 'hello@1'), await said(rig, 'hello@1', token)],
    ['private_function', 'v1'],
  );
  await rig.platform.rollout.setAlias(hello, { name: 'old', shares: [{ version: 1, weight: 1 }] });
  assert.deepEqual(
    [await said(rig, 'hello@old'), await said(rig, 'hello@1')],
    ['v1', 'v1'],
    'led to on purpose',
  );
  await rig.deploy('hello', { annotations: { 'com.wherry.visibility': 'private' } });
  for (const target of ['hello', 'hello@1', 'hello@old', 'hello@3'])
    assert.equal(await said(rig, target), 'private_function', target);
  await rig.close();
});

test('no version is a way around the live version’s rate', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  await rig.deploy('hello', { annotations: { 'com.wherry.rate-limit': '2/m' } });
  const targets = ['hello', 'hello@1', 'hello@2', 'hello@1'];
  assert.deepEqual(await Promise.all(targets.map((target) => said(rig, target))), [
    'v2',
    'v1',
    'rate_limited',
    'rate_limited',
  ]);
  await rig.close();
});

test('addresses belong to the live version: a canary has none until it is promoted', async () => {
  const rig = await platform();
  const at = (path: string): Partial<FunctionSpec> => ({ annotations: { 'com.wherry.routes': path } });
  await rig.deploy('hello', at('/old'));
  await canary(rig, { percent: 10 }, at('/new'));
  const found = (path: string): string | undefined => rig.platform.routes.find('', path)?.target;
  assert.deepEqual([found('/old'), found('/new')], ['hello.openfaas-fn', undefined]);
  await rig.platform.rollout.promote(hello, admin);
  assert.deepEqual([found('/old'), found('/new')], [undefined, 'hello.openfaas-fn']);
  await rig.deploy('other', at('/old'));
  await assert.rejects(rig.platform.rollout.rollback(hello, admin), { code: 'route_taken' });
  assert.equal(found('/new'), 'hello.openfaas-fn');
  await rig.close();
});

test('a deployer brings back what an admin granted only where the live version has the same', async () => {
  const rig = await platform();
  const deployer: Principal = { name: 'ci', scopes: ['deploy'], functions: '*' };
  const network = (grant: string): Partial<FunctionSpec> => ({
    annotations: { 'com.wherry.network': grant },
  });
  await rig.deploy('hello', network('db.example:5432'));
  await rig.deploy('hello', network('db.example:5432'));
  await rig.platform.rollout.rollback(hello, deployer);
  assert.equal(await said(rig), 'v1');
  await rig.deploy('hello', network('none'));
  await assert.rejects(rig.platform.rollout.rollback(hello, deployer), { code: 'grant_refused' });
  await rig.platform.rollout.rollback(hello, admin);
  assert.equal(await said(rig), 'v1');
  await rig.close();
});

test('an earlier version ends once its instance has let go of a call whose caller went away', async () => {
  const rig = await platform();
  await rig.deploy('hello');
  const channel = rig.forwarder.channel({ kind: 'frames', path: '/fake/i1' });
  if (channel === undefined) throw new Error('there is no connection');
  // It takes a moment to notice that nobody waits any more.
  channel.forward = (_, answer) => ({
    cancel: () => void rig.clock.after(2 * seconds, () => answer.settled()),
    resume() {},
  });
  const call = rig.call('hello');
  await settle();
  await rig.deploy('hello');
  call.call.cancel('caller_gone');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual([call.ended, rig.running], [true, ['i1', 'i2']]);
  await rig.clock.advance(2 * seconds);
  assert.deepEqual(rig.running, ['i2']);
  await rig.close();
});

test('removing a function removes all its versions and lets their calls finish', async () => {
  const rig = await platform({}, 100);
  await rig.deploy('hello');
  await rig.deploy('hello');
  await canary(rig, { percent: 50 });
  const calls = ['hello', 'hello', 'hello@1'].map((target) => rig.call(target));
  await settle();
  await rig.platform.deployer.remove(hello);
  assert.equal(rig.call('hello@1').call.function, undefined);
  await rig.clock.advance(1 * seconds);
  assert.deepEqual(calls.map(({ body }) => body).sort(), ['v1', 'v2', 'v3']);
  assert.deepEqual(
    [rig.running, [...rig.platform.deployer.fleets], rig.platform.budget.reservedBytes],
    [[], [], 0],
  );
  await rig.close();
});

test('calls, failures and time are counted for each version alone', async () => {
  const rig = await platform({}, 20);
  await rig.deploy('hello');
  await rig.deploy('hello');
  const calls = ['hello', 'hello', 'hello@1'].map((target) => rig.call(target));
  await rig.clock.advance(100);
  assert.ok(calls.every(({ status }) => status === 200));
  const counts = [1, 2].map((version) => rig.platform.deployer.fleetOf({ ...hello, version })?.counts);
  assert.deepEqual(
    counts.map((one) => [one?.calls, one?.failures]),
    [
      [1, 0],
      [2, 0],
    ],
  );
  await rig.close();
});
