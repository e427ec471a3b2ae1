import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeNamespace } from '../namespaces/namespace-removal.ts';
import { Rig, settle } from '../rig.fixtures.ts';

const quiet = new AbortController().signal;
const node = { runtime: 'node', entry: 'handler.js', signature: 'auto' };

async function open(): Promise<Rig> {
  const rig = new Rig();
  await rig.platform.open();
  return rig;
}

function order(rig: Rig, mark: string, more: object = {}) {
  const { digest } = rig.packages.add(node, mark);
  return { name: 'hello', namespace: 'openfaas-fn', source: digest, args: {}, fresh: false, ...more };
}

test('what needs no build is as it is; what was built is known, until it is wanted fresh or its package is gone', async () => {
  const rig = await open();
  const { builds } = rig.platform;
  const program = rig.packages.add({ runtime: 'process', entry: '.', signature: 'process' });
  const asIs = await builds.build({ ...order(rig, 'a'), source: program.digest }, () => undefined, quiet);
  assert.deepEqual([asIs.how, asIs.digest], ['as-is', program.digest]);

  const first = builds.build(order(rig, 'a'), () => undefined, quiet);
  await settle();
  rig.builder.open.shift()?.succeed();
  const built = await first;
  assert.equal(built.how, 'built');
  assert.deepEqual(await builds.build(order(rig, 'a'), () => undefined, quiet), { ...built, how: 'known' });

  const fresh = builds.build(order(rig, 'a', { fresh: true }), () => undefined, quiet);
  await settle();
  assert.equal(rig.builder.begun.length, 2);
  rig.builder.open.shift()?.succeed();
  await fresh;

  await rig.packages.sweep(new Set([order(rig, 'a').source]));
  const gone = builds.build(order(rig, 'a'), () => undefined, quiet);
  await settle();
  rig.builder.open.shift()?.succeed();
  assert.equal((await gone).how, 'built');
});

test('so many at once; others wait in line and are told; who leaves the line gives its place up', async () => {
  const rig = await open();
  const { builds } = rig.platform;
  const told: string[] = [];
  const leaving = new AbortController();
  const all = ['a', 'b', 'c', 'd'].map((mark) =>
    builds.build(
      order(rig, mark),
      (line) => told.push(`${mark}: ${line}`),
      mark === 'c' ? leaving.signal : quiet,
    ),
  );
  await settle();
  assert.equal(rig.builder.begun.length, 2);
  assert.deepEqual(
    told.filter((line) => line.includes('Waiting')),
    ['c: Waiting: 2 other builds come first', 'd: Waiting: 3 other builds come first'],
  );
  leaving.abort();
  await assert.rejects(all[2] as Promise<unknown>, { name: 'AbortError' });
  rig.builder.open[0]?.fail('no');
  await assert.rejects(all[0] as Promise<unknown>, { code: 'build_failed' });
  await settle();
  assert.equal(rig.builder.begun.length, 3);
  for (const one of rig.builder.open.slice(1)) one.succeed();
  assert.deepEqual(
    (await Promise.all([all[1], all[3]])).map((one) => one?.how),
    ['built', 'built'],
  );
});

test('a build that fails is not remembered, and gives no name', async () => {
  const rig = await open();
  const { builds } = rig.platform;
  const failing = builds.build(order(rig, 'a', { reference: 'hello:latest' }), () => undefined, quiet);
  await settle();
  rig.builder.open.shift()?.fail('no');
  await assert.rejects(failing, { code: 'build_failed' });
  assert.equal(await builds.packageOf('openfaas-fn', 'hello:latest'), undefined);
  assert.deepEqual(await builds.used(), []);
});

test('a name means what its namespace says, else what it means everywhere', async () => {
  const rig = await open();
  const { builds } = rig.platform;
  const [one, two] = [rig.packages.add(node, '1').digest, rig.packages.add(node, '2').digest];
  await builds.name('', 'x:1', one);
  await builds.name('team', 'x:1', two);
  assert.equal(await builds.packageOf('team', 'x:1'), two);
  assert.equal(await builds.packageOf('openfaas-fn', 'x:1'), one);
  assert.equal(await builds.packageOf('openfaas-fn', 'x:2'), undefined);
  for (const wrong of ['', 'has space', '-x', 'x\n', 'x'.repeat(300)])
    await assert.rejects(builds.name('', wrong, one), { code: 'bad_value' }, wrong);
  await assert.rejects(builds.name('', 'x:1', '0'.repeat(64)), { code: 'package_unknown' });
  await assert.rejects(builds.unname('', 'y'), { code: 'image_unknown' });
  await assert.rejects(
    builds.build({ ...order(rig, 'a'), namespace: 'none' }, () => undefined, quiet),
    { code: 'namespace_unknown' },
  );
});

test('the line is fair to namespaces: a team with many builds does not keep another waiting', async () => {
  const rig = await open();
  const { builds, namespaces } = rig.platform;
  await namespaces.create('team', {});
  const own = ['a', 'b', 'c', 'd'].map((mark) => builds.build(order(rig, mark), () => undefined, quiet));
  await settle();
  const other = builds.build(order(rig, 'e', { namespace: 'team' }), () => undefined, quiet);
  await settle();
  rig.builder.open.shift()?.succeed();
  await settle();
  assert.equal(rig.builder.begun.at(-1)?.namespace, 'team');
  for (let rest = 0; rest < 4; rest++) {
    rig.builder.open.shift()?.succeed();
    await settle();
  }
  await Promise.all([...own, other]);
});

test('a namespace that goes takes its names and results along, and a build under way leaves none', async () => {
  const rig = await open();
  const { builds, namespaces } = rig.platform;
  await namespaces.create('team', {});
  const made = builds.build(order(rig, 'a', { namespace: 'team', reference: 'x:1' }), () => undefined, quiet);
  await settle();
  rig.builder.open.shift()?.succeed();
  await made;
  const late = builds.build(order(rig, 'b', { namespace: 'team', reference: 'x:2' }), () => undefined, quiet);
  await settle();
  await removeNamespace(rig.platform, 'team');
  rig.builder.open.shift()?.succeed();
  await assert.rejects(late, { code: 'namespace_unknown' });
  assert.deepEqual(rig.builder.forgotten, ['team']);
  assert.deepEqual([await builds.list(), await builds.used()], [[], []]);
});
