import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, settle } from './rig.fixtures.ts';

const seconds = 1000;

/** Closes with `underWay` calls in flight as the door counts them. */
function closing(rig: Rig, underWay: () => number) {
  let hurry: () => void = () => undefined;
  const hurried = new Promise<void>((resolve) => (hurry = resolve));
  let done = false;
  const over = rig.platform.close(underWay, hurried).then(() => (done = true));
  return { hurry: () => hurry(), over, done: () => done };
}

test('closing lets calls under way finish, then ends every instance, and writes what is held', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.forwarder.script = () => ({ status: 200, afterMs: 3 * seconds });
  const call = rig.call('hello');
  await settle();
  const close = closing(rig, () => (call.ended ? 0 : 1));
  await rig.clock.advance(2900);
  assert.deepEqual([rig.platform.stopping, close.done(), rig.stops], [true, false, []]);
  await rig.clock.advance(200);
  await close.over;
  assert.deepEqual([call.status, rig.running, rig.stops], [200, [], ['i1']]);
  assert.equal((await rig.records.find({ limit: 9 })).length, 1);
  assert.equal((await rig.logs.exits({ limit: 9 })).length, 1);
  assert.equal(rig.provider.asked.at(-1), 'close');
});

test('calls that take longer than the drain are cut, and told so', async () => {
  const rig = await Rig.open({ settings: { drainMs: 5 * seconds } });
  await rig.deploy('hello');
  rig.forwarder.script = () => 'never';
  const call = rig.call('hello');
  await settle();
  const close = closing(rig, () => (call.ended ? 0 : 1));
  await rig.clock.advance(4900);
  assert.equal(close.done(), false);
  await rig.clock.advance(1 * seconds);
  await close.over;
  assert.deepEqual([call.code, rig.running], ['function_crashed', []]);
});

test('who is in a hurry does not wait for calls, nor for instances to end by themselves', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.provider.stopMs = 60 * seconds;
  rig.forwarder.script = () => 'never';
  const call = rig.call('hello');
  await settle();
  const close = closing(rig, () => (call.ended ? 0 : 1));
  close.hurry();
  await rig.clock.advance(100);
  await close.over;
  assert.equal(rig.exits[0]?.kind, 'killed');
});

test('calls in line, and calls that wait for a start, are sent away when it closes', async () => {
  const rig = await Rig.open({ concurrency: 1, settings: { drainMs: 0 } });
  await rig.deploy('busy');
  await rig.asleep('sleepy');
  rig.provider.startMs = 100 * seconds;
  rig.forwarder.script = () => 'never';
  const calls = [rig.call('busy'), rig.call('busy'), rig.call('sleepy')];
  await settle();
  const close = closing(rig, () => 0);
  await rig.clock.advance(101 * seconds);
  await close.over;
  assert.ok(
    calls.every(({ ended, status }) => ended && status >= 500),
    calls.map(({ code }) => code).join(),
  );
  assert.deepEqual([rig.running, rig.platform.budget.reservedBytes], [[], 0]);
});

test('nothing is set on the clock any more when it has closed', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { labels: { 'com.openfaas.scale.min': '1' } });
  rig.call('hello');
  await settle();
  await rig.close();
  await rig.clock.advance(60 * seconds);
  assert.equal(rig.clock.waiting, 0);
  assert.deepEqual(rig.running, [], 'not even what must always run');
});

test('old records and lines are removed now and then, and a failure of that is only told', async () => {
  const rig = await Rig.open({ settings: { records: { maxAgeMs: 60_000, maxBytes: 1e9 } } });
  await rig.deploy('hello');
  rig.call('hello');
  await rig.clock.advance(100);
  assert.equal((await rig.records.find({ limit: 9 })).length, 1);
  await rig.clock.advance(600 * seconds);
  assert.equal((await rig.records.find({ limit: 9 })).length, 0);
  rig.records.prune = () => Promise.reject(new Error('locked'));
  await rig.clock.advance(600 * seconds);
  assert.deepEqual(rig.problems, ['old records were not removed: locked']);
  await rig.close();
});

test('how an instance ended is kept with its last words', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.provider.write('i1', 'a line');
  rig.provider.crash('i1', { lastWords: ['a line'] });
  await settle();
  const hello = { namespace: 'openfaas-fn', name: 'hello' };
  const [exit] = await rig.platform.logBook.exits({ target: hello, limit: 1 });
  assert.deepEqual([exit?.reason, exit?.lastWords], ['exited with code 1', ['a line']]);
  assert.deepEqual(
    (await rig.platform.logBook.read({ target: hello })).map(({ text }) => text),
    ['a line'],
  );
  assert.equal(rig.fleet('hello').lastFailure?.reason, 'exited with code 1');
  await rig.close();
});
