import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import type { BodySink, BodySource } from '@wherry/core/ports/body';
import { Rig, settle } from '../rig.fixtures.ts';

const seconds = 1000;

/** A body that a test gives piece by piece. */
class Pieces implements BodySource {
  readonly length: number | undefined;
  cancelled = false;
  sink: BodySink | undefined;

  constructor(length?: number) {
    this.length = length;
  }

  start(sink: BodySink): void {
    this.sink = sink;
  }

  pause(): void {}
  resume(): void {}

  cancel(): void {
    this.cancelled = true;
  }

  give(text: string): void {
    this.sink?.chunk(Buffer.from(text));
  }
}

test('method, path, headers and body reach the function as sent, and its answer comes back as given', async () => {
  const rig = await Rig.open();
  await rig.deploy('echo');
  rig.forwarder.script = ({ method, path, body }) => ({
    status: 207,
    headers: ['X-A', '1'],
    body: Buffer.from(`${method} ${path} ${body}`),
  });
  const call = rig.call('echo', { method: 'PUT', path: '/a%2Fb//c?d=%00&e', body: Buffer.from('hi') });
  await settle();
  assert.deepEqual(
    [call.status, call.headers, call.body, call.heard],
    [207, ['X-A', '1'], 'PUT /a%2Fb//c?d=%00&e hi', ['whole']],
  );
  const [record] = await rig.platform.recorder.flush().then(() => rig.records.find({ limit: 1 }));
  assert.deepEqual(
    [record?.status, record?.bytesIn, record?.bytesOut, record?.path],
    [207, 2, 24, '/a%2Fb//c'],
    'the query is not written down',
  );
  await rig.close();
});

test('an answer that streams comes as it is made, and a slow caller makes the function wait', async () => {
  const rig = await Rig.open();
  await rig.deploy('stream');
  rig.forwarder.script = () => ({ status: 200, chunks: ['a', 'b', 'c'].map((text) => Buffer.from(text)) });
  const call = rig.call('stream');
  call.room = false;
  await settle();
  assert.deepEqual([call.heard, call.body], [['head'], 'a']);
  call.call.resume();
  assert.equal(call.body, 'ab');
  call.room = true;
  call.call.resume();
  await settle();
  assert.deepEqual([call.heard, call.body, call.ended], [['head', 'end'], 'abc', true]);
  await rig.close();
});

test('one deadline covers waiting for a place, waking and running, and says which it was', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('slow', {
    labels: { 'com.openfaas.scale.max': '1' },
    annotations: { 'com.wherry.timeout': '3s' },
  });
  // Nobody lets go of a place, so that the second never gets one.
  const channel = rig.forwarder.channel({ kind: 'frames', path: '/fake/i1' });
  if (channel !== undefined) channel.forward = () => ({ cancel() {}, resume() {} });
  const [running, inLine] = [rig.call('slow'), rig.call('slow')];
  await rig.clock.advance(2999);
  assert.deepEqual([running.ended, inLine.ended], [false, false]);
  await rig.clock.advance(1);
  for (const call of [running, inLine]) assert.deepEqual([call.code, call.status], ['function_timeout', 504]);
  assert.match(running.failure?.message ?? '', /deadline of 3 s: it was still running/);
  assert.match(inLine.failure?.message ?? '', /waiting for a free place/);
  await rig.asleep('sleepy', { annotations: { 'com.wherry.timeout': '3s' } });
  rig.provider.startMs = 10 * seconds;
  const waking = rig.call('sleepy');
  await rig.clock.advance(3 * seconds);
  assert.match(waking.failure?.message ?? '', /it was still starting/);
  await rig.clock.advance(10 * seconds);
  await rig.close();
});

test('a deadline in the middle of an answer breaks it off: the half is not taken for the whole', async () => {
  const rig = await Rig.open();
  await rig.deploy('slow', { annotations: { 'com.wherry.timeout': '3s' } });
  rig.forwarder.script = () => ({ status: 200, chunks: [Buffer.from('half'), Buffer.from('rest')] });
  const call = rig.call('slow');
  call.room = false;
  await rig.clock.advance(3 * seconds);
  assert.deepEqual(
    [call.heard, call.body, call.call.error?.code],
    [['head', 'cut'], 'half', 'function_timeout'],
  );
  await rig.close();
});

test('a caller that goes away ends the call at the instance too', async () => {
  const rig = await Rig.open();
  await rig.deploy('slow');
  rig.forwarder.script = () => 'never';
  const call = rig.call('slow');
  await settle();
  assert.equal(rig.inFlight('i1'), 1);
  call.call.cancel('caller_gone');
  call.call.cancel('function_timeout');
  await settle();
  assert.deepEqual([rig.inFlight('i1'), call.code, call.status], [0, 'caller_gone', 499]);
  await rig.close();
});

test('a call that is cancelled before it begins reaches nobody, asleep or awake', async () => {
  const rig = await Rig.open({ concurrency: 1 });
  await rig.deploy('slow');
  for (const asleep of [false, true]) {
    if (asleep) await rig.fleet('slow').sleep();
    const call = rig.call('slow', {}, 'caller_gone');
    await settle();
    assert.deepEqual([call.code, rig.forwarder.calls.length], ['caller_gone', 0]);
  }
  await settle();
  assert.equal(rig.fleet('slow').members[0]?.inFlight, 0);
  await rig.close();
});

test('a crash tells every call on it why, with the last words, and gives no place away', async () => {
  const rig = await Rig.open({ concurrency: 10_000, settings: { maxWaiting: 20_000 } });
  await rig.deploy('crash');
  rig.forwarder.script = () => 'never';
  const calls = Array.from({ length: 10_000 }, () => rig.call('crash'));
  await settle();
  assert.equal(rig.inFlight('i1'), 10_000);
  // The connection ends a moment before the process is known to have ended.
  rig.forwarder.lose({ kind: 'frames', path: '/fake/i1' });
  await rig.clock.advance(300);
  assert.equal(calls.filter(({ ended }) => ended).length, 0);
  rig.provider.crash('i1', {
    kind: 'out-of-memory',
    reason: 'killed by the kernel: out of memory',
    lastWords: ['one', 'two'],
  });
  await settle();
  for (const call of [calls[0], calls[9_999]])
    assert.deepEqual(
      [call?.code, call?.failure?.message, call?.failure?.excerpt],
      ['function_crashed', 'killed by the kernel: out of memory', 'one\ntwo'],
    );
  assert.equal(calls.filter(({ code }) => code === 'function_crashed').length, 10_000);
  assert.deepEqual([rig.running, rig.platform.budget.reservedBytes], [[], 0]);
  await rig.close();
});

test('a connection that breaks without news of the process is told after three seconds', async () => {
  const rig = await Rig.open();
  await rig.deploy('lost');
  rig.forwarder.script = () => 'never';
  const call = rig.call('lost');
  await settle();
  rig.forwarder.lose({ kind: 'frames', path: '/fake/i1' });
  await rig.clock.advance(3 * seconds);
  assert.deepEqual([call.code, call.failure?.message], ['function_crashed', 'the connection ended']);
  await rig.clock.advance(10 * seconds);
  assert.deepEqual(rig.running, [], 'what cannot be reached does not run on');
  await rig.close();
});

test('a call of which nothing was sent is given to another instance; three times at most', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  await rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'hello' }, 2);
  const deaf = rig.forwarder.channel({ kind: 'frames', path: '/fake/i1' });
  deaf?.stop();
  const call = rig.call('hello');
  await settle();
  assert.equal(call.status, 503, 'the least busy is asked again while it is thought to be there');
  rig.forwarder.lose({ kind: 'frames', path: '/fake/i1' });
  const next = rig.call('hello');
  await settle();
  assert.equal(next.status, 200);
  await rig.close();
});

test('what was sent is not sent again', async () => {
  const rig = await Rig.open();
  await rig.deploy('once');
  rig.forwarder.script = () => ({ failure: { kind: 'lost', sent: true, reason: 'gone' } });
  const call = rig.call('once');
  await rig.clock.advance(3 * seconds);
  assert.deepEqual([call.code, rig.forwarder.calls.length], ['function_crashed', 1]);
  await rig.close();
});

test('a garbled answer is the function’s fault, and the record says so', async () => {
  const rig = await Rig.open();
  await rig.deploy('odd');
  rig.forwarder.script = () => ({
    failure: { kind: 'garbled', sent: true, reason: 'a header line without a colon' },
  });
  const call = rig.call('odd');
  await settle();
  assert.deepEqual([call.code, call.status, call.failure?.fault], ['function_garbled', 502, 'function']);
  await rig.close();
});

test('an answer that the caller’s protocol cannot say is an error, not the end of the gateway', async () => {
  const rig = await Rig.open();
  await rig.deploy('odd');
  const refuse = () => {
    throw new WherryError('function_garbled', 'Invalid status code: 42', { component: 'gateway' });
  };
  const whole = rig.call('odd');
  whole.whole = refuse;
  await settle();
  assert.deepEqual([whole.code, whole.heard], ['function_garbled', ['error']]);
  rig.forwarder.script = () => ({ status: 42, chunks: [Buffer.from('x')] });
  const streamed = rig.call('odd');
  streamed.head = refuse;
  await settle();
  assert.deepEqual([streamed.code, streamed.heard, streamed.body], ['function_garbled', ['error'], '']);
  assert.equal(rig.fleet('odd').members[0]?.inFlight, 0);
  await rig.clock.advance(10 * seconds);
  assert.deepEqual(rig.stops, [], 'a healthy instance is not replaced for it');
  await rig.close();
});

test('a handler’s own failure is its answer, and counted as its fault', async () => {
  const rig = await Rig.open();
  await rig.deploy('throws');
  rig.forwarder.script = () => ({ status: 500, body: Buffer.from('oh no'), faulted: true });
  const call = rig.call('throws');
  await settle();
  await rig.platform.recorder.flush();
  const [record] = await rig.records.find({ limit: 1 });
  assert.deepEqual(
    [call.status, call.body, record?.error, record?.fault],
    [500, 'oh no', 'function_failed', 'function'],
  );
  await rig.close();
});

test('a body is bounded: announced ones are refused at once, others when they pass the bound', async () => {
  const rig = await Rig.open();
  await rig.deploy('upload');
  rig.forwarder.script = () => 'never';
  const announced = new Pieces(1001);
  const first = rig.call('upload', { body: announced });
  await settle();
  assert.deepEqual(
    [first.code, first.status, announced.cancelled, announced.sink],
    ['body_too_large', 413, true, undefined],
  );
  assert.match(first.failure?.message ?? '', /1001 bytes is more than 1000 bytes \(WHERRY_MAX_BODY\)/);
  const growing = new Pieces();
  const second = rig.call('upload', { body: growing });
  await settle();
  growing.give('x'.repeat(1000));
  assert.equal(second.ended, false);
  growing.give('x');
  growing.give('x');
  await settle();
  assert.deepEqual([second.code, growing.cancelled, rig.inFlight('i1')], ['body_too_large', true, 0]);
  await rig.clock.advance(20 * seconds);
  assert.deepEqual(rig.stops, [], 'the instance let go of it: it is not suspect');
  const exact = new Pieces(1000);
  rig.call('upload', { body: exact });
  await settle();
  assert.notEqual(exact.sink, undefined);
  await rig.close();
});

test('a body that breaks off is the caller’s doing, and not recorded as a crash', async () => {
  const rig = await Rig.open();
  await rig.deploy('upload');
  const body = new Pieces();
  const call = rig.call('upload', { body });
  await settle();
  body.give('half');
  body.sink?.fail(new Error('the connection was closed'));
  await rig.clock.advance(2 * seconds);
  assert.deepEqual([call.code, call.call.error?.fault, rig.inFlight('i1')], ['caller_gone', 'caller', 0]);
  await rig.close();
});

test('a refused call drops the body that nobody will read', async () => {
  const rig = await Rig.open();
  const body = new Pieces(10);
  const call = rig.call('nobody', { body });
  await settle();
  assert.deepEqual([call.code, body.cancelled], ['function_unknown', true]);
  await rig.close();
});

test('no more calls wait for one function than the operator allows', async () => {
  const rig = await Rig.open({ concurrency: 1, settings: { maxWaiting: 3 } });
  await rig.deploy('busy');
  await rig.deploy('other');
  rig.forwarder.script = () => ({ status: 200, afterMs: 10 });
  const calls = Array.from({ length: 6 }, () => rig.call('busy'));
  const other = rig.call('other');
  await settle();
  assert.deepEqual(
    calls.map(({ code }) => code),
    [undefined, undefined, undefined, undefined, 'function_busy', 'function_busy'],
  );
  assert.deepEqual([calls[5]?.status, calls[5]?.failure?.retryAfterS], [429, 1]);
  await rig.clock.advance(100);
  assert.deepEqual(
    [...calls.slice(0, 4), other].map(({ status }) => status),
    [200, 200, 200, 200, 200],
  );
  await rig.close();
});

test('no more calls wait for a start than the operator allows', async () => {
  const rig = await Rig.open({ settings: { maxWaiting: 3 } });
  await rig.asleep('busy');
  rig.provider.startMs = 100;
  const calls = Array.from({ length: 6 }, () => rig.call('busy'));
  await rig.clock.advance(100);
  assert.deepEqual(
    calls.map(({ status }) => status),
    [200, 200, 200, 429, 429, 429],
  );
  await rig.close();
});

test('who may call: everybody where functions are public, else who holds a token; ours is taken off', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  await rig.deploy('open', { annotations: { 'com.wherry.visibility': 'public' } });
  await rig.deploy('shut');
  const { token } = await rig.platform.tokens.create(
    { name: 'shop', scopes: ['invoke'], functions: 'openfaas-fn/sh*' },
    { name: 'admin', scopes: ['admin'], functions: '*' },
  );
  const { token: reader } = await rig.platform.tokens.create(
    { name: 'reader', scopes: ['read'], functions: '*' },
    { name: 'admin', scopes: ['admin'], functions: '*' },
  );
  const seen: (readonly string[])[] = [];
  rig.forwarder.script = ({ headers }) => {
    seen.push(headers);
    return { status: 200 };
  };
  const call = async (name: string, authorization?: string) => {
    const answer = rig.call(
      name,
      authorization === undefined ? {} : { authorization, headers: ['Authorization', authorization] },
    );
    await settle();
    return answer.code ?? answer.status;
  };
  assert.equal(await call('open'), 200);
  assert.equal(await call('shut'), 'private_function');
  assert.equal(await call('shut', 'Bearer wrong'), 'private_function');
  assert.equal(await call('shut', `Bearer ${reader}`), 'forbidden');
  assert.equal(await call('shut', `Bearer ${token}`), 200);
  assert.equal(await call('open', `Bearer ${token}`), 200);
  assert.equal(await call('open', 'Bearer the-function-knows-me'), 200);
  const sent = seen.map((headers) => headers.includes('Authorization'));
  assert.deepEqual(sent, [false, false, false, true], 'only what is not ours goes on');
  await rig.close();
});
