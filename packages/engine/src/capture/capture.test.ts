import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Capture } from '@wherry/core/capture';
import type { BodySink, BodySource } from '@wherry/core/ports/body';
import { Rig, type RigOptions, settle } from '../rig.fixtures.ts';
import { ReelRoom } from './reel.ts';
import { Tape } from './tape.ts';

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

async function capturing(rule: string, options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.open(options);
  await rig.deploy('hello', { annotations: { 'com.wherry.capture': rule } });
  return rig;
}

/** What is kept of a call once it is written. */
async function kept(rig: Rig, id: string): Promise<Capture | undefined> {
  await rig.platform.captures.flush();
  return rig.captures.read(id);
}

/** A body in pieces. */
function pieces(...texts: readonly string[]): BodySource {
  return {
    length: undefined,
    start(sink: BodySink) {
      for (const one of texts) sink.chunk(Buffer.from(one));
      sink.end();
    },
    pause() {},
    resume() {},
    cancel() {},
  };
}

test('all: request and answer, without credentials, up to what is kept of a body', async () => {
  const rig = await capturing('all');
  rig.forwarder.script = () => ({
    status: 201,
    headers: ['Set-Cookie', 'sid=1', 'X-Kept', 'yes'],
    body: Buffer.from('y'.repeat(150)),
  });
  const answer = rig.call('hello', {
    ...{ method: 'POST', path: '/a?x=1&token=2', body: Buffer.from('z'.repeat(250)) },
    headers: ['Authorization', 'Basic abc', 'Cookie', 'sid=2', 'X-Note', 'hi'],
  });
  await answer.over;
  const capture = await kept(rig, answer.call.id);
  assert.deepEqual(
    { ...capture?.request, body: text(capture?.request.body.kept) },
    {
      ...{ method: 'POST', path: '/a?x=1&token=', headers: ['X-Note', 'hi'], body: 'z'.repeat(100) },
      withheld: ['Authorization', 'Cookie', '?token'],
    },
  );
  assert.deepEqual([capture?.request.body.bytes, capture?.request.body.cut], [250, true]);
  assert.deepEqual(
    [capture?.answer.status, capture?.answer.headers, capture?.answer.withheld],
    [201, ['X-Kept', 'yes'], ['Set-Cookie']],
  );
  assert.deepEqual([text(capture?.answer.body.kept).length, capture?.answer.body.cut], [100, true]);
  assert.equal(answer.body.length, 150, 'the caller got all of it');
  await rig.close();
});

test('failures: what failed is kept, what went well is not; none keeps nothing', async () => {
  const rig = await capturing('failures');
  await rig.deploy('quiet');
  rig.forwarder.script = () => ({ status: 200, body: Buffer.from('fine') });
  const fine = rig.call('hello');
  await fine.over;
  rig.forwarder.script = () => ({ status: 500, body: Buffer.from('broke') });
  const [broke, quiet] = [rig.call('hello', { body: pieces('in ', 'pieces') }), rig.call('quiet')];
  await Promise.all([broke.over, quiet.over]);
  rig.forwarder.script = () => 'never';
  const late = rig.call('hello', { body: Buffer.from('late') });
  await settle();
  await rig.clock.advance(60_000);
  await late.over;
  const of = async (one: typeof fine) => kept(rig, one.call.id);
  assert.equal(await of(fine), undefined);
  assert.equal(await of(quiet), undefined);
  assert.deepEqual(
    [text((await of(broke))?.request.body.kept), text((await of(broke))?.answer.body.kept)],
    ['in pieces', 'broke'],
  );
  const last = await of(late);
  assert.deepEqual([text(last?.request.body.kept), last?.answer.status], ['late', 504]);
  assert.match(last?.answer.error ?? '', /^function_timeout/);
  await rig.close();
});

test('whoever is not let in leaves nothing', async () => {
  const rig = await capturing('all', { settings: { functionsArePublic: false } });
  const answer = rig.call('hello', { body: Buffer.from('let me in') });
  await answer.over;
  assert.equal(answer.status, 401);
  assert.equal(await kept(rig, answer.call.id), undefined);
  await rig.close();
});

test('removed, nothing of a function is left: not what waits for the disk, nor what was under way, nor under its name again', async () => {
  const rig = await capturing('all');
  const [written, waiting] = [rig.call('hello'), rig.call('hello')];
  await written.over;
  await rig.platform.captures.flush();
  await waiting.over;
  rig.forwarder.script = () => 'never';
  const underWay = rig.call('hello');
  await settle();
  await rig.platform.deployer.remove({ namespace: 'openfaas-fn', name: 'hello' });
  assert.deepEqual(await rig.captures.owners(), []);
  await rig.deploy('hello', { annotations: { 'com.wherry.capture': 'all' } });
  underWay.call.cancel('caller_gone');
  await underWay.over;
  for (const one of [written, waiting, underWay]) assert.equal(await kept(rig, one.call.id), undefined);
  await rig.close();
});

test('a disk that stands still holds up no call, and what finds no room is counted', async () => {
  const rig = await capturing('all', {
    settings: { captures: { maxBodyBytes: 2 ** 20, maxAgeMs: 1e12, maxBytes: 1e12 }, maxBodyBytes: 2 ** 21 },
  });
  rig.captures.append = () => new Promise(() => undefined);
  for (let n = 0; n < 40; n += 1) {
    const answer = rig.call('hello', { body: new Uint8Array(2 ** 20) });
    await answer.over;
    assert.equal(answer.status, 200);
  }
  assert.ok(rig.platform.captures.dropped >= 20, `${rig.platform.captures.dropped}`);
});

test('calls under way hold a bounded amount together, whatever comes', async () => {
  const rig = await capturing('all', {
    settings: { captures: { maxBodyBytes: 2 ** 20, maxAgeMs: 1e12, maxBytes: 1e12 }, maxBodyBytes: 2 ** 21 },
  });
  rig.forwarder.script = () => 'never';
  const calls = Array.from({ length: 40 }, () => rig.call('hello', { body: pieces('x'.repeat(2 ** 20)) }));
  await settle();
  for (const { call } of calls) call.cancel('caller_gone');
  await Promise.all(calls.map(({ over }) => over));
  const sizes = await Promise.all(calls.map(async ({ call }) => (await kept(rig, call.id))?.request.body));
  const whole = sizes.filter((body) => body?.cut === false).length;
  // What waits for the disk is bounded, too: the rest is counted.
  assert.ok(
    whole <= 32 && sizes.filter((one) => one === undefined).length <= rig.platform.captures.dropped,
    `${whole}`,
  );
  const after = rig.call('hello', { body: pieces('room again') });
  await settle();
  after.call.cancel('caller_gone');
  await after.over;
  assert.equal(text((await kept(rig, after.call.id))?.request.body.kept), 'room again');
  await rig.close();
});

test('of a queued call every attempt may be kept, the last one is shown', async () => {
  const rig = await capturing('failures');
  rig.forwarder.script = () => ({ status: 503, body: Buffer.from('not yet') });
  const later = rig.later('hello', ['X-Note', 'hi'], 'body');
  await later.over;
  await settle();
  await rig.clock.advance(60_000);
  const capture = await kept(rig, later.call.id);
  assert.ok((capture?.attempt ?? 0) >= 2);
  assert.equal(text(capture?.request.body.kept), 'body');
  await rig.close();
});

test('what functions left that went while nobody was there is gone after the start', async () => {
  const first = await capturing('all');
  await first.call('hello').over;
  await first.close();
  assert.equal((await first.captures.owners()).length, 1, 'control');
  const second = await Rig.open({ parts: { captures: first.captures } });
  assert.deepEqual(await first.captures.owners(), []);
  await second.close();
});

test('of a conversation only how it began is kept', () => {
  const tape = new Tape('all', 100, new ReelRoom(1000));
  const source = pieces('what the caller says');
  tape.head(101, ['Upgrade', 'websocket']);
  tape.chunk(Buffer.from('what the function says'));
  const call = {
    input: { method: 'GET', path: '/', headers: [], body: source, upgrade: 'websocket' },
    fleet: { key: {} },
    status: 101,
  };
  const capture = tape.over(call as never, 0);
  assert.deepEqual(
    [capture?.answer.headers, capture?.answer.body.kept.length],
    [['Upgrade', 'websocket'], 0],
  );
  assert.equal(capture?.request.body.kept.length, 0);
});
