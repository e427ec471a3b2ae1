import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import type { Principal } from '@wherry/core/access';
import { admin, type Answer, Rig, settle } from '../rig.fixtures.ts';

const seconds = 1000;
const hello = { namespace: 'openfaas-fn', name: 'hello' };
const broken = new WherryError('deploy_failed', 'SyntaxError: oh no', {
  component: 'host',
  excerpt: 'line 1',
});

/** Which version answered. */
function versions(rig: Rig): void {
  rig.forwarder.script = ({ at }) => {
    const instance = rig.provider.running.get(at.slice('/fake/'.length));
    return { status: 200, body: Buffer.from(`v${instance?.deployment.version}`), afterMs: 100 };
  };
}

test('a deployed function answers, and is in the desired state as it was sent', async () => {
  const rig = await Rig.open();
  const spec = rig.spec('hello', { labels: { a: 'b' }, env: { X: '1' } });
  const { created, record } = await rig.platform.deployer.deploy(spec, admin, { mustExist: false });
  assert.deepEqual([created, record.revision, record.active.version], [true, 1, 1]);
  assert.deepEqual((await rig.desired.get(hello))?.active.spec, spec);
  const call = rig.call('hello');
  await settle();
  assert.equal(call.status, 200);
  await rig.close();
});

test('a new version takes over only once it has started; calls before go to the old one, calls after to the new', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  versions(rig);
  rig.provider.startMs = 500;
  const deploying = rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true });
  await rig.clock.advance(499);
  const before = rig.call('hello');
  await rig.clock.advance(1);
  await deploying;
  const after = rig.call('hello');
  await rig.clock.advance(200);
  assert.deepEqual([before.body, after.body], ['v1', 'v2']);
  assert.deepEqual(rig.running, ['i2'], 'the old version is gone');
  await rig.close();
});

test('the old version is ended only after its calls, however long they take', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { annotations: { 'com.wherry.timeout': '10m' } });
  rig.forwarder.script = () => ({ status: 200, body: Buffer.from('slow'), afterMs: 300 * seconds });
  const slow = rig.call('hello');
  await settle();
  await rig.deploy('hello');
  await rig.clock.advance(299 * seconds);
  assert.deepEqual([slow.ended, rig.running.includes('i1'), rig.stops], [false, true, []]);
  await rig.clock.advance(2 * seconds);
  assert.deepEqual([slow.status, rig.running.includes('i1')], [200, false]);
  assert.equal(rig.platform.deployer.fleetOf({ ...hello, version: 1 })?.members.length, 0);
  await rig.close();
});

test('a call that was waking the old version when a new one took over is still answered', async () => {
  const rig = await Rig.open();
  await rig.asleep('hello');
  versions(rig);
  rig.provider.startMs = 1000;
  const early = rig.call('hello');
  await settle();
  rig.provider.startMs = 100;
  const deploying = rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true });
  await rig.clock.advance(100);
  await deploying;
  await rig.clock.advance(5 * seconds);
  assert.deepEqual([early.ended, early.status, early.body], [true, 200, 'v1']);
  assert.deepEqual(rig.running, ['i2'], 'and then the old version ends');
  assert.equal(rig.platform.budget.reservedBytes, 64 * 2 ** 20);
  await rig.close();
});

test('calls that wait in line of the old version are served by it', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('hello');
  versions(rig);
  const early = Array.from({ length: 5 }, () => rig.call('hello'));
  await settle();
  await rig.deploy('hello');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual(
    early.map(({ body }) => body),
    ['v1', 'v1', 'v1', 'v1', 'v1'],
  );
  assert.deepEqual(rig.running, ['i2']);
  await rig.close();
});

test('a version that does not start never takes over, and leaves nothing', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  versions(rig);
  for (const failure of [broken, new WherryError('start_failed', 'no', { component: 'x' }), new Error('?')]) {
    rig.provider.failNextStart(failure);
    await assert.rejects(
      rig.deploy('hello'),
      (error: Error) =>
        error === failure || error.cause === failure || (error as WherryError).code === 'internal',
    );
  }
  rig.provider.failNextStart(broken);
  await assert.rejects(rig.deploy('hello'), {
    ...{ code: 'deploy_failed', excerpt: 'line 1' },
    next: 'Correct it and deploy again; what ran before still runs.',
  });
  rig.provider.failPrepare(new WherryError('package_unknown', 'no such package', { component: 'x' }));
  await assert.rejects(rig.deploy('hello'), { code: 'package_unknown' });
  const call = rig.call('hello');
  await rig.clock.advance(100);
  assert.deepEqual([call.body, (await rig.desired.get(hello))?.active.version], ['v1', 1]);
  assert.deepEqual([rig.running, rig.platform.budget.reservedBytes], [['i1'], 64 * 2 ** 20]);
  assert.equal([...rig.platform.deployer.fleets].length, 1);
  await rig.close();
});

test('a first version that does not start is as if it had never been', async () => {
  const rig = await Rig.open();
  rig.provider.failNextStart(broken);
  await assert.rejects(rig.deploy('hello'), {
    ...{ code: 'deploy_failed', excerpt: 'line 1', next: 'Correct it and deploy again.' },
  });
  assert.equal(await rig.desired.get(hello), undefined);
  const call = rig.call('hello');
  await settle();
  assert.equal(call.code, 'function_unknown');
});

test('what cannot be kept is not deployed: the old version goes on', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.desired.put = () =>
    Promise.reject(new WherryError('storage_full', 'the disk is full', { component: 'storage' }));
  await assert.rejects(rig.deploy('hello'), { code: 'storage_full' });
  versions(rig);
  const call = rig.call('hello');
  await rig.clock.advance(100);
  assert.deepEqual([call.body, rig.running], ['v1', ['i1']]);
});

test('twenty deploys at once come out one after another, and calls meanwhile are all answered', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  versions(rig);
  rig.provider.startMs = 50;
  const deploys = Array.from({ length: 20 }, () =>
    rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true }),
  );
  const calls: Answer[] = [];
  for (let i = 0; i < 200; i++) {
    calls.push(rig.call('hello'));
    await rig.clock.advance(7);
  }
  const results = await Promise.all(deploys);
  await rig.clock.advance(1 * seconds);
  assert.deepEqual(
    results.map(({ record }) => record.active.version),
    Array.from({ length: 20 }, (_, i) => i + 2),
  );
  assert.ok(calls.every(({ status }) => status === 200));
  const seen = calls.map(({ body }) => Number(body.slice(1)));
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
    'no call goes back to an older version',
  );
  assert.equal(rig.running.length, 1);
  await rig.close();
  assert.equal(rig.platform.budget.reservedBytes, 0);
});

test('a version that was asked to run several times and is replaced while it starts them leaves nothing', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  await rig.platform.deployer.scale(hello, 4);
  rig.provider.startMs = 300;
  for (let i = 0; i < 3; i++) {
    const deploying = rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true });
    await rig.clock.advance(450);
    await deploying;
  }
  await rig.clock.advance(10 * seconds);
  assert.deepEqual([rig.running.length, rig.platform.budget.reservedBytes], [4, 4 * 64 * 2 ** 20]);
  assert.ok([...rig.provider.running.values()].every(({ deployment }) => deployment.version === 4));
  await rig.close();
  assert.deepEqual([rig.running.length, rig.platform.budget.reservedBytes], [0, 0]);
});

test('removing lets the calls finish that are running; new ones find nothing', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('hello');
  versions(rig);
  const running = [rig.call('hello'), rig.call('hello')];
  await settle();
  await rig.platform.deployer.remove(hello);
  const late = rig.call('hello');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual([...running.map(({ body }) => body), late.code], ['v1', 'v1', 'function_unknown']);
  assert.deepEqual([rig.running, rig.platform.budget.reservedBytes, await rig.desired.list()], [[], 0, []]);
  await assert.rejects(rig.platform.deployer.remove(hello), { code: 'function_unknown' });
  await assert.rejects(rig.platform.deployer.scale(hello, 1), { code: 'function_unknown' });
});

test('a function that comes back after its removal is a new one with a new version', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  await rig.platform.deployer.remove(hello);
  await rig.deploy('hello');
  const record = await rig.desired.get(hello);
  assert.deepEqual([record?.revision, record?.active.version], [1, 2]);
  await rig.close();
});

test('how often it was asked to run is kept across deploys and restarts', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  await rig.platform.deployer.scale(hello, 3);
  await rig.deploy('hello');
  await rig.clock.advance(1 * seconds);
  assert.equal(rig.running.length, 3);
  await rig.close();
  const again = await Rig.open({ parts: { desired: rig.desired } });
  assert.equal(again.running.length, 0, 'nothing starts before it is called');
  again.call('hello');
  await again.clock.advance(1 * seconds);
  assert.equal(again.running.length, 3);
  await again.close();
});

test('the least holds while it is awake, also for one that may sleep; by hand it may be put to sleep all the same', async () => {
  const rig = await Rig.open();
  const labels = (zero: string) => ({ 'com.openfaas.scale.min': '3', 'com.openfaas.scale.zero': zero });
  await rig.deploy('sleepy', { labels: labels('true') });
  await rig.deploy('awake', { labels: labels('false') });
  await rig.clock.advance(1 * seconds);
  assert.deepEqual([rig.fleet('sleepy').ready, rig.fleet('awake').ready], [3, 3]);
  for (const name of ['sleepy', 'awake']) {
    const of = { namespace: 'openfaas-fn', name };
    await rig.platform.deployer.scale(of, 1);
    assert.equal(rig.fleet(name).ready, 3, 'no fewer');
    await rig.platform.deployer.scale(of, 0);
    await rig.clock.advance(60 * seconds);
    assert.deepEqual([rig.fleet(name).ready, rig.platform.functions.get(of)?.replicas], [0, 0], name);
    rig.call(name);
    await rig.clock.advance(1 * seconds);
    assert.equal(rig.fleet(name).ready, 3, 'a call wakes them all');
  }
  await rig.close();
});

test('what was asked for by hand is cut to what a new version may have', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  await rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, 5);
  await rig.deploy('hello', { labels: { 'com.openfaas.scale.max': '2' } });
  await rig.clock.advance(1 * seconds);
  assert.equal(rig.fleet('hello').ready, 2);
  await rig.close();
});

test('put to sleep while a call is under way, it sleeps when that is over, and stays asleep', async () => {
  const rig = await Rig.open();
  await rig.deploy('busy', { labels: { 'com.openfaas.scale.min': '2' } });
  await rig.clock.advance(1 * seconds);
  const fleet = rig.fleet('busy');
  fleet.hold();
  await rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'busy' }, 0);
  assert.equal(fleet.ready, 2);
  fleet.release();
  await rig.clock.advance(10 * seconds);
  assert.equal(fleet.ready, 0);
  await rig.close();
});

test('after a restart a function is there under its name, and one that must always run runs', async () => {
  const rig = await Rig.open();
  await rig.deploy('sleepy');
  await rig.deploy('awake', { labels: { 'com.openfaas.scale.min': '1' } });
  await rig.close();
  const again = await Rig.open({ parts: { desired: rig.desired } });
  await again.clock.advance(1 * seconds);
  assert.deepEqual([again.fleet('awake').ready, again.fleet('sleepy').ready], [1, 0]);
  await again.close();
});

test('a stored function whose settings are not understood any more still answers, and the operator is told', async () => {
  const rig = await Rig.open();
  await rig.deploy('old');
  const record = await rig.desired.get({ namespace: 'openfaas-fn', name: 'old' });
  if (record === undefined) throw new Error('not stored');
  await rig.desired.put({
    ...record,
    revision: 2,
    active: {
      ...record.active,
      spec: { ...record.active.spec, annotations: { 'com.wherry.timeout': 'soon' } },
    },
  });
  await rig.close();
  const again = await Rig.open({ parts: { desired: rig.desired } });
  const call = again.call('old');
  await settle();
  assert.equal(call.status, 200);
  assert.match(again.problems.join(), /old\.openfaas-fn: com\.wherry\.timeout: "soon" is not a duration/);
  await again.close();
});

test('what may not be deployed is refused before anything happens', async () => {
  const rig = await Rig.open();
  const deployer = (more: object) =>
    rig.platform.deployer.deploy({ ...rig.spec('hello'), ...more }, admin, { mustExist: false });
  await assert.rejects(deployer({ annotations: { 'com.wherry.timeout': 'soon' } }), { code: 'bad_value' });
  await assert.rejects(deployer({ namespace: 'other' }), { code: 'namespace_unknown' });
  await assert.rejects(deployer({ secrets: ['a', 'b'] }), { code: 'secret_missing', message: /"a"/ });
  await assert.rejects(rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true }), {
    code: 'function_unknown',
  });
  assert.deepEqual([rig.provider.asked, await rig.desired.list()], [[], []]);
});

test('the machine’s network is an administrator’s to give', async () => {
  const rig = await Rig.open();
  const by = (who: Principal, more: object) =>
    rig.platform.deployer.deploy(rig.spec('hello', more), who, { mustExist: false });
  const grant = { annotations: { 'com.wherry.network': 'host' } };
  const deployOnly: Principal = { name: 'ci', scopes: ['deploy'], functions: '*' };
  const adminOfSome: Principal = { name: 'team', scopes: ['admin'], functions: 'openfaas-fn/*' };
  for (const who of [deployOnly, adminOfSome]) {
    await assert.rejects(by(who, grant), { code: 'grant_refused' });
    await assert.rejects(by(who, { labels: { 'com.wherry.network': 'host' } }), { code: 'grant_refused' });
    await by(who, { annotations: { 'com.wherry.network': 'none' } });
  }
  await by(admin, grant);
  await rig.close();
});

test('changes to one function do not wait for another', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.provider.startMs = 10 * seconds;
  const slow = rig.platform.deployer.deploy(rig.spec('hello'), admin, { mustExist: true });
  await settle();
  rig.provider.startMs = 0;
  await rig.platform.deployer.deploy(rig.spec('other'), admin, { mustExist: false });
  await rig.clock.advance(10 * seconds);
  await slow;
  await rig.close();
});
