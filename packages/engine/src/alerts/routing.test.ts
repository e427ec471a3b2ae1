// Who is told what: everybody what they take, once, and the end of what they heard begin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertRig, minute, rule } from './alert-rig.fixtures.ts';

const [a, b] = ['a.openfaas-fn', 'b.openfaas-fn'];
const only = (name: string) => ({ matchers: [{ label: 'function_name', is: '=', value: name }] as const });

async function rigWith(...names: readonly string[]): Promise<AlertRig> {
  const rig = await AlertRig.start();
  for (const name of names) await rig.deploy(name);
  return rig;
}

test('what nobody takes repeats nothing to those who take its neighbours', async () => {
  const rig = await rigWith('a', 'b');
  await rig.channel('team', only(a));
  rig.heat.set(a, 20).set(b, 20);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(60 * minute);
  assert.deepEqual(rig.told, [`team: firing heat ${a}`]);
  await rig.clock.advance(240 * minute);
  assert.deepEqual(rig.told, [`team: firing heat ${a}`, `team: firing heat ${a}`], 'every four hours');
});

test('what one channel hears of is no reason to tell another what it knows, nor to put off its reminder', async () => {
  const rig = await rigWith('a', 'b');
  await rig.channel('one', only(a));
  await rig.channel('two', only(b));
  rig.heat.set(a, 20);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(10 * minute);
  // Comes and goes all the time.
  for (let n = 0; n < 24; n += 1) {
    rig.heat.set(b, n % 2 === 0 ? 20 : 1);
    await rig.clock.advance(12 * minute);
  }
  const toOne = rig.told.filter((text) => text.startsWith('one'));
  assert.deepEqual(toOne, [`one: firing heat ${a}`, `one: firing heat ${a}`]);
  assert.ok(rig.told.filter((text) => text.startsWith('two')).length > 10);
});

test('that it is over is told to whoever heard of it, whatever was changed meanwhile, and to nobody else', async () => {
  for (const change of [
    (rig: AlertRig) => rig.book.rules.remove('heat'),
    async (rig: AlertRig) => {
      await rig.book.rules.put(rule('heat', { channels: ['web'] }));
      rig.heat.delete(a);
    },
    async (rig: AlertRig) => {
      await rig.channel('dba', only(b));
      rig.heat.delete(a);
    },
  ]) {
    const rig = await rigWith('a', 'b');
    await rig.channel('dba');
    await rig.channel('web');
    rig.heat.set(a, 20);
    await rig.book.rules.put(rule('heat', { channels: ['dba'] }));
    await rig.clock.advance(3 * minute);
    assert.deepEqual(rig.told, [`dba: firing heat ${a}`]);
    await change(rig);
    await rig.clock.advance(20 * minute);
    assert.deepEqual(rig.told, [`dba: firing heat ${a}`, `dba: resolved heat ${a}`]);
  }
});

test('of more than a message lists each is told all the same, that it fires and that it is over', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `f${n}`);
  const rig = await rigWith(...names);
  await rig.channel('pager');
  for (const name of names) rig.heat.set(`${name}.openfaas-fn`, 20);
  await rig.book.rules.put(rule('heat'));
  await rig.clock.advance(20 * minute);
  const heard = (status: 'firing' | 'resolved') => {
    const alerts = rig.notices.sent.flatMap(({ notice }) => notice.alerts);
    assert.ok(rig.notices.sent.every(({ notice }) => notice.alerts.length <= 50));
    return new Set(
      alerts.filter((one) => one.status === status).map(({ labels }) => labels['function_name']),
    );
  };
  assert.equal(heard('firing').size, 60);
  for (const name of names.slice(0, 5)) rig.heat.delete(`${name}.openfaas-fn`);
  await rig.clock.advance(20 * minute);
  assert.deepEqual(heard('resolved').size, 5);
  for (const name of names) rig.heat.delete(`${name}.openfaas-fn`);
  await rig.clock.advance(20 * minute);
  assert.equal(heard('resolved').size, 60);
  const count = rig.notices.sent.length;
  await rig.clock.advance(30 * minute);
  assert.equal(rig.notices.sent.length, count, 'and then it is quiet');
});
