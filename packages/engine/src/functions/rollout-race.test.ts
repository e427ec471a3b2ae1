// Versions change while calls come, instances crash and starts fail: whatever the order, no call is lost to a change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import { admin, type Answer, random, Rig, settle } from '../rig.fixtures.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const seconds = 1000;
const rounds = 40;
const steps = 120;

/** What a change may be refused with: there is nothing of the kind now, or the version did not start, as it was told to. */
const refusals = ['no_canary', 'version_unknown', 'deploy_failed'];

async function round(seed: number): Promise<{ calls: number; changes: number; late: number }> {
  const below = random(seed);
  const rig = await Rig.open({ concurrency: 4 });
  const { deployer, rollout } = rig.platform;
  rig.forwarder.script = ({ at }) => {
    const version = rig.provider.running.get(at.slice('/fake/'.length))?.deployment.version;
    return { status: 200, body: Buffer.from(`v${version}`), afterMs: below(400) };
  };
  rig.provider.stopMs = 50;
  await rig.deploy('hello');
  const answers: Answer[] = [];
  const changes: Promise<unknown>[] = [];
  const change = (work: Promise<unknown>): void =>
    void changes.push(
      work.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
  const deploy = (canary?: number): Promise<unknown> =>
    deployer.deploy(rig.spec('hello', { labels: { 'com.openfaas.scale.min': String(below(2)) } }), admin, {
      mustExist: true,
      ...(canary === undefined ? {} : { canary: { percent: canary } }),
    });
  const acts: readonly (() => void)[] = [
    () => change(deploy()),
    () => change(deploy(below(101))),
    () => change(rollout.promote(hello, admin)),
    () => change(rollout.abort(hello)),
    () => change(rollout.rollback(hello, admin)),
    () => change(rollout.rollback(hello, admin, 1 + below(6))),
    () => change(rollout.share(hello, { percent: below(101) })),
    () => change(rollout.setAlias(hello, { name: 'a', shares: [{ version: 1 + below(6), weight: 1 }] })),
    () => change(rollout.removeAlias(hello, 'a')),
    () => rig.provider.failNextStart(new WherryError('deploy_failed', 'told to', { component: 'test' })),
  ];
  for (let step = 0; step < steps; step++) {
    rig.provider.startMs = below(300);
    for (let call = below(4); call > 0; call--)
      answers.push(rig.call(['hello', 'hello', 'hello@a'][below(3)] as string));
    if (below(4) === 0) acts[below(acts.length)]?.();
    await rig.clock.advance(below(200));
  }
  await rig.clock.advance(120 * seconds);
  await settle();
  const refused = (await Promise.all(changes)).filter((error) => error !== undefined) as WherryError[];
  assert.deepEqual(
    refused.filter(({ code }) => !refusals.includes(code)).map(String),
    [],
    `seed ${seed}: a change failed`,
  );
  // A start that was told to fail may fail a call that woke a sleeper, and an alias may not be there: nothing else.
  const failed = answers.filter(
    ({ status, code }) => status !== 200 && code !== 'version_unknown' && code !== 'function_broken',
  );
  assert.deepEqual(
    failed.map(({ code, status }) => code ?? status),
    [],
    `seed ${seed}: a call failed`,
  );
  assert.ok(
    answers.every(({ ended }) => ended),
    `seed ${seed}: a call never ended`,
  );

  // In the end what runs is what the record says, on the disk as in memory.
  const record = await rig.desired.get(hello);
  assert.deepEqual(record, rig.platform.functions.get(hello)?.record, `seed ${seed}`);
  await rig.clock.advance(400 * seconds);
  const led = new Set(deployer.fleets.filter((fleet) => fleet.led).map(({ key }) => key.version));
  const shares = record?.aliases?.flatMap((alias) => alias.shares.map(({ version }) => version)) ?? [];
  const tried = (record?.canary?.percent ?? 0) > 0 ? [record?.canary?.version] : [];
  assert.deepEqual(led, new Set([record?.active.version, ...tried, ...shares]), `seed ${seed}`);
  for (const { deployment } of rig.provider.running.values())
    assert.ok(
      led.has(deployment.version),
      `seed ${seed}: version ${deployment.version} runs, and nobody is led to it`,
    );
  await rig.close();
  assert.equal(rig.platform.budget.reservedBytes, 0, `seed ${seed}: memory was not given back`);
  return { calls: answers.length, changes: changes.length, late: refused.length };
}

test('no call fails and nothing is left behind, in whatever order versions change', async () => {
  const sums = { calls: 0, changes: 0, late: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const { calls, changes, late } = await round(seed);
    sums.calls += calls;
    sums.changes += changes;
    sums.late += late;
  }
  assert.ok(sums.calls > 3000 && sums.changes - sums.late > 200, `${JSON.stringify(sums)}: this was no race`);
});

test('a change that cannot be written changes nothing', async () => {
  const rig = await Rig.open();
  const { rollout, deployer, functions } = rig.platform;
  await rig.deploy('hello');
  await rig.deploy('hello');
  await deployer.deploy(rig.spec('hello'), admin, { mustExist: true, canary: { percent: 10 } });
  const before = functions.get(hello)?.record;
  const put = rig.desired.put.bind(rig.desired);
  rig.desired.put = async () => {
    throw new WherryError('storage_full', 'no room', { component: 'test' });
  };
  const changes = [
    () => rollout.rollback(hello, admin),
    () => rollout.rollback(hello, admin, 1),
    () => rollout.promote(hello, admin),
    () => rollout.abort(hello),
    () => rollout.share(hello, { percent: 50 }),
    () => rollout.setAlias(hello, { name: 'a', shares: [{ version: 1, weight: 1 }] }),
    () => deployer.deploy(rig.spec('hello'), admin, { mustExist: true, canary: { percent: 20 } }),
  ];
  for (const change of changes) await assert.rejects(change(), { code: 'storage_full' });
  assert.deepEqual(functions.get(hello)?.record, before);
  assert.deepEqual(
    deployer.fleets.filter((fleet) => fleet.led).map(({ key }) => key.version),
    [2, 3],
  );
  rig.desired.put = put;
  await rollout.promote(hello, admin);
  assert.equal(rig.fleet('hello').key.version, 3);
  await rig.close();
});
