import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@wherry/core/function';
import type { Instance } from '@wherry/core/instance';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { HostPool } from './host-pool.ts';
import type { Host } from './host.ts';
import { callOn, Machine, noFences, until } from './machine.fixtures.ts';

const missing = noFences();

/** An instance from the pool: hosts take a moment to be ready, and until then one gets a host of one's own. */
async function fromPool(machine: Machine, deployment: Deployment): Promise<Instance> {
  for (let tries = 0; tries < 30; tries++) {
    const instance = await machine.start(deployment);
    if (instance.origin === 'pool') return instance;
    await machine.provider.stop(instance.id, 1000);
  }
  throw new Error('the pool never had one');
}

/** A pool whose hosts are names, started by the clock. */
function pool(startMs = 10) {
  const clock = new SimulatedClock();
  const [started, retired]: [string[], string[]] = [[], []];
  const made: Host[] = [];
  const state = { failing: false, starting: 0, most: 0 };
  const hosts = new HostPool(
    clock,
    async () => {
      state.starting += 1;
      state.most = Math.max(state.most, state.starting);
      await new Promise<void>((resolve) => clock.after(startMs, resolve));
      state.starting -= 1;
      if (state.failing) throw new Error('no');
      const id = `h${started.length + 1}`;
      started.push(id);
      const process = { end: undefined as object | undefined, kill: () => void retired.push(id) };
      const host = { id, process } as unknown as Host;
      made.push(host);
      return host;
    },
    (host) => void retired.push(host.id),
  );
  return { clock, hosts, made, started, retired, state };
}

test('two hosts wait before anybody asks, and are started one after another', async () => {
  const { clock, hosts, state } = pool();
  assert.equal(hosts.size, 0);
  await clock.advance(1000);
  assert.deepEqual([hosts.size, state.most], [2, 1]);
  hosts.close();
});

test('a host is given once, the oldest first, and another comes in its place', async () => {
  const { clock, hosts } = pool();
  await clock.advance(1000);
  const taken = [hosts.take()?.id, hosts.take()?.id, hosts.take()?.id];
  assert.deepEqual(taken, ['h1', 'h2', undefined]);
  await clock.advance(1000);
  assert.equal(hosts.size, 3, 'there were three wakes in the last half minute');
  assert.equal(hosts.take()?.id, 'h3');
  hosts.close();
});

test('a function that runs already leaves those that wait at rest to functions that sleep, and makes the pool no larger', async () => {
  const { clock, hosts } = pool();
  await clock.advance(1000);
  for (let i = 0; i < 5; i++) assert.equal(hosts.take(true), undefined);
  await clock.advance(1000);
  assert.equal(hosts.size, 2);
  for (let i = 0; i < 4; i++) hosts.take();
  await clock.advance(1000);
  assert.equal(hosts.size, 4);
  assert.notEqual(hosts.take(true), undefined, 'what is beyond that helps whoever needs it');
  hosts.close();
});

test('the pool grows with the wakes, to eight at most, and goes back to two when they stop', async () => {
  const { clock, hosts, retired } = pool();
  await clock.advance(1000);
  for (let i = 0; i < 30; i++) {
    hosts.take();
    await clock.advance(100);
  }
  await clock.advance(1000);
  assert.equal(hosts.size, 8);
  await clock.advance(120_000);
  assert.equal(hosts.size, 2);
  assert.equal(retired.length, 6);
  assert.equal(clock.waiting, 0, 'a pool that rests sets no timers');
});

test('a host that ended while it waited is not given to anybody, and is replaced', async () => {
  const { clock, hosts } = pool();
  await clock.advance(1000);
  assert.equal(hosts.dropped('h1'), true);
  assert.equal(hosts.dropped('h1'), false);
  assert.equal(hosts.take()?.id, 'h2');
  await clock.advance(10_000);
  assert.equal(hosts.size, 2);
  hosts.close();
});

test('a host that ended and was not told yet is passed over', async () => {
  const { clock, hosts, made } = pool();
  await clock.advance(1000);
  (made[0] as { process: { end: object | undefined } }).process.end = {};
  assert.equal(hosts.take()?.id, 'h2');
  hosts.close();
});

test('a machine that starts nothing is not hammered', async () => {
  const { clock, hosts, state, started } = pool(0);
  state.failing = true;
  let starts = 0;
  const count = setImmediate(() => undefined);
  clearImmediate(count);
  for (let i = 0; i < 60; i++) {
    const before = state.most;
    state.most = 0;
    await clock.advance(1000);
    starts += state.most > 0 ? 1 : 0;
    state.most = before;
  }
  assert.ok(starts >= 10 && starts <= 13, `${starts} starts in a minute`);
  state.failing = false;
  await clock.advance(6_000);
  assert.ok(started.length >= 1, 'and tries again');
  hosts.close();
});

test('a closed pool gives its hosts back and starts no more; one that was starting is ended', async () => {
  const { clock, hosts, retired, started } = pool();
  await clock.advance(15);
  assert.deepEqual([hosts.size, hosts.close().length], [1, 1]);
  await clock.advance(60_000);
  assert.deepEqual([started, retired], [['h1', 'h2'], ['h2']]);
  assert.equal(clock.waiting, 0);
});

test('a start from the pool is marked so, its host serves that one function for its whole life', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open({ pool: true });
  try {
    const files = {
      'index.js':
        'let calls = 0; module.exports = (event) => `${process.env.OPENFAAS_NAME} ${++calls} ${process.pid}`;',
    };
    const first = machine.deployment(files, {}, { name: 'one' });
    await machine.start(first);
    const instances = [
      await fromPool(machine, first),
      await fromPool(machine, machine.deployment(files, {}, { name: 'two' })),
    ];
    assert.deepEqual(
      instances.map(({ origin }) => origin),
      ['pool', 'pool'],
    );
    const said = await Promise.all(
      instances.map(async ({ endpoint }) => {
        const channel = await machine.forwarder.open(endpoint, () => undefined);
        const again = await channel
          .load({
            namespace: 'n',
            name: 'thief',
            version: 1,
            code: '/function/code',
            entry: 'index.js',
            signature: 'auto',
            concurrency: 0,
            env: {},
            contained: true,
          })
          .then(
            () => 'loaded',
            (error: { code: string }) => error.code,
          );
        return [(await callOn(channel)).body, (await callOn(channel)).body, again];
      }),
    );
    assert.match(said[0]?.[1] ?? '', /^one 2 /);
    assert.match(said[1]?.[1] ?? '', /^two 2 /);
    assert.deepEqual(
      said.map(([, , again]) => again),
      ['deploy_failed', 'deploy_failed'],
    );
  } finally {
    await machine.close();
  }
});

test('a function of another shape does not get a host from the pool', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open({ pool: true });
  try {
    const files = { 'index.js': 'module.exports = () => 1;' };
    await machine.start(machine.deployment(files));
    for (const spec of [
      { limits: { memory: '64Mi' } },
      { limits: { cpu: '500m' } },
      { annotations: { 'com.wherry.network': 'host' } },
      { annotations: { 'com.wherry.scratch': '8Mi' } },
      { annotations: { 'com.wherry.processes': '64' } },
    ])
      assert.equal(
        (await machine.start(machine.deployment(files, {}, spec))).origin,
        'scratch',
        JSON.stringify(spec),
      );
    assert.equal((await fromPool(machine, machine.deployment(files))).origin, 'pool', 'the control');
  } finally {
    await machine.close();
  }
});

test('the end of a host that waits is nobody’s exit', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open({ pool: true });
  try {
    await machine.start(machine.deployment({ 'index.js': 'module.exports = () => 1;' }));
    const slots = () => machine.leftovers().filter((one) => one.startsWith('file')).length;
    await until('others wait', () => slots() >= 2);
    await machine.provider.close();
    await settle();
    assert.equal(machine.exits.length, 1);
  } finally {
    await machine.close();
  }
});
