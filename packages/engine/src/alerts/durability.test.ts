// Nothing that fired is lost, and nothing is told twice, whatever ends in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertDocument } from '@wherry/core/ports/alert-store';
import { MemoryAlertStore } from '@wherry/storage/memory/alert-store';
import { settle } from '@wherry/testkit/simulated-clock';
import { AlertRig, minute, rule } from './alert-rig.fixtures.ts';

const a = 'a.openfaas-fn';

async function hot(): Promise<AlertRig> {
  const rig = await AlertRig.start();
  await rig.deploy('a');
  await rig.channel(
    'ops',
    {},
    { url: 'https://hooks.example/very-secret', authorization: 'Bearer very-secret' },
  );
  rig.heat.set(a, 20);
  await rig.book.rules.put(rule('heat'));
  return rig;
}

const groups = async (store: MemoryAlertStore): Promise<readonly (AlertDocument & { kind: 'group' })[]> =>
  (await store.list()).filter((one) => one.kind === 'group');

test('a restart tells nobody again, and what is missing at first ends nothing', async () => {
  const rig = await hot();
  await rig.clock.advance(3 * minute);
  assert.equal(rig.told.length, 1);
  // Its own clock begins at the same moment: as after a restart at once.
  const next = await rig.restart();
  await next.clock.advance(4 * minute);
  assert.deepEqual(next.states, [`firing ${a}`], 'the function has not been measured again');
  next.heat.set(a, 20);
  await next.clock.advance(10 * minute);
  assert.deepEqual(next.told, [`ops: firing heat ${a}`]);
  next.heat.set(a, 1);
  await next.clock.advance(10 * minute);
  assert.deepEqual(next.told.slice(1), [`ops: resolved heat ${a}`]);
});

test('killed between the note and the queue: it is sent after the restart, once', async () => {
  const rig = await hot();
  const { enqueue } = rig.queue;
  rig.queue.enqueue = () => new Promise(() => undefined);
  await rig.clock.advance(3 * minute);
  assert.deepEqual(rig.told, []);
  const [left] = await groups(rig.alerts);
  assert.equal(left?.body.unsent?.length, 1, 'it is on the disk');
  rig.queue.enqueue = enqueue;
  const next = await rig.restart();
  await next.clock.advance(2 * minute);
  assert.deepEqual(next.told, [`ops: firing heat ${a}`]);
  assert.equal((await groups(rig.alerts))[0]?.body.unsent, undefined);
});

test('the control: with what was to be sent taken off the disk, nobody hears of it', async () => {
  const rig = await hot();
  const { enqueue } = rig.queue;
  rig.queue.enqueue = () => new Promise(() => undefined);
  await rig.clock.advance(3 * minute);
  const [left] = await groups(rig.alerts);
  assert.ok(left !== undefined);
  const { rule: of, namespace, seq, toldAt } = left.body;
  await rig.alerts.write([{ kind: 'group', id: left.id, body: { rule: of, namespace, seq, toldAt } }], []);
  rig.queue.enqueue = enqueue;
  const next = await rig.restart();
  next.heat.set(a, 20);
  await next.clock.advance(20 * minute);
  assert.deepEqual(next.told, []);
});

test('killed between the queue and its note: it is not sent twice', async () => {
  const rig = await hot();
  const { enqueue } = rig.queue;
  let noted: readonly AlertDocument[] = [];
  rig.queue.enqueue = async (items) => {
    noted = await rig.alerts.list();
    return enqueue.call(rig.queue, items);
  };
  await rig.clock.advance(3 * minute);
  assert.equal(rig.told.length, 1);
  // The disk as it was when the message was in the queue, and not yet taken off.
  const alerts = new MemoryAlertStore();
  await alerts.write(noted, []);
  assert.equal((await groups(alerts))[0]?.body.unsent?.length, 1);
  const next = await rig.restart({ alerts });
  next.heat.set(a, 20);
  await next.clock.advance(5 * minute);
  assert.equal(next.told.length, 1);
  assert.equal((await groups(alerts))[0]?.body.unsent, undefined);
});

test('a queue that takes nothing is tried again; alerting says that it does not work meanwhile', async () => {
  const rig = await hot();
  const { enqueue } = rig.queue;
  rig.queue.enqueue = () => Promise.reject(new Error('the disk is full'));
  await rig.clock.advance(5 * minute);
  assert.equal(rig.book.health.working, false);
  assert.equal(rig.problems.filter((one) => one.startsWith('alerting does not work')).length, 1);
  rig.queue.enqueue = enqueue;
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`]);
  assert.deepEqual([rig.book.health.working, rig.problems.at(-1)], [true, 'alerting works again']);
});

test('a store that keeps nothing is said aloud, and the heartbeat stops', async () => {
  const rig = await hot();
  await rig.channel('dead-man', { kind: 'heartbeat' });
  await rig.clock.advance(3 * minute);
  assert.equal(rig.notices.beats.length, 3);
  const { write } = rig.alerts;
  rig.alerts.write = () => Promise.reject(new Error('no space left'));
  rig.heat.set(a, 1);
  await rig.clock.advance(5 * minute);
  const beats = rig.notices.beats.length;
  assert.ok(beats <= 4, 'at most the one before it was noticed');
  assert.match(rig.problems.join('\n'), /alerting does not work: .*no space left/);
  const families = await rig.platform.measuring.families();
  assert.equal(families.find(({ name }) => name === 'wherry_alerts_working')?.samples[0]?.value, 0);
  rig.alerts.write = write;
  await rig.clock.advance(7 * minute);
  assert.ok(rig.notices.beats.length > beats + 4);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`, `ops: resolved heat ${a}`]);
});

test('a heartbeat that is tried beats once and says what came back, and not while alerting does not work', async () => {
  const rig = await hot();
  await rig.clock.advance(3 * minute);
  await rig.channel('dead-man', { kind: 'heartbeat' });
  const dead = rig.book.channels.get('dead-man');
  const queued = async () => (await rig.platform.queue.find({ limit: 10 })).length;
  const before = await queued();
  assert.deepEqual(await rig.book.beat(dead), { heard: true, status: 200, cause: 'it answered 200' });
  assert.deepEqual([rig.notices.beats, await queued()], [['dead-man'], before]);
  rig.notices.beatScript = async () => ({ status: 404, cause: 'it answered 404' });
  const refused = { heard: false, status: 404, cause: 'it answered 404' };
  assert.deepEqual([await rig.book.beat(dead), await rig.book.beat(dead)], [refused, refused]);
  assert.deepEqual(
    rig.problems.filter((one) => /dead-man/.test(one)),
    ['the heartbeat dead-man is not heard: it answered 404'],
  );
  rig.notices.beatScript = (signal) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve({ status: 0, cause: 'no answer in time' })),
    );
  const slow = rig.book.beat(dead);
  await rig.clock.advance(10_000);
  assert.deepEqual(await slow, { heard: false, status: 0, cause: 'no answer in time' });
  rig.notices.beatScript = undefined;
  rig.alerts.write = () => Promise.reject(new Error('no space left'));
  rig.heat.set(a, 1);
  await rig.clock.advance(5 * minute);
  assert.equal(rig.book.health.working, false);
  const beats = rig.notices.beats.length;
  const { heard, status, cause } = await rig.book.beat(dead);
  assert.deepEqual([heard, status, rig.notices.beats.length], [false, 0, beats]);
  assert.match(cause, /^nothing is sent while alerting does not work: .*no space left/);
});

test('an evaluation that never ends is noticed by somebody else', async () => {
  const rig = await hot();
  rig.history.read = () => new Promise(() => undefined);
  await rig.clock.advance(5 * minute);
  assert.equal(rig.book.health.working, false);
  assert.match(rig.problems.join('\n'), /rules were not evaluated for \d+ seconds/);
  const families = await rig.platform.measuring.families();
  const late = families.find(({ name }) => name === 'wherry_alerts_last_evaluation_seconds')?.samples[0];
  assert.ok((late?.value ?? 0) > 200);
});

test('a channel that takes nothing is tried for hours, given up, audited, and told of by the others', async () => {
  const rig = await hot();
  await rig.channel('mail');
  rig.notices.script = (name) => ({ status: name === 'ops' ? 503 : 200, cause: 'as the test says' });
  await rig.clock.advance(7 * 60 * minute);
  const failed = rig.book.events().find(({ what }) => what === 'failed');
  assert.deepEqual([failed?.channel, failed?.says], ['ops', 'as the test says']);
  const [call] = await rig.platform.queue.find({ id: failed?.delivery ?? '', limit: 1 });
  assert.equal(call?.state, 'dead');
  assert.ok((call?.attempts ?? 0) > 10);
  const about = rig.notices.sent.filter(({ notice }) => notice.rule === 'alert-delivery');
  assert.deepEqual(new Set(about.map(({ channel }) => channel)), new Set(['mail']));
  assert.equal(about[0]?.notice.alerts[0]?.labels['channel'], 'ops');
  await settle();
  const audited = await rig.audit.find({ limit: 100 });
  assert.ok(
    audited.some(
      ({ what, name, call: id }) => what === 'alerts.failed' && name === 'ops' && id === failed?.delivery,
    ),
  );
  assert.ok(audited.some(({ what, name }) => what === 'alerts.sent' && name === 'mail'));
});

test('what is secret about a channel is where it is encrypted, and nowhere else', async () => {
  const rig = await hot();
  rig.notices.script = () => ({ status: 500, cause: 'it answered 500' });
  await rig.clock.advance(3 * minute);
  await rig.book.test('ops');
  await rig.clock.advance(minute);
  assert.equal(rig.notices.sent[0]?.secret.url, 'https://hooks.example/very-secret', 'the sender has it');
  const queued = await rig.platform.queue.find({ limit: 100 });
  const bodies = rig.notices.sent.map(({ notice }) => notice);
  const everywhere = JSON.stringify([
    await rig.alerts.list(),
    queued,
    bodies,
    await rig.audit.find({ limit: 100 }),
    rig.problems,
    rig.book.events(),
    rig.book.channels.list(),
  ]);
  assert.doesNotMatch(everywhere, /very-secret/);
});
