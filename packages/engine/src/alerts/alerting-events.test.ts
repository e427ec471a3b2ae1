import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertRig, minute, rule } from './alert-rig.fixtures.ts';

const name = 'a.openfaas-fn';

test('who watches hears that it is pending, fires, was told and is over, and what is set up differently', async () => {
  const rig = await AlertRig.start();
  await rig.deploy('a');
  const told: string[] = [];
  rig.platform.events.watch({
    tell: ({ event }) => {
      if (event.kind !== 'alert') return;
      const { change, rule: of, name: about = '', namespace = '', channel = '' } = event;
      told.push([change, of, about, namespace, channel].filter((part) => part !== '').join(' '));
    },
    end: () => undefined,
  });
  const taken = (): readonly string[] => told.splice(0);
  await rig.channel('ops');
  await rig.book.rules.put(rule('heat', { forMs: minute }));
  await rig.book.rules.change('p95', { threshold: 5 });
  await rig.book.rules.remove('p95');
  assert.deepEqual(taken(), ['channels', 'rules', 'rules', 'rules']);
  rig.heat.set(name, 20);
  await rig.clock.advance(3 * minute);
  assert.deepEqual(taken(), [
    'pending heat a openfaas-fn',
    'firing heat a openfaas-fn',
    ...['queued heat ops', 'sent heat ops'],
  ]);
  const matchers = [{ label: 'function_name', is: '=', value: name }] as const;
  const now = rig.clock.now();
  const silence = { matchers, from: now, until: now + minute, by: 'me', why: '' };
  const { id } = await rig.book.silences.add(silence);
  await rig.book.silences.end(id);
  assert.deepEqual(taken(), ['silences a openfaas-fn', 'silences']);
  rig.heat.clear();
  await rig.clock.advance(10 * minute);
  assert.equal(taken()[0], 'resolved heat a openfaas-fn');
});
