import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import type { AnswerToSend } from '@wherry/core/ports/callback-sender';
import { Rig } from '../rig.fixtures.ts';
import { QueueChannels } from './queue-channels.ts';

const message = (key: string, text = 'all is well') => ({
  ...{ channel: 'function:mail', subject: 'Wherry', text, html: `<p>${text}</p>`, key },
});
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
  const channels = new QueueChannels({
    callbacks: rig.callbacks,
    submit: (orders) => rig.platform.queue.submit(orders),
  });
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
  const channels = new QueueChannels({ callbacks, submit: async () => [] });
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

test('what is no channel is refused when it is named', async () => {
  const rig = await Rig.open();
  const channels = new QueueChannels({ callbacks: rig.callbacks, submit: async () => [] });
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
