import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, Rig, settle } from '../rig.fixtures.ts';

const seconds = 1000;
const runMs = 20;
const places = 8;
/** Answers a second at the very best. */
const peak = (places * 1000) / runMs;

/** One instance, and a deadline. */
const busy = (timeout: string) => ({
  labels: { 'com.openfaas.scale.max': '1' },
  annotations: { 'com.wherry.timeout': timeout },
});

/** Calls come whether or not there is room, `rate` a second for so long. */
async function flood(rig: Rig, rate: number, ms: number): Promise<Answer[]> {
  const calls: Answer[] = [];
  for (let at = 0; at < ms; at += 10) {
    for (let i = 0; i < rate / 100; i++) calls.push(rig.call('busy'));
    await rig.clock.advance(10);
  }
  return calls;
}

test('five times too many calls: as many are answered as ever, and the rest know at once', async () => {
  const rig = await Rig.open({ concurrency: places, settings: { maxWaiting: 10_000 } });
  await rig.deploy('busy', busy('1s'));
  rig.forwarder.script = () => ({ status: 200, afterMs: runMs });
  const calls = await flood(rig, 5 * peak, 5 * seconds);
  await rig.clock.advance(2 * seconds);
  const answered = calls.filter(({ status }) => status === 200);
  const refused = calls.filter(({ code }) => code === 'function_busy');
  assert.ok(answered.length >= 0.95 * 5 * peak, `${answered.length} of at most ${5 * peak} were answered`);
  // The first are let in before anybody knows how long a call takes.
  assert.ok(
    calls.length - answered.length - refused.length < 0.02 * calls.length,
    'hardly any waited for nothing',
  );
  for (const call of refused) {
    assert.deepEqual([call.status, call.call.waitMs], [429, 0]);
    const wait = call.failure?.retryAfterS ?? 0;
    assert.equal(wait, 1, 'half a second of line, in whole seconds');
  }
  assert.ok(
    answered.every(({ call }) => call.waitMs < 600),
    'who was let in waited for about half of the second at most',
  );
  await rig.close();
});

test('how long the line takes is told, and what to do', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('busy', busy('10s'));
  rig.forwarder.script = () => ({ status: 200, afterMs: 1 * seconds });
  rig.call('busy');
  await rig.clock.advance(1 * seconds);
  const line = Array.from({ length: 7 }, () => rig.call('busy'));
  await settle();
  const refused = rig.call('busy');
  await settle();
  assert.equal(line.filter(({ ended }) => ended).length, 0);
  assert.deepEqual([refused.code, refused.failure?.retryAfterS], ['function_busy', 6]);
  assert.equal(
    refused.failure?.message,
    '6 calls already wait for a place, which takes about 6 s of its 10 s',
  );
  await rig.clock.advance(1 * seconds);
  const later = rig.call('busy');
  await settle();
  assert.equal(later.ended, false, 'the line moved on');
  await rig.clock.advance(10 * seconds);
  assert.deepEqual(
    [...line, later].map(({ status }) => status),
    Array(8).fill(200),
  );
  await rig.close();
});

test('a burst that can be served within the deadline is served, every call of it', async () => {
  const rig = await Rig.open({ concurrency: places, settings: { maxWaiting: 10_000 } });
  await rig.deploy('busy', busy('60s'));
  rig.forwarder.script = () => ({ status: 200, afterMs: runMs });
  const calls = Array.from({ length: 5_000 }, () => rig.call('busy'));
  await rig.clock.advance(15 * seconds);
  assert.ok(calls.every(({ status }) => status === 200));
  await rig.close();
});

test('a function that was slow and is quick again takes calls again', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('busy', busy('2s'));
  let ms = 900;
  rig.forwarder.script = () => ({ status: 200, afterMs: ms });
  await flood(rig, 100, 5 * seconds);
  ms = 1;
  await rig.clock.advance(10 * seconds);
  // What it learnt of the slow time is unlearnt by the first who are let in.
  await flood(rig, 50, 2 * seconds);
  const more = Array.from({ length: 20 }, () => rig.call('busy'));
  await rig.clock.advance(1 * seconds);
  assert.ok(more.every(({ status }) => status === 200));
  await rig.close();
});

test('while instances start that the line asked for, nobody is sent away whom they will serve', async () => {
  const rig = await Rig.open({ concurrency: 1, memory: { budgetBytes: 2 ** 33 } });
  await rig.deploy('busy', { annotations: { 'com.wherry.timeout': '12s' } });
  rig.provider.startMs = 200;
  rig.forwarder.script = () => ({ status: 200, afterMs: 500 });
  const burst = Array.from({ length: 150 }, () => rig.call('busy'));
  await rig.clock.advance(500);
  const calls = await flood(rig, 100, 300);
  await rig.clock.advance(15 * seconds);
  assert.ok([...burst, ...calls].every(({ status }) => status === 200));
  await rig.close();
});
