import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '@wherry/core/access';
import type { BodySink } from '@wherry/core/ports/body';
import { admin, nobody, Rig } from '../rig.fixtures.ts';
import type { Message, Published } from './topic-book.ts';

const from = { address: '192.0.2.1', host: 'gateway.example', scheme: 'http' } as const;

function publish(rig: Rig, topic: string, more: Partial<Message> = {}): Promise<readonly Published[]> {
  const body = Buffer.from('news');
  return rig.platform.topics.publish({ topic, headers: [], body, by: admin, from, ...more });
}

const names = (calls: readonly Published[]) => calls.map(({ name }) => name);

async function withThree(): Promise<Rig> {
  const rig = await Rig.open();
  for (const [name, topic] of [
    ['a', 'orders'],
    ['b', 'orders, orders/paid'],
    ['c', 'payments'],
    ['d', 'orders'],
  ])
    await rig.deploy(name as string, { annotations: { topic: topic as string } });
  return rig;
}

test('each subscriber gets a call of its own, with the message as it was sent', async () => {
  const rig = await withThree();
  const seen: { body: string; headers: readonly string[] }[] = [];
  rig.forwarder.script = ({ body, headers }) => {
    seen.push({ body: body.toString(), headers });
    return { status: 200 };
  };
  const headers = ['Content-Type', 'text/x', 'X-Mine', '1', 'X-Topic', 'forged', 'Authorization', 'Bearer x'];
  const calls = await publish(rig, 'orders', { headers });
  assert.deepEqual(names(calls), ['a', 'b', 'd']);
  assert.equal(new Set(calls.map(({ id }) => id)).size, 3);
  await rig.clock.advance(100);
  assert.equal(seen.length, 3);
  for (const { body, headers: had } of seen) {
    assert.equal(body, 'news');
    const text = had.join('|');
    assert.match(text, /X-Topic\|orders/);
    assert.match(text, /X-Connector\|wherry/);
    assert.match(text, /Content-Type\|text\/x\|X-Mine\|1/);
    assert.doesNotMatch(text, /forged|Bearer/);
  }
  for (const { id } of calls) {
    const [call] = await rig.platform.queue.find({ id, limit: 1 });
    assert.deepEqual([call?.state, call?.item.head.trigger], ['done', 'event']);
  }
  await rig.close();
});

test('nobody who listens, a topic that is none, and the clock’s own are told', async () => {
  const rig = await withThree();
  await assert.rejects(publish(rig, 'orders/unpaid'), { code: 'topic_unknown', status: 404 });
  for (const topic of ['', ' ', 'a b', '-a', 'ü', 'x'.repeat(256), '*'])
    await assert.rejects(publish(rig, topic), { code: 'bad_value' }, topic);
  await assert.rejects(publish(rig, 'cron-function'), { code: 'bad_value' });
  assert.deepEqual(
    rig.platform.topics.list(() => true).map(([topic, fns]) => [topic, fns.map(({ name }) => name)]),
    [
      ['orders', ['a', 'b', 'd']],
      ['orders/paid', ['b']],
      ['payments', ['c']],
    ],
  );
  await rig.close();
});

test('whoever speaks is heard by those whom it may call, and by no others', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  for (const [name, namespace] of [
    ['a', 'openfaas-fn'],
    ['b', 'openfaas-fn'],
  ])
    await rig.deploy(name as string, { namespace: namespace as string, annotations: { topic: 't' } });
  await rig.deploy('open', { annotations: { topic: 't', 'com.wherry.visibility': 'public' } });
  const limited: Principal = { name: 'ci', scopes: ['invoke'], functions: 'openfaas-fn/a' };
  assert.deepEqual(names(await publish(rig, 't', { by: limited })), ['a', 'open']);
  assert.deepEqual(names(await publish(rig, 't', { by: { ...limited, scopes: ['read'] } })), ['open']);
  await rig.platform.deployer.remove({ namespace: 'openfaas-fn', name: 'open' });
  await assert.rejects(publish(rig, 't', { by: nobody }), { code: 'topic_unknown' });
  await rig.clock.advance(100);
  await rig.close();
});

test('all are told or none: where one cannot take it, nothing is kept', async () => {
  const rig = await withThree();
  await rig.deploy('b', { annotations: { topic: 'orders', 'com.wherry.max-body': '3' } });
  await assert.rejects(publish(rig, 'orders'), { code: 'body_too_large' });
  assert.deepEqual(await rig.platform.queue.find({ limit: 9 }), []);
  await rig.deploy('b', { annotations: { topic: 'orders' } });
  const enqueue = rig.queue.enqueue.bind(rig.queue);
  const sizes: number[] = [];
  rig.queue.enqueue = (items) => {
    sizes.push(items.length);
    return enqueue(items);
  };
  await publish(rig, 'orders');
  assert.deepEqual(sizes, [3], 'in one piece');
  rig.queue.enqueue = () => Promise.reject(new Error('no space left'));
  await assert.rejects(publish(rig, 'orders'), { code: 'queue_unavailable' });
  await rig.close();
});

test('a message that comes in pieces is told once it is whole, or not at all', async () => {
  const rig = await withThree();
  const sent = (pieces: readonly string[], end: boolean, length?: number) => ({
    length,
    start(sink: BodySink) {
      for (const piece of pieces) sink.chunk(Buffer.from(piece));
      if (end) sink.end();
    },
    pause() {},
    resume() {},
    cancel() {},
  });
  const bodies: string[] = [];
  rig.forwarder.script = ({ body }) => {
    bodies.push(body.toString());
    return { status: 200 };
  };
  await publish(rig, 'payments', { body: sent(['ne', 'ws'], true) });
  await rig.clock.advance(100);
  assert.deepEqual(bodies, ['news']);
  await assert.rejects(publish(rig, 'payments', { body: sent([], false, 1001) }), { code: 'body_too_large' });
  await assert.rejects(publish(rig, 'payments', { body: sent(['x'.repeat(1001)], false) }), {
    code: 'body_too_large',
    message: /WHERRY_QUEUE_MAX_BODY/,
  });
  const slow = publish(rig, 'payments', { body: sent(['x'], false) });
  slow.catch(() => undefined);
  await rig.clock.advance(60_000);
  await assert.rejects(slow, { code: 'request_slow' });
  // Of what nobody listens to nothing is read.
  const unread = { ...sent([], false), start: () => assert.fail('read') };
  await assert.rejects(publish(rig, 'nothing', { body: unread }), { code: 'topic_unknown' });
  await rig.close();
});

test('the same message with the same key is the same calls; another message with it is refused', async () => {
  const rig = await withThree();
  const headers = ['Idempotency-Key', 'k1'];
  const first = await publish(rig, 'orders', { headers });
  assert.deepEqual(await publish(rig, 'orders', { headers }), first);
  await assert.rejects(publish(rig, 'orders', { headers, body: Buffer.from('other') }), {
    code: 'idempotency_conflict',
  });
  // A key of a direct call is another key.
  const direct = rig.later('a', headers, 'something');
  await direct.over;
  assert.equal(direct.status, 202);
  await rig.close();
});

test('events that lead to events end', async () => {
  const rig = await withThree();
  assert.equal((await publish(rig, 'payments', { depth: 7 })).length, 1);
  await assert.rejects(publish(rig, 'payments', { depth: 8 }), { code: 'loop_detected' });
  await rig.close();
});
