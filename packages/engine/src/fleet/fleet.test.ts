import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BodySource } from '@wherry/core/ports/body';
import { Rig, settle } from '../rig.fixtures.ts';

const seconds = 1000;
/** One instance, whatever the load. */
const alone = { labels: { 'com.openfaas.scale.max': '1' } };
const after = (ms: number, body = 'ok') => ({ status: 200, body: Buffer.from(body), afterMs: ms });
/** A body that goes through as it comes, because it is large. */
const streamed: BodySource = { length: 0, start: (sink) => sink.end(), pause() {}, resume() {}, cancel() {} };

test('two hundred calls that wait for a sleeping function share one start, and all are answered', async () => {
  const rig = await Rig.open({ concurrency: 200 });
  await rig.asleep('hello');
  rig.provider.startMs = 500;
  const answers = Array.from({ length: 200 }, () => rig.call('hello'));
  await settle();
  assert.equal(rig.starts, 2, 'the one of the deploy, and one more');
  await rig.clock.advance(500);
  for (const answer of answers)
    assert.deepEqual([answer.status, answer.call.cold, answer.call.wakeMs], [200, true, 500]);
  const warm = rig.call('hello');
  await settle();
  assert.deepEqual([warm.status, warm.call.cold, rig.starts], [200, false, 2]);
  await rig.close();
});

test('a start that fails is told to all who waited for it, and the next call tries again', async () => {
  const rig = await Rig.open();
  await rig.asleep('hello');
  rig.provider.startMs = 100;
  rig.provider.failNextStart();
  const answers = Array.from({ length: 50 }, () => rig.call('hello'));
  await rig.clock.advance(100);
  for (const answer of answers) assert.equal(answer.code, 'start_failed');
  assert.equal(rig.platform.budget.reservedBytes, 0, 'what a failed start had reserved is given back');
  const next = rig.call('hello');
  await rig.clock.advance(100);
  assert.equal(next.status, 200);
  await rig.close();
});

test('an instance never has more calls than it takes; the rest wait, first come, first served', async () => {
  const rig = await Rig.open({ concurrency: 3 });
  await rig.deploy('hello', alone);
  const order: string[] = [];
  let most = 0;
  rig.forwarder.script = ({ path }) => {
    order.push(path);
    most = Math.max(most, rig.inFlight('i1'));
    return after(10);
  };
  const answers = Array.from({ length: 30 }, (_, i) => rig.call('hello', { path: `/${i}` }));
  await settle();
  assert.equal(rig.fleet('hello').waiting, 27);
  await rig.clock.advance(200);
  assert.equal(most, 3);
  assert.deepEqual(
    order,
    answers.map((_, i) => `/${i}`),
  );
  assert.equal(answers[29]?.call.waitMs, 90);
  assert.equal(rig.fleet('hello').waiting, 0);
  await rig.close();
});

test('while it is quick, an instance is sent small calls ahead of their turn; large ones keep to their places', async () => {
  const rig = await Rig.open({ concurrency: 2, ahead: 3 });
  await rig.deploy('hello', alone);
  rig.forwarder.script = () => after(1);
  rig.call('hello');
  await rig.clock.advance(1);
  const calls = ['small', 'small', 'small', 'small', 'large', 'small'].map((size, i) =>
    rig.call('hello', { path: `/${i}`, ...(size === 'large' ? { body: streamed } : {}) }),
  );
  await settle();
  assert.deepEqual([rig.inFlight('i1'), rig.fleet('hello').waiting], [4, 2]);
  await rig.clock.advance(2);
  assert.deepEqual(
    [calls.every(({ status }) => status === 200), rig.forwarder.calls.at(-1)?.path],
    [true, '/5'],
    'the small one behind the large one did not overtake it',
  );
  await rig.close();
});

test('a slow instance is sent only what it can run at once', async () => {
  const rig = await Rig.open({ concurrency: 2, ahead: 3 });
  await rig.deploy('hello', alone);
  const most = async (ms: number) => {
    let most = 0;
    rig.forwarder.script = () => {
      most = Math.max(most, rig.inFlight('i1'));
      return after(ms);
    };
    for (let i = 0; i < 20; i++) rig.call('hello');
    await rig.clock.advance(20 * ms);
    return most;
  };
  assert.equal(await most(10), 2, 'at first nobody knows that it is quick');
  await most(1);
  await most(1);
  assert.equal(await most(1), 5);
  await most(10);
  assert.equal(await most(10), 2);
  await rig.close();
});

test('a new call does not overtake those that wait', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('hello', alone);
  const order: string[] = [];
  rig.forwarder.script = ({ path }) => {
    order.push(path);
    // The moment a place is given back is where somebody could slip in.
    if (path === '/0') rig.clock.after(10, () => void rig.call('hello', { path: '/late' }));
    return after(10);
  };
  rig.call('hello', { path: '/0' });
  rig.call('hello', { path: '/1' });
  await rig.clock.advance(100);
  assert.deepEqual(order, ['/0', '/1', '/late']);
  await rig.close();
});

test('a caller that goes away leaves the line, and nobody behind it waits longer', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('hello', alone);
  rig.forwarder.script = () => after(10);
  const [first, second, third] = [rig.call('hello'), rig.call('hello'), rig.call('hello')];
  await settle();
  second.call.cancel('caller_gone');
  await settle();
  assert.deepEqual([second.code, second.ended, rig.fleet('hello').waiting], ['caller_gone', true, 1]);
  await rig.clock.advance(20);
  assert.deepEqual([first.status, third.status, third.call.waitMs], [200, 200, 10]);
  assert.equal(rig.forwarder.calls.length, 2, 'what was cancelled in line reached nobody');
  await rig.close();
});

test('three thousand who leave the line in any order leave nothing behind', async () => {
  const rig = await Rig.open({ concurrency: 1, settings: { maxWaiting: 20_000 } });
  await rig.deploy('hello', alone);
  rig.forwarder.script = () => after(10);
  const answers = Array.from({ length: 3_001 }, () => rig.call('hello'));
  await settle();
  for (let i = 1; i <= 3_000; i += 2) answers[i]?.call.cancel('caller_gone');
  for (let i = 3_000; i > 2; i -= 2) answers[i]?.call.cancel('caller_gone');
  await settle();
  assert.equal(rig.fleet('hello').waiting, 1);
  await rig.clock.advance(20);
  assert.deepEqual([answers[0]?.status, answers[2]?.status, rig.fleet('hello').waiting], [200, 200, 0]);
  await rig.close();
});

test('a call goes to the least busy instance', async () => {
  const rig = await Rig.open({ concurrency: 10 });
  await rig.deploy('hello');
  await rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, 3);
  rig.forwarder.script = () => 'never';
  for (let i = 0; i < 9; i++) rig.call('hello');
  await settle();
  assert.deepEqual(
    rig.running.map((id) => rig.inFlight(id)),
    [3, 3, 3],
  );
});

test('an idle function sleeps after its time and not before, and a call starts the time anew', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { annotations: { 'com.wherry.idle': '60s' } });
  await rig.clock.advance(50 * seconds);
  const call = rig.call('hello');
  await rig.clock.advance(59 * seconds);
  assert.deepEqual([call.status, rig.running.length], [200, 1]);
  await rig.clock.advance(2 * seconds);
  assert.equal(rig.running.length, 0);
  assert.equal(rig.platform.budget.reservedBytes, 0);
  assert.equal(rig.exits[0]?.kind, 'stopped');
});

test('a function with a call in flight does not sleep, however long the call takes', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { annotations: { 'com.wherry.idle': '1s', 'com.wherry.timeout': '1h' } });
  rig.forwarder.script = () => after(600 * seconds);
  const call = rig.call('hello');
  await rig.clock.advance(599 * seconds);
  assert.deepEqual([rig.running.length, call.ended], [1, false]);
  await rig.clock.advance(1 * seconds);
  assert.equal(call.status, 200);
});

test('a function with a minimum is kept awake, and an instance that ends is replaced by one', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', {
    labels: { 'com.openfaas.scale.min': '2' },
    annotations: { 'com.wherry.idle': '1s' },
  });
  await rig.clock.advance(1 * seconds);
  assert.equal(rig.running.length, 2);
  await rig.clock.advance(3600 * seconds);
  assert.equal(rig.running.length, 2);
  rig.provider.crash('i1');
  rig.provider.crash('i2');
  await rig.clock.advance(2 * seconds);
  assert.deepEqual([rig.running.length, rig.starts], [2, 4]);
  await rig.close();
});

test('calls and the minimum do not each start an instance of their own', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('hello', { labels: { 'com.openfaas.scale.min': '1' } });
  rig.provider.startMs = 100;
  rig.forwarder.script = () => after(10);
  const waiting = [rig.call('hello'), rig.call('hello'), rig.call('hello')];
  await settle();
  rig.provider.crash('i1');
  await rig.clock.advance(5 * seconds);
  assert.deepEqual(
    waiting.map(({ status }) => status),
    [502, 200, 200],
    'who waited in line lost nothing',
  );
  assert.equal(rig.running.length, 1);
  await rig.close();
});

test('a minimum that finds no memory asks again now and then, not in a circle', async () => {
  let free = 4096;
  let asked = 0;
  const available = () => {
    asked += 1;
    // Ends the circle, so that the test fails instead of hanging.
    return (asked > 1000 ? 4096 : free) * 2 ** 20;
  };
  const rig = await Rig.open({ memory: { available } });
  await rig.deploy('hello', { labels: { 'com.openfaas.scale.min': '1' } });
  free = 0;
  rig.provider.crash('i1');
  await rig.clock.advance(10 * seconds);
  assert.ok(asked > 5 && asked < 50, `asked ${asked} times in 10 s`);
  assert.equal(rig.running.length, 0);
  free = 4096;
  await rig.clock.advance(2 * seconds);
  assert.equal(rig.running.length, 1, 'and starts when there is memory again');
  await rig.close();
});

test('scaling starts and stops instances, and 0 lets it sleep until its next call', async () => {
  const rig = await Rig.open({ memory: { budgetBytes: 2 ** 32 } });
  await rig.deploy('hello');
  const scale = (to: number) => rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, to);
  await scale(4);
  assert.equal(rig.running.length, 4);
  await scale(2);
  assert.equal(rig.running.length, 2);
  await scale(0);
  assert.equal(rig.running.length, 0);
  const call = rig.call('hello');
  await settle();
  assert.deepEqual([call.status, rig.running.length], [200, 1]);
  await scale(1000);
  assert.equal(rig.running.length, 20, 'the maximum holds');
  for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    await assert.rejects(scale(wrong), { code: 'bad_value' });
  await rig.close();
  assert.equal(rig.platform.budget.reservedBytes, 0);
});

test('scaling down lets the calls finish that are running', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  const scale = (to: number) => rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, to);
  await scale(3);
  rig.forwarder.script = () => after(100);
  const calls = Array.from({ length: 6 }, () => rig.call('hello'));
  await settle();
  const scaling = scale(1);
  await rig.clock.advance(50);
  const late = rig.call('hello');
  await rig.clock.advance(200);
  await scaling;
  assert.deepEqual(
    [...calls, late].map(({ status }) => status),
    [200, 200, 200, 200, 200, 200, 200],
  );
  assert.equal(rig.running.length, 1);
  await rig.close();
});

test('scaling down does not wait for ever on an instance that hangs', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  const scale = (to: number) => rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, to);
  await scale(2);
  for (const id of rig.running) {
    const channel = rig.forwarder.channel({ kind: 'frames', path: `/fake/${id}` });
    if (channel !== undefined) channel.forward = () => ({ cancel() {}, resume() {} });
  }
  rig.forwarder.alive = false;
  const calls = [rig.call('hello'), rig.call('hello')];
  await settle();
  const scaling = scale(1);
  await rig.clock.advance(70 * seconds);
  await scaling;
  assert.deepEqual(
    calls.map(({ code }) => code),
    ['function_timeout', 'function_timeout'],
  );
});

test('a call that comes while a sleeping function is scaled up waits for that start', async () => {
  const rig = await Rig.open();
  await rig.asleep('hello');
  rig.provider.startMs = 100;
  const scaling = rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, 2);
  await settle();
  const call = rig.call('hello');
  await rig.clock.advance(500);
  await scaling;
  assert.deepEqual([call.status, call.call.wakeMs, rig.running.length], [200, 100, 2]);
  await rig.close();
});

test('an instance that does not let go of a cancelled call is replaced; its other calls may finish', async () => {
  const rig = await Rig.open({ concurrency: 2 });
  await rig.deploy('hello', { annotations: { 'com.wherry.timeout': '2s' } });
  rig.forwarder.script = ({ path }) => (path === '/hang' ? 'never' : after(100));
  // The stand-in lets go at once; this one does not.
  const channel = rig.forwarder.channel({ kind: 'frames', path: '/fake/i1' });
  const forward = channel?.forward.bind(channel);
  if (channel === undefined || forward === undefined) throw new Error('no channel');
  channel.forward = (request, answer) => {
    const going = forward(request, answer);
    return { resume: () => going.resume(), cancel: () => undefined };
  };
  const hanging = rig.call('hello', { path: '/hang' });
  await rig.clock.advance(2 * seconds);
  assert.equal(hanging.code, 'function_timeout');
  await rig.clock.advance(4 * seconds);
  assert.deepEqual(rig.stops, [], 'it has five seconds');
  rig.forwarder.alive = false;
  await rig.clock.advance(2 * seconds);
  assert.deepEqual(rig.stops, ['i1']);
  assert.match(rig.fleet('hello').lastFailure?.reason ?? '', /not let go within 5 s/);
  const next = rig.call('hello');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual([next.status, rig.running], [200, ['i2']]);
  await rig.close();
});

test('an instance that lets go in time is kept', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { annotations: { 'com.wherry.timeout': '2s' } });
  rig.forwarder.script = () => 'never';
  const call = rig.call('hello');
  await rig.clock.advance(60 * seconds);
  assert.deepEqual([call.code, rig.stops, rig.running], ['function_timeout', [], ['i1']]);
});

test('an instance that was started but cannot be reached is ended, and its memory given back', async () => {
  const rig = await Rig.open();
  await rig.asleep('hello');
  rig.forwarder.refuse({ kind: 'frames', path: '/fake/i2' });
  const call = rig.call('hello');
  await settle();
  assert.equal(call.code, 'start_failed');
  await rig.clock.advance(1 * seconds);
  assert.deepEqual([rig.running, rig.platform.budget.reservedBytes], [[], 0]);
});

test('an instance whose connection is lost takes no more calls, also before its end is known', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.forwarder.lose({ kind: 'frames', path: '/fake/i1' });
  const call = rig.call('hello');
  await settle();
  assert.deepEqual([call.status, call.code], [200, undefined]);
  rig.provider.crash('i1');
  await settle();
  assert.deepEqual(rig.running, ['i2']);
  await rig.close();
  assert.equal(rig.platform.budget.reservedBytes, 0);
});

test('every way an instance can end gives its memory back', async () => {
  const rig = await Rig.open();
  const reserved = () => rig.platform.budget.reservedBytes / 2 ** 20;
  await rig.deploy('hello');
  assert.equal(reserved(), 64);
  rig.provider.crash('i1');
  await settle();
  assert.equal(reserved(), 0, 'crashed');
  rig.call('hello');
  await settle();
  await rig.fleet('hello').sleep();
  assert.equal(reserved(), 0, 'asleep');
  await rig.clock.advance(1 * seconds);
  rig.provider.failNextStart();
  rig.call('hello');
  await settle();
  assert.equal(reserved(), 0, 'not started');
  await rig.clock.advance(120 * seconds);
  rig.call('hello');
  await settle();
  assert.equal(reserved(), 64);
  await rig.platform.deployer.remove({ namespace: 'openfaas-fn', name: 'hello' });
  await settle();
  assert.deepEqual([reserved(), rig.running], [0, []], 'removed');
});
