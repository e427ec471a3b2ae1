import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import type { AnswerToSend, CallbackSender } from '@wherry/core/ports/callback-sender';
import { countingIds } from '@wherry/testkit/counting-ids';
import { AlertRig, minute } from '../alerts/alert-rig.fixtures.ts';
import { Rig } from '../rig.fixtures.ts';
import { settle } from '@wherry/testkit/simulated-clock';
import { type QueueChannelParts, QueueChannels } from './queue-channels.ts';

const message = (key: string, text = 'all is well') => ({
  ...{ channel: 'function:mail', subject: 'Wherry', text, html: `<p>${text}</p>`, key },
  ...{ short: text, at: 0 },
});
const channelsOf = (rig: Rig, parts: Partial<QueueChannelParts> = {}): QueueChannels => {
  const { queue, alerts } = rig.platform;
  const { callbacks } = rig;
  return new QueueChannels({ callbacks, queue, ids: countingIds(), named: alerts.channels, ...parts });
};
const code = (work: () => unknown): ErrorCode | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as WherryError).code;
  }
};

test('a function is called once for each key, however often and in whatever words it is told', async () => {
  const rig = await Rig.open();
  await rig.deploy('mail');
  const channels = channelsOf(rig);
  for (const text of ['all is well', 'all is well', 'in other words'])
    await channels.deliver(message('a', text));
  await channels.deliver(message('b'));
  const of = { namespace: 'openfaas-fn', name: 'mail' };
  const queued = await rig.queue.find({ of, limit: 10 });
  assert.deepEqual(
    queued.map(({ item }) => item.head.headers.at(-1)),
    ['b', 'a'],
  );
  await rig.close();
});

test('a webhook is told until it takes it, with an id that stays', async () => {
  const rig = await Rig.open();
  const sent: AnswerToSend[] = [];
  let status = 503;
  const callbacks = {
    check: rig.callbacks.check.bind(rig.callbacks),
    send: async (answer: AnswerToSend) => {
      sent.push(answer);
      return { status, cause: `it said ${status}` };
    },
  };
  const channels = channelsOf(rig, { callbacks });
  const told = { ...message('a'), channel: 'webhook:https://hooks.example/x' };
  await assert.rejects(channels.deliver(told), /it said 503/);
  status = 204;
  await channels.deliver(told);
  assert.deepEqual(sent[0], sent[1]);
  assert.deepEqual(JSON.parse(Buffer.from(sent[0]?.body ?? []).toString()), {
    ...{ subject: 'Wherry', text: 'all is well', html: '<p>all is well</p>', key: 'a' },
  });
  await rig.close();
});

test('a stop waits for no receiver of a webhook that says nothing; it is told after the next start, with the same id', async () => {
  const sent: AnswerToSend[] = [];
  const callbacks: CallbackSender = {
    check: () => undefined,
    send: (answer, signal) => {
      sent.push(answer);
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ status: 0, cause: 'it was given up' })),
      );
    },
  };
  const rig = await Rig.open({ parts: { callbacks } });
  const { reports } = rig.platform;
  await reports.make({ every: 'day', zone: 'UTC', channels: ['webhook:https://hooks.example/x'] });
  await settle();
  assert.equal(sent.length, 1);
  // No time passes.
  await reports.close();
  const [left] = await reports.list();
  assert.deepEqual(left?.deliveries, [
    { channel: 'webhook:https://hooks.example/x', state: 'due', attempts: 0 },
  ]);
  const next = await Rig.open({ parts: { reports: rig.platform.parts.reports } });
  await settle();
  assert.deepEqual(
    next.callbacks.sent.map(({ id }) => id),
    sent.map(({ id }) => id),
  );
  assert.equal((await next.platform.reports.list())[0]?.deliveries[0]?.state, 'sent');
  await next.close();
  await rig.close();
});

test('a channel of the alerts gets it once, though the gateway ends and begins again at any step; its fate can be asked', async () => {
  const rig = await AlertRig.start();
  await rig.channel('ops-mail');
  rig.notices.script = () => ({ status: 451, cause: 'it answered 451' });
  const told = { ...message('a'), channel: 'ops-mail' };
  const { id = '' } = await channelsOf(rig).deliver(told);
  await rig.clock.advance(minute);
  assert.deepEqual(await channelsOf(rig).fate(id), { state: 'sent' });
  const next = await rig.restart();
  // In other words, as another version would write it: it is the same message.
  const again = await channelsOf(next).deliver({ ...told, text: 'all is very well' });
  await next.clock.advance(minute);
  assert.equal(again.id, id);
  assert.deepEqual(
    next.notices.letters.map(({ channel, letter }) => [channel, letter.key, letter.text]),
    [['ops-mail', 'a', 'all is well']],
  );
  // The control: under another key it is another message.
  await channelsOf(next).deliver({ ...told, key: 'b' });
  await next.clock.advance(minute);
  assert.equal(next.notices.letters.length, 2);
  await next.close();
});

test('what a channel does not take is tried again, and at last a dead letter that says why; a function and a removed channel are told, too', async () => {
  const rig = await AlertRig.start();
  await rig.channel('ops-mail');
  await rig.channel('pager', { kind: 'function', target: { namespace: 'openfaas-fn', name: 'pager' } });
  const channels = channelsOf(rig);
  rig.notices.letterScript = () => ({ status: 451, cause: 'it answered 451' });
  const { id = '' } = await channels.deliver({ ...message('a'), channel: 'ops-mail' });
  await rig.clock.advance(minute);
  assert.deepEqual(await channels.fate(id), { state: 'queued', cause: 'it answered 451' });
  assert.ok(rig.notices.letters.length > 2);
  rig.notices.refused = ['ops-mail'];
  await rig.clock.advance(6 * minute);
  assert.deepEqual(await channels.fate(id), { state: 'failed', cause: 'ops-mail is not allowed' });
  assert.match(rig.problems.join('\n'), /ops-mail was given up: ops-mail is not allowed/);
  const events = rig.book.events();
  assert.ok(!events.some(({ delivery }) => delivery === id), 'a report is no alert');
  assert.equal(
    events.at(-1)?.labels?.['channel'],
    'ops-mail',
    'that nothing arrives there is told by the others',
  );
  rig.notices.letterScript = undefined;
  rig.notices.refused = [];
  await rig.platform.queue.redrive({ ids: [id] });
  await rig.clock.advance(minute);
  assert.deepEqual(await channels.fate(id), { state: 'sent' });
  await rig.deploy('pager');
  const called = await channels.deliver({ ...message('b'), channel: 'pager' });
  const [queued] = await rig.queue.find({ of: { namespace: 'openfaas-fn', name: 'pager' }, limit: 10 });
  assert.equal(queued?.item.id, called.id);
  assert.equal(await channels.fate('nothing'), undefined);
  await rig.close();
});

test('a channel that a report goes to stays; who names one that there is not is told which there are', async () => {
  const rig = await AlertRig.start();
  for (const name of ['ops-mail', 'team-slack']) await rig.channel(name);
  await rig.channel('dead-man', { kind: 'heartbeat' });
  const subscribed = { name: 'ops', every: 'day', zone: 'UTC', at: 0, channels: ['ops-mail'] } as const;
  await rig.platform.reports.subscribe(subscribed);
  await assert.rejects(rig.book.channels.remove('ops-mail'), {
    ...{ code: 'alert_channel_used', message: 'ops-mail gets the report ops' },
  });
  for (const wrong of ['ops-mial', 'dead-man', 'ops-mail\n'])
    assert.throws(
      () => channelsOf(rig).check(wrong),
      /is no channel for reports; there are ops-mail, team-slack/,
    );
  await rig.book.channels.remove('team-slack');
  await rig.platform.reports.unsubscribe('ops');
  await rig.book.channels.remove('ops-mail');
  await rig.close();
});

test('what is no channel is refused when it is named', async () => {
  const rig = await Rig.open();
  const channels = channelsOf(rig);
  for (const wrong of ['', 'mail', 'function:', 'function:../x', 'webhook:', 'webhook:x', 'function:a\nb'])
    assert.equal(
      code(() => channels.check(wrong)),
      'channel_refused',
      wrong,
    );
  assert.equal(
    code(() => channels.check('function:mail.team-a')),
    undefined,
  );
  await rig.close();
});
