import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertRig, minute, rule } from './alert-rig.fixtures.ts';

const a = 'a.openfaas-fn';

async function firing(): Promise<AlertRig> {
  const rig = await AlertRig.start();
  await rig.deploy('a');
  rig.heat.set(a, 20);
  await rig.book.rules.put(rule('heat'));
  return rig;
}

async function telling(rig: AlertRig) {
  const [alert] = rig.book.list().filter((one) => one.rule === 'heat');
  assert.ok(alert);
  const { deliveries, nobody } = (await rig.book.tellings([alert])).get(alert.id) ?? { deliveries: [] };
  return { nobody, deliveries: deliveries.map(({ id: _id, ...rest }) => rest) };
}

test('of an alert it is known what became of its message in each channel, also after a restart', async () => {
  const rig = await firing();
  await rig.channel('dead');
  await rig.channel('ops');
  rig.notices.script = (name) =>
    name === 'dead' ? { status: 0, cause: 'ENOTFOUND' } : { status: 200, cause: '' };
  await rig.clock.advance(2 * minute);
  const { deliveries, nobody } = await telling(rig);
  assert.equal(nobody, undefined);
  const [dead, ops] = deliveries;
  assert.deepEqual(ops, { channel: 'ops', state: 'sent' });
  assert.deepEqual([dead?.channel, dead?.state, dead?.says], ['dead', 'queued', 'ENOTFOUND']);
  assert.ok((dead?.attempts ?? 0) > 1);
  const next = await rig.restart();
  next.heat.set(a, 20);
  await next.clock.advance(6 * 60 * minute);
  const later = (await telling(next)).deliveries.find(({ channel }) => channel === 'dead');
  assert.equal(later?.says, 'ENOTFOUND');
  const news = (await next.book.fates.news(next.book.channels.list())).get('dead');
  assert.deepEqual([news?.dead, news?.last?.says], [1, 'ENOTFOUND'], 'the first was given up');
  const fine = (await next.book.fates.news(next.book.channels.list())).get('ops');
  assert.deepEqual([fine?.waiting, fine?.dead, fine?.last?.state], [0, 0, 'sent']);
});

test('where nobody is told, it is said why: there is no channel, or none that takes it', async () => {
  const rig = await firing();
  await rig.clock.advance(2 * minute);
  assert.deepEqual(await telling(rig), { nobody: 'there is no channel', deliveries: [] });
  await rig.channel('beat', { kind: 'heartbeat' });
  assert.equal((await telling(rig)).nobody, 'there is no channel', 'a heartbeat tells nobody');
  await rig.channel('other', { matchers: [{ label: 'severity', is: '=', value: 'critical' }] });
  assert.equal((await telling(rig)).nobody, 'no channel takes it');
  await rig.channel('ops');
  assert.equal((await telling(rig)).nobody, undefined);
});

test('a function that is a channel answers for its own messages', async () => {
  const rig = await firing();
  await rig.deploy('pager');
  await rig.channel('page', { kind: 'function', target: { namespace: 'openfaas-fn', name: 'pager' } });
  await rig.clock.advance(2 * minute);
  assert.deepEqual((await telling(rig)).deliveries, [{ channel: 'page', state: 'sent' }]);
  const news = (await rig.book.fates.news(rig.book.channels.list())).get('page');
  assert.equal(news?.last?.state, 'sent');
});
