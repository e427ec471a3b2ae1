import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import { admin } from '../rig.fixtures.ts';
import { AlertRig, channel, minute, rule } from './alert-rig.fixtures.ts';

const [a, b] = ['a.openfaas-fn', 'b.openfaas-fn'];

async function hot(...names: readonly string[]): Promise<AlertRig> {
  const rig = await AlertRig.start();
  for (const name of ['a', 'b']) await rig.deploy(name);
  await rig.channel('ops');
  for (const name of names) rig.heat.set(name, 20);
  return rig;
}

test('it is pending, fires, is told once with all that belong together, and told again when it is over', async () => {
  const rig = await hot(a, b);
  await rig.book.rules.put(rule('heat', { forMs: minute }));
  await rig.clock.advance(40_000);
  assert.deepEqual(rig.states, [`pending ${a}`, `pending ${b}`]);
  assert.deepEqual(rig.told, []);
  await rig.clock.advance(3 * minute);
  assert.deepEqual(rig.states, [`firing ${a}`, `firing ${b}`]);
  assert.deepEqual(rig.told, [`ops: firing heat ${a} ${b}`]);
  const [{ notice }] = rig.notices.sent as [(typeof rig.notices.sent)[number]];
  assert.equal(notice.title, '2 alerts of heat in openfaas-fn');
  assert.deepEqual(
    notice.alerts.map(({ summary, sentence }) => [summary, sentence]),
    ['a', 'b'].map((name) => [`${name} is hot: 20`, `heat of ${name} above 10 for 1 minute`]),
  );
  rig.heat.set(a, 1);
  rig.heat.set(b, 1);
  await rig.clock.advance(6 * minute);
  assert.deepEqual(rig.states, []);
  assert.deepEqual(rig.told.slice(1), [`ops: resolved heat ${a} ${b}`]);
  assert.deepEqual(
    rig.book.events().map(({ what }) => what),
    ['sent', 'queued', 'resolved', 'resolved', 'sent', 'queued', 'firing', 'firing'],
  );
  assert.deepEqual(new Set(rig.book.events().map((event) => event.rule)), new Set(['heat']));
});

test('what still fires is told again after its time, and what joins waits for its turn', async () => {
  const rig = await hot(a);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(2 * minute);
  rig.heat.set(b, 30);
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`]);
  await rig.clock.advance(4 * minute);
  assert.deepEqual(rig.told.slice(1), [`ops: firing heat ${a} ${b}`]);
  await rig.clock.advance(230 * minute);
  assert.equal(rig.told.length, 2);
  await rig.clock.advance(20 * minute);
  assert.deepEqual(rig.told.slice(2), [`ops: firing heat ${a} ${b}`]);
});

test('one message for each namespace, and for each channel only what it takes', async () => {
  const rig = await hot(a);
  await rig.platform.namespaces.create('team', {});
  const deploying = rig.platform.deployer.deploy(rig.spec('c', { namespace: 'team' }), admin, {
    mustExist: false,
  });
  await rig.clock.advance(rig.provider.startMs);
  await deploying;
  await rig.channel('team', { matchers: [{ label: 'function_name', is: '=~', value: '.*\\.team' }] });
  await rig.channel('quiet', { resolved: false });
  await rig.channel('named');
  rig.heat.set('c.team', 20);
  await rig.book.rules.put(rule('heat', { channels: ['ops', 'team', 'quiet'] }));
  await rig.clock.advance(2 * minute);
  assert.deepEqual([...rig.told].sort(), [
    `ops: firing heat ${a}`,
    'ops: firing heat c.team',
    `quiet: firing heat ${a}`,
    'quiet: firing heat c.team',
    'team: firing heat c.team',
  ]);
  rig.heat.clear();
  await rig.clock.advance(10 * minute);
  assert.deepEqual([...rig.told.slice(5)].sort(), [
    `ops: resolved heat ${a}`,
    'ops: resolved heat c.team',
    'team: resolved heat c.team',
  ]);
});

test('those who may silence everything always find room for it', async () => {
  const rig = await hot(a);
  const now = rig.clock.now();
  const matchers = [{ label: 'function_name', is: '=', value: a }] as const;
  const quiet = { by: 'team', why: '', from: now, until: now + minute, matchers };
  let added = 0;
  await assert.rejects(
    async () => {
      for (; added < 1_000; added += 1) await rig.book.silences.add(quiet, false);
    },
    { code: 'alerts_full' },
  );
  assert.ok(added > 100);
  await rig.book.silences.add(quiet);
});

test('who asked for quiet is not told that it fires, but that it is over where it was told before', async () => {
  const rig = await hot(a);
  const now = rig.clock.now();
  const quiet = { by: 'admin', why: 'maintenance', from: now, until: now + 10 * minute };
  await rig.book.silences.add({ ...quiet, matchers: [{ label: 'function_name', is: '=', value: a }] });
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(9 * minute);
  assert.deepEqual(rig.told, []);
  assert.equal(rig.book.list()[0]?.silencedBy.length, 1);
  await rig.clock.advance(3 * minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`]);
  const later = rig.clock.now();
  const all = [{ label: 'alertname', is: '=~', value: '.+' }] as const;
  await rig.book.silences.add({ ...quiet, from: later, until: later + 60 * minute, matchers: all });
  rig.heat.set(a, 1);
  rig.heat.set(b, 20);
  await rig.clock.advance(10 * minute);
  assert.deepEqual(rig.told.slice(1), [`ops: resolved heat ${a}`]);
});

test('without anybody to tell, the first channel that comes is told at once', async () => {
  const rig = await AlertRig.start();
  await rig.deploy('a');
  rig.heat.set(a, 20);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(10 * minute);
  await rig.channel('ops');
  await rig.clock.advance(minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`]);
});

test('a function has a threshold of its own, none, or is gone', async () => {
  const rig = await hot(a, b);
  await rig.book.rules.put(rule('heat', { clear: 5 }));
  await rig.deploy('a', { annotations: { 'com.wherry.alerts': 'heat=100' } });
  await rig.deploy('b', { annotations: { 'com.wherry.alerts': 'off' } });
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.states, []);
  await rig.deploy('b');
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${b}`]);
  rig.heat.set(a, 101);
  await rig.clock.advance(minute);
  assert.deepEqual(
    rig.states.toSorted((x, y) => (x < y ? -1 : 1)),
    [`firing ${a}`, `firing ${b}`],
  );
  await rig.platform.deployer.remove({ namespace: 'openfaas-fn', name: 'b' });
  await rig.clock.advance(minute);
  assert.deepEqual(rig.states, [`firing ${a}`]);
});

test('a rule that is switched off or removed is over, and is said to be', async () => {
  const rig = await hot(a);
  await rig.book.rules.put(rule('heat'));
  await rig.book.rules.put(rule('warmth', { threshold: 5 }));
  await rig.clock.advance(2 * minute);
  assert.equal(rig.told.length, 2);
  await rig.book.rules.change('heat', { enabled: false });
  await rig.book.rules.remove('warmth');
  await rig.clock.advance(10 * minute);
  assert.deepEqual([...rig.told.slice(2)].sort(), [`ops: resolved heat ${a}`, `ops: resolved warmth ${a}`]);
});

test('a rule that cannot be evaluated says so, and what fires goes on firing', async () => {
  const rig = await hot(a);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(2 * minute);
  const read = rig.history.read.bind(rig.history);
  rig.history.read = async (query) =>
    query.matchers.some(({ value }) => value === 'heat')
      ? Promise.reject(new Error('unreadable'))
      : read(query);
  await rig.clock.advance(12 * minute);
  assert.deepEqual([...rig.book.failing.keys()], ['heat']);
  assert.deepEqual(
    rig.states.filter((one) => one.endsWith(a)),
    [`firing ${a}`],
  );
  assert.ok(
    rig.told.some((one) => one.startsWith('ops: firing alert-rules')),
    rig.told.join(),
  );
  assert.equal(rig.problems.filter((one) => one.includes('the alert rule heat')).length, 1);
});

test('a function that is a channel is called with the alert, as itself', async () => {
  const rig = await hot(a);
  await rig.book.channels.remove('ops');
  await rig.deploy('pager', { annotations: { 'com.wherry.visibility': 'private' } });
  await rig.channel('page', { kind: 'function', target: { namespace: 'openfaas-fn', name: 'pager' } });
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(2 * minute);
  const [call] = await rig.platform.queue.find({
    of: { namespace: 'openfaas-fn', name: 'pager' },
    limit: 10,
  });
  assert.equal(call?.state, 'done', JSON.stringify(call));
  assert.equal(call?.item.head.caller?.name, 'channel page');
});

test('a channel whose function is gone is said aloud, and keeps the others from nothing', async () => {
  const rig = await hot(a);
  await rig.channel('page', { kind: 'function', target: { namespace: 'openfaas-fn', name: 'gone' } });
  await assert.rejects(rig.book.test('page'), { code: 'function_unknown' });
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.told, [`ops: firing heat ${a}`]);
  const failed = rig.book.events().find(({ what }) => what === 'failed');
  assert.deepEqual([failed?.channel, failed?.says], ['page', 'gone.openfaas-fn is not deployed']);
  assert.match(rig.problems.join('\n'), /a message to the channel page was given up/);
});

test('a channel that is dead all the time is told of once, whatever of it is tried when', async () => {
  const rig = await hot(a, b);
  await rig.channel('other');
  rig.notices.script = (name) => ({ status: name === 'ops' ? 500 : 200, cause: 'as the test has it' });
  await rig.book.rules.put(rule('heat'));
  for (let n = 0; n < 4; n += 1) {
    await rig.clock.advance(20 * minute);
    await rig.book.test('ops');
  }
  const delivery = rig.book.events().filter(({ rule: name }) => name === 'alert-delivery');
  assert.deepEqual(
    delivery.filter(({ what }) => what === 'firing' || what === 'resolved').map(({ what }) => what),
    ['firing'],
  );
});

test('a channel that is removed takes its messages along, and nothing fires for one that is no more', async () => {
  const rig = await hot(a);
  await rig.channel('other');
  rig.notices.script = (name) => ({ status: name === 'ops' ? 410 : 200, cause: 'as the test has it' });
  await rig.book.test('ops');
  await rig.clock.advance(minute);
  rig.notices.script = (name) => ({ status: name === 'ops' ? 500 : 200, cause: 'as the test has it' });
  await rig.book.test('ops');
  await rig.clock.advance(20 * minute);
  const firing = () => rig.book.list().filter(({ rule: name }) => name === 'alert-delivery').length;
  assert.equal(firing(), 1);
  assert.deepEqual(await rig.book.channels.remove('ops'), { waiting: 1, dead: 1 });
  assert.deepEqual(await rig.platform.queue.lanes(), []);
  await rig.clock.advance(20 * minute);
  assert.equal(firing(), 0);
  // A message that was on its way into the queue as its channel went. The disk is full just then.
  const change = rig.queue.change.bind(rig.queue);
  let refused = 0;
  rig.queue.change = async (...asked) => {
    if (refused++ > 0) return change(...asked);
    throw new WherryError('storage_full', 'the disk is full', { component: 'test' });
  };
  const lateId = '01a21a0a-fbaa-7813-bd23-d3f1f3faa4f0';
  await rig.platform.queue.notify([
    {
      id: lateId,
      channel: 'ops',
      body: new TextEncoder().encode('{}'),
      key: 'late',
    },
  ]);
  await rig.clock.advance(2 * minute);
  assert.equal(refused, 2);
  assert.deepEqual(await rig.platform.queue.lanes(), []);
  const late = (await rig.book.fates.of([lateId])).get(lateId);
  assert.deepEqual(late, { state: 'failed', says: 'it was taken back from the queue' });
  const failed = rig.book.events().filter(({ what, delivery }) => what === 'failed' && delivery === lateId);
  assert.deepEqual(failed, []);
});

test('values are rounded for people wherever they are told', async () => {
  const rig = await hot();
  rig.heat.set(a, 0.007281333333333332);
  await rig.clock.advance(minute);
  const [trial] = await rig.book.try(rule('heat', { threshold: 0 }));
  assert.deepEqual([trial?.value, trial?.valueText], [0.007281333333333332, '0.00728']);
  assert.equal(trial?.summary, 'a is hot: 0.00728');
  await rig.book.rules.put(rule('heat', { threshold: 0 }));
  await rig.clock.advance(minute);
  await rig.book.rules.remove('heat');
  assert.equal(rig.book.list()[0]?.valueText, '0.00728', 'also once the rule is gone');
});

test('rules are refused with what is wrong with them, and there are only so many', async () => {
  const rig = await AlertRig.start();
  const refused = (more: Parameters<typeof rule>[1], code = 'alert_rule_refused') =>
    assert.rejects(rig.book.rules.put(rule('x', more)), { code }, JSON.stringify(more));
  await refused({ source: { kind: 'query', text: 'heat[' } });
  await refused({ source: { kind: 'query', text: 'heat[5m]' } });
  await refused({ source: { kind: 'query', text: '"text"' } });
  await refused({ clear: 11 });
  await refused({ is: '<', clear: 9 });
  await refused({ threshold: Number.NaN });
  await refused({ forMs: -1 });
  await refused({ labels: { alertname: 'x' } });
  await refused({ labels: { 'a b': 'x' } });
  await refused({ name: 'p95' });
  await refused({ name: 'Bad' });
  const logs = { kind: 'logs', functions: '*', pattern: 'x', withinMs: minute } as const;
  await refused({ source: { ...logs, pattern: '(' } }, 'bad_pattern');
  await refused({ source: { ...logs, pattern: 'x'.repeat(2_001) } }, 'bad_pattern');
  await refused({ source: { ...logs, pattern: '(?:.*x){500}' } }, 'bad_pattern');
  await refused({ source: { ...logs, functions: 'a/b/c' } });
  await refused({ source: { ...logs, withinMs: 1 } });
  for (let n = 0; n < 20; n += 1) await rig.book.rules.put(rule(`l${n}`, { source: logs }));
  await refused({ source: logs }, 'alerts_full');
  for (let n = 0; n < 80; n += 1) await rig.book.rules.put(rule(`r${n}`));
  await refused({}, 'alerts_full');
  await rig.book.rules.put(rule('r0', { threshold: 5 }));
});

test('two series that would be one alert are refused, and stop a rule that had none', async () => {
  const rig = await hot(a, b);
  await rig.clock.advance(minute);
  const same = rule('same', { labels: { function_name: 'one' } });
  await assert.rejects(rig.book.rules.put(same), { code: 'alert_rule_refused', message: /same alert/ });
  rig.heat.delete(b);
  await rig.clock.advance(minute);
  await rig.book.rules.put(same);
  rig.heat.set(b, 20);
  await rig.clock.advance(minute);
  assert.match(rig.book.failing.get('same') ?? '', /same alert/);
});

test('a preset is changed and put back, never removed', async () => {
  const rig = await AlertRig.start();
  await rig.book.rules.change('p95', { threshold: 5, channels: ['ops'] });
  assert.equal((await rig.restart()).book.rules.get('p95').threshold, 5);
  await rig.book.rules.change('p95', { enabled: false });
  const changed = rig.book.rules.get('p95');
  assert.deepEqual([changed.threshold, changed.enabled, changed.clear], [5, false, undefined]);
  await rig.book.rules.remove('p95');
  const back = rig.book.rules.get('p95');
  assert.deepEqual([back.threshold, back.enabled, back.clear], [2, true, 1.6]);
  await assert.rejects(rig.book.rules.change('p95', { clear: 3 }), { code: 'alert_rule_refused' });
});

test('rules and channels of a file go in together or not at all, and no more than there is room for', async () => {
  const rig = await hot();
  const set = (rules: number, channels: number) => ({
    rules: Array.from({ length: rules }, (_, i) => rule(`rule-${i}`)),
    changes: new Map([['p95', { threshold: 7 }]]),
    channels: Array.from({ length: channels }, (_, i) => ({ channel: channel(`channel-${i}`), secret: {} })),
  });
  const full = { code: 'alerts_full' };
  const nothing = { code: 'alert_rule_refused', message: /^rules\.rule-1: labels: / };
  const wrong = { ...set(1, 1), rules: [rule('rule-0'), rule('rule-1', { labels: { 'no-label': '' } })] };
  for (const [one, why] of [
    [set(101, 1), full],
    [set(1, 50), full],
    [wrong, nothing],
  ] as const) {
    await assert.rejects(rig.book.check(one), why);
    await assert.rejects(rig.book.put(one), why);
  }
  const write = rig.alerts.write.bind(rig.alerts);
  rig.alerts.write = async () => {
    throw new WherryError('storage_full', 'the disk is full', { component: 'test' });
  };
  await assert.rejects(rig.book.put(set(2, 2)), { code: 'storage_full' });
  rig.alerts.write = write;
  const own = () => rig.book.rules.list().filter(({ preset }) => !preset).length;
  const p95 = () => rig.book.rules.get('p95').threshold;
  assert.deepEqual([own(), p95(), rig.book.channels.list().length], [0, 2, 1]);
  await rig.book.put(set(100, 49));
  assert.deepEqual([own(), p95(), rig.book.channels.list().length], [100, 7, 50]);
  await rig.book.put(set(100, 49));
  assert.equal(own(), 100, 'what is there takes no more room');
});
