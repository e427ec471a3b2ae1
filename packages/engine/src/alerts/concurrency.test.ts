// Changes of alerting that come at the same time: none passes a limit, and none undoes another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from '@wherry/core/alert-channel';
import { WherryError } from '@wherry/core/errors';
import { AlertRig, channel, minute, rule } from './alert-rig.fixtures.ts';

test('what is put at once is bounded as what is put one after the other', async () => {
  const rig = await AlertRig.start();
  const all = async (works: readonly Promise<unknown>[]): Promise<number> => {
    const ended = await Promise.allSettled(works);
    for (const one of ended)
      if (one.status === 'rejected') assert.equal((one.reason as WherryError).code, 'alerts_full');
    return ended.filter(({ status }) => status === 'fulfilled').length;
  };
  const range = (count: number) => Array.from({ length: count }, (_, n) => n);
  const now = rig.clock.now();
  const silence = {
    ...{ by: 'some', why: '', from: now, until: now + minute },
    matchers: [{ label: 'alertname', is: '=', value: 'p95' }] as const,
  };
  assert.equal(await all(range(230).map(() => rig.book.silences.add(silence, false))), 150);
  assert.equal(await all(range(110).map((n) => rig.book.rules.put(rule(`r${n}`)))), 100);
  assert.equal(await all(range(60).map((n) => rig.channel(`c${n}`))), 50);
});

test('two changes of one preset are both kept, and so is one that comes while a file is put', async () => {
  const rig = await AlertRig.start();
  const { rules } = rig.book;
  await Promise.all([rules.change('p95', { enabled: false }), rules.change('p95', { threshold: 5 })]);
  const p95 = () => rules.get('p95');
  assert.deepEqual([p95().enabled, p95().threshold], [false, 5]);
  const set = { rules: [rule('mine')], changes: new Map([['p95', { threshold: 7 }]]), channels: [] };
  const put = rig.book.put(set);
  await rules.change('p95', { forMs: minute });
  await put;
  assert.deepEqual([p95().enabled, p95().threshold, p95().forMs], [false, 7, minute]);
});

test('a new threshold is where it clears as well, and the rule can be switched off after it', async () => {
  const rig = await AlertRig.start();
  const { rules } = rig.book;
  await rules.change('p95', { threshold: 5, clear: 3 });
  await rules.change('p95', { threshold: 2 });
  assert.deepEqual([rules.get('p95').threshold, rules.get('p95').clear], [2, undefined]);
  await rules.change('p95', { enabled: false });
  await rules.change('p95', { clear: 1 });
  assert.deepEqual(
    [rules.get('p95').threshold, rules.get('p95').clear, rules.get('p95').enabled],
    [2, 1, false],
  );
});

test('a channel that is put while it is removed is whole, or not there', async () => {
  const rig = await AlertRig.start();
  await rig.channel('ops', {}, { url: 'https://hooks.example/1' });
  const put = rig.channel('ops', {}, { url: 'https://hooks.example/2' });
  const removed = rig.book.channels.remove('ops');
  await Promise.all([put, removed]);
  assert.deepEqual(rig.book.channels.list(), []);
  const gone = rig.channel('ops', {}, { url: 'https://hooks.example/3' });
  const again = rig.book.channels.remove('ops').catch(() => undefined);
  await Promise.all([gone, again, rig.channel('ops', {}, { url: 'https://hooks.example/4' })]);
  await rig.book.test('ops');
  await rig.clock.advance(minute);
  assert.deepEqual(
    rig.notices.sent.map(({ secret }) => secret.url),
    ['https://hooks.example/4'],
  );
});

test('a password is shown to no server that it is not for', async () => {
  const rig = await AlertRig.start();
  const mail = (host: string): Partial<Channel> => ({
    kind: 'email',
    mail: { host, port: 465, security: 'tls', user: 'me', from: 'a@b.example', to: ['c@d.example'] },
  });
  const shown = (): readonly unknown[] => rig.notices.sent.map(({ secret }) => secret.password);
  await rig.channel('ops', mail('old.example'), { password: 'old' });
  const write = rig.alerts.write.bind(rig.alerts);
  rig.alerts.write = async () => {
    throw new WherryError('storage_full', 'the disk is full', { component: 'test' });
  };
  // The disk is full between the secret and the rest.
  await assert.rejects(rig.book.channels.put(channel('ops', mail('new.example')), { password: 'new' }), {
    code: 'storage_full',
  });
  rig.alerts.write = write;
  await rig.book.test('ops');
  await rig.clock.advance(minute);
  assert.deepEqual(shown(), []);
  await rig.channel('ops', mail('new.example'), { password: 'new' });
  await rig.clock.advance(10 * minute);
  assert.deepEqual(shown(), ['new']);
});
