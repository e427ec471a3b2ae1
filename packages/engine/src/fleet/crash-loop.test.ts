import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, settle } from '../rig.fixtures.ts';
import { BackOff } from './back-off.ts';

const seconds = 1000;

test('restarts come at once, then 1, 2, 4 … 60 seconds apart', () => {
  const backOff = new BackOff();
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 10; i++) {
    backOff.crashed(now, 0);
    waits.push(backOff.left(now) / seconds);
    now += backOff.left(now);
    assert.equal(backOff.left(now), 0);
  }
  assert.deepEqual(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('an instance that lived a minute was healthy: the count starts anew', () => {
  const backOff = new BackOff();
  for (let i = 0; i < 6; i++) backOff.crashed(0, 59_999);
  assert.equal(backOff.left(0), 16 * seconds);
  backOff.crashed(0, 60_000);
  assert.deepEqual([backOff.left(0), backOff.crashes], [0, 1]);
  backOff.crashed(0, 10);
  assert.equal(backOff.left(0), 1 * seconds);
});

test('a kept-awake function that crashes is restarted with growing pauses, and never given up', async () => {
  const rig = await Rig.open();
  await rig.deploy('crasher', { labels: { 'com.openfaas.scale.min': '1' } });
  const pauses: number[] = [];
  for (let i = 0; i < 10; i++) {
    const [instance] = rig.running;
    if (instance === undefined) throw new Error('it does not run');
    rig.provider.crash(instance);
    const from = rig.clock.monotonic();
    while (rig.running.length === 0 && rig.clock.monotonic() - from < 100 * seconds)
      await rig.clock.advance(100);
    pauses.push(Math.round((rig.clock.monotonic() - from) / seconds));
  }
  assert.deepEqual(pauses, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  await rig.clock.advance(61 * seconds);
  rig.provider.crash(rig.running[0] ?? '');
  await rig.clock.advance(100);
  assert.equal(rig.running.length, 1, 'after a healthy minute it is restarted at once');
  await rig.close();
});

test('how long an instance lived does not depend on a wall clock that jumps', async () => {
  const rig = await Rig.open();
  await rig.deploy('crasher', { labels: { 'com.openfaas.scale.min': '1' } });
  for (let i = 0; i < 5; i++) {
    rig.clock.jump(3600 * seconds);
    rig.provider.crash(rig.running[0] ?? '');
    await rig.clock.advance(60 * seconds - 1);
  }
  assert.equal(rig.fleet('crasher').crashes, 5);
  await rig.close();
});

test('calls wait for a short back-off, and are told to come back from a long one', async () => {
  const rig = await Rig.open();
  await rig.deploy('crasher');
  for (const [wait, answered] of [
    [0, true],
    [1, true],
    [2, true],
    [4, true],
    [8, false],
  ] as const) {
    rig.provider.crash(rig.running[0] ?? '', { reason: 'exited with code 3', lastWords: ['TypeError: x'] });
    await settle();
    const call = rig.call('crasher');
    await rig.clock.advance(Math.max(0, wait * seconds - 1));
    if (answered) {
      if (wait > 0) assert.equal(call.ended, false, `waits ${wait} s`);
      await rig.clock.advance(1);
      assert.equal(call.status, 200);
    } else {
      assert.deepEqual(
        [call.code, call.status, call.failure?.retryAfterS, call.failure?.excerpt],
        ['function_broken', 503, 8, 'TypeError: x'],
      );
      assert.match(
        call.failure?.message ?? '',
        /crasher\.openfaas-fn@1: exited with code 3; next try in 8 s/,
      );
    }
  }
  await rig.close();
});

test('those who wait in line when their instance crashes are served by the next one', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('crasher');
  rig.forwarder.script = () => ({ status: 200, afterMs: 10 });
  const calls = Array.from({ length: 5 }, () => rig.call('crasher'));
  await settle();
  rig.provider.crash('i1');
  await rig.clock.advance(3 * seconds);
  assert.deepEqual(
    calls.map(({ status }) => status),
    [502, 200, 200, 200, 200],
  );
  assert.equal(rig.starts, 2);
  await rig.close();
});

test('those who wait in line for a function that is broken are sent away with the reason', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('crasher');
  rig.forwarder.script = () => 'never';
  const calls = Array.from({ length: 4 }, () => rig.call('crasher'));
  await settle();
  rig.provider.failNextStart();
  rig.provider.crash('i1', { reason: 'exited with code 9' });
  await rig.clock.advance(5 * seconds);
  assert.deepEqual(
    calls.map(({ code }) => code),
    ['function_crashed', 'start_failed', 'start_failed', 'start_failed'],
  );
  assert.equal(rig.fleet('crasher').waiting, 0);
  await rig.close();
});
