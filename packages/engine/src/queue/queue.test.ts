import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueuedCall } from '@wherry/core/queued-call';
import { type Answer, admin, Rig, type RigOptions, settle } from '../rig.fixtures.ts';

const minutes = 60_000;
const roomy = {
  ...{ keepMs: 3_600_000, keepBytes: 500, mostKeptBytes: 1e12, deadMs: 1e10, keyMs: 1e8 },
};

async function rigWith(options: RigOptions = {}, annotations: Record<string, string> = {}): Promise<Rig> {
  const rig = await Rig.open(options);
  await rig.deploy('hello', { annotations });
  return rig;
}

/** Puts a call into the queue, as the door does. */
async function later(rig: Rig, name = 'hello', headers: readonly string[] = [], body = 'x'): Promise<Answer> {
  const answer = rig.later(name, headers, body);
  await settle();
  await answer.over;
  return answer;
}

async function stand(rig: Rig, answer: Answer): Promise<QueuedCall> {
  const [found] = await rig.platform.queue.find({ id: answer.call.id, limit: 1 });
  assert.ok(found, `no call ${answer.call.id}`);
  return found;
}

test('a call is answered 202 once it is kept, is made, and its answer can be asked for', async () => {
  const rig = await rigWith();
  rig.forwarder.script = (call) => ({
    status: 201,
    headers: ['X-Own', 'yes'],
    body: Buffer.from(`for ${call.body}`),
  });
  const answer = await later(rig, 'hello', ['X-Mine', '1'], 'you');
  assert.deepEqual([answer.status, answer.body], [202, '']);
  await rig.clock.advance(100);
  const { state, attempts, result } = await stand(rig, answer);
  assert.deepEqual(
    [state, attempts, result?.status, Buffer.from(result?.body ?? []).toString()],
    ['done', 1, 201, 'for you'],
  );
  assert.deepEqual(result?.headers, ['X-Own', 'yes']);
  const [record] = await rig.records.find({ limit: 5 });
  assert.deepEqual(
    [record?.id, record?.trigger, record?.status],
    [answer.call.id, 'async', 201],
    'one record, of the call',
  );
  await rig.close();
});

test('nothing is accepted that could not be called: unknown, private, too large, too fast', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  await rig.deploy('shut');
  await rig.deploy('open', {
    annotations: {
      'com.wherry.visibility': 'public',
      'com.wherry.max-body': '10',
      'com.wherry.rate-limit': '2/h',
    },
  });
  const codes: (string | undefined)[] = [];
  for (const [name, body] of [
    ['nobody', ''],
    ['shut', ''],
    ['open', 'x'.repeat(11)],
    ['open', ''],
    ['open', ''],
    ['open', ''],
  ])
    codes.push((await later(rig, name, [], body)).code);
  assert.deepEqual(codes, [
    'function_unknown',
    'private_function',
    'body_too_large',
    undefined,
    undefined,
    'rate_limited',
  ]);
  await rig.close();
});

test('what a disk does not keep is not accepted', async () => {
  const rig = await rigWith();
  rig.queue.enqueue = async () => Promise.reject(new Error('no space left'));
  const answer = await later(rig);
  assert.deepEqual([answer.code, answer.status, answer.failure?.retryAfterS], ['queue_unavailable', 503, 5]);
  await rig.close();
});

test('a function that fails is called again, each time later, until it answers', async () => {
  const rig = await rigWith();
  const at: number[] = [];
  rig.forwarder.script = () => {
    at.push(rig.clock.monotonic());
    return { status: at.length < 4 ? 503 : 200 };
  };
  const answer = await later(rig);
  await rig.clock.advance(5 * minutes);
  const waits = at.slice(1).map((time, i) => time - (at[i] as number));
  assert.equal(at.length, 4);
  for (const [i, wait] of waits.entries())
    assert.ok(Math.abs(wait - 7_500 * 2 ** i) < 1_100, `wait ${i} was ${wait} ms`);
  const { state, attempts } = await stand(rig, answer);
  assert.deepEqual([state, attempts], ['done', 4]);
  await rig.close();
});

test('Retry-After is waited for, other 4xx are answers, and codes are the function’s to choose', async () => {
  const rig = await rigWith({}, { 'com.openfaas.retry.codes': '418', 'com.openfaas.retry.min_wait': '1s' });
  const answers = [{ status: 418, headers: ['Retry-After', '30'] }, { status: 503 }];
  const at: number[] = [];
  rig.forwarder.script = () => {
    at.push(rig.clock.monotonic());
    return answers[at.length - 1] as { status: number };
  };
  // Retry-After is for 429 and 503 (RFC 9110); with 418 it means nothing.
  const answer = await later(rig);
  await rig.clock.advance(10_000);
  assert.equal(at.length, 2);
  const { state, result } = await stand(rig, answer);
  assert.deepEqual([state, result?.status], ['done', 503]);

  await rig.deploy('slow');
  const times: number[] = [];
  rig.forwarder.script = () => {
    times.push(rig.clock.monotonic());
    return times.length === 1 ? { status: 429, headers: ['retry-after', '90'] } : { status: 200 };
  };
  await later(rig, 'slow');
  await rig.clock.advance(2 * minutes);
  assert.equal(times.length, 2);
  assert.ok((times[1] as number) - (times[0] as number) >= 90_000);
  await rig.close();
});

test('when its attempts are used up it is a dead letter that says why, and can be tried again', async () => {
  const rig = await rigWith({}, { 'com.openfaas.retry.attempts': '3', 'com.openfaas.retry.min_wait': '1s' });
  rig.forwarder.script = () => ({ status: 500 });
  const answer = await later(rig);
  await rig.clock.advance(minutes);
  const dead = await stand(rig, answer);
  assert.deepEqual([dead.state, dead.reason, dead.attempts, dead.note?.status], ['dead', 'attempts', 3, 500]);
  assert.equal(dead.note?.cause, 'it answered 500');
  rig.forwarder.script = () => ({ status: 200 });
  assert.deepEqual(await rig.platform.queue.redrive({ ids: [answer.call.id] }), [answer.call.id]);
  await rig.clock.advance(1_000);
  const again = await stand(rig, answer);
  assert.deepEqual([again.state, again.attempts], ['done', 1]);
  await rig.close();
});

test('a function that can take no call costs no attempt, and is not asked for every call in its line', async () => {
  let available = 2 ** 32;
  const rig = await rigWith({ memory: { available: () => available } });
  await rig.fleet('hello').sleep();
  available = 0;
  const answers = await Promise.all(Array.from({ length: 20 }, () => later(rig)));
  await rig.clock.advance(10_000);
  const [first] = await Promise.all(answers.map((answer) => stand(rig, answer)));
  assert.deepEqual([first?.state, first?.attempts, first?.note?.error], ['waiting', 0, 'no_room']);
  const records = await rig.records.find({ limit: 1000 });
  assert.ok(records.length >= 2 && records.length <= 5, `${records.length} calls were made in vain`);
  await rig.close();
});

test('a call that kills its instance is put aside after the third, and others go on', async () => {
  const rig = await rigWith(
    {},
    { 'com.openfaas.retry.min_wait': '10ms', 'com.openfaas.retry.max_wait': '20ms' },
  );
  let kills = 0;
  rig.forwarder.script = (call) => {
    if (call.body.toString() !== 'poison') return { status: 200 };
    kills += 1;
    setImmediate(() => rig.provider.crash(rig.running[0] as string));
    return 'never';
  };
  const poison = await later(rig, 'hello', [], 'poison');
  for (let i = 0; i < 40; i++) {
    await later(rig);
    await rig.clock.advance(3_000);
  }
  const { state, reason, crashes } = await stand(rig, poison);
  assert.deepEqual([state, reason, crashes, kills], ['dead', 'poison', 2, 3]);
  const all = await rig.platform.queue.find({ limit: 100 });
  assert.equal(all.filter((one) => one.state === 'done').length, 40);
  assert.match(rig.problems.join('\n'), /was put aside/);
  await rig.close();
});

test('an answer goes to where the caller wants it, again and again until somebody takes it', async () => {
  const rig = await rigWith();
  rig.forwarder.script = () => ({
    status: 200,
    headers: ['Content-Type', 'text/x', 'X-Call-Id', 'forged'],
    body: Buffer.from('hi'),
  });
  let deaf = 3;
  rig.callbacks.script = () => (deaf-- > 0 ? { status: 0, cause: 'no answer' } : { status: 204, cause: '' });
  const answer = await later(rig, 'hello', ['X-Callback-Url', 'https://example.com/hook?x=1']);
  await rig.clock.advance(minutes);
  assert.equal(rig.callbacks.sent.length, 4);
  const [sent] = rig.callbacks.sent;
  assert.equal(sent?.url, 'https://example.com/hook?x=1');
  assert.equal(Buffer.from(sent.body).toString(), 'hi');
  const headers = Object.fromEntries(
    sent.headers.flatMap((name, i) => (i % 2 === 0 ? [[name, sent.headers[i + 1]]] : [])),
  );
  assert.equal(headers['X-Call-Id'], answer.call.id);
  assert.deepEqual(
    [headers['X-Function-Name'], headers['X-Function-Status'], headers['Content-Type']],
    ['hello', '200', 'text/x'],
  );
  assert.match(headers['X-Duration-Seconds'] ?? '', /^\d+\.\d{6}$/);
  assert.equal(
    new Set(rig.callbacks.sent.map(({ id }) => id)).size,
    1,
    'a receiver can tell that it is the same',
  );
  await rig.close();
});

test('an endpoint that is down for an hour holds up nobody, and gets its answer; one that stays down does not, and that is told', async () => {
  const rig = await rigWith();
  const from = rig.clock.monotonic();
  rig.callbacks.script = ({ url }) => {
    const down =
      url.includes('never') || (url.includes('hour') && rig.clock.monotonic() - from < 60 * minutes);
    return down ? { status: 500, cause: 'it answered 500' } : { status: 200, cause: '' };
  };
  for (const host of ['never', 'hour', 'good'])
    await later(rig, 'hello', ['X-Callback-Url', `https://${host}.example/`]);
  await rig.clock.advance(100);
  assert.equal(rig.callbacks.sent.filter(({ url }) => url.includes('good')).length, 1);
  await rig.clock.advance(66 * minutes);
  const lanes = await rig.platform.queue.lanes();
  assert.deepEqual(
    lanes.map(({ lane }) => lane),
    ['to https://never.example'],
  );
  await rig.clock.advance(6 * 60 * minutes);
  const [dead] = await rig.platform.queue.find({ state: 'dead', limit: 5 });
  assert.deepEqual(
    [dead?.item.lane, dead?.reason, dead?.note?.status],
    ['to https://never.example', 'expired', 500],
  );
  await rig.close();
});

test('an answer for a function of this gateway stays inside, and a circle of them ends', async () => {
  const rig = await rigWith();
  const seen: string[] = [];
  rig.forwarder.script = (call) => {
    const depth = call.headers[call.headers.indexOf('X-Wherry-Depth') + 1];
    seen.push(`${call.path} ${depth}`);
    return { status: 200, body: Buffer.from('round') };
  };
  await later(rig, 'hello', ['X-Callback-Url', 'http://gateway.openfaas:8080/function/hello/back']);
  await rig.clock.advance(1_000);
  assert.deepEqual(seen, ['/ 0', '/back 1']);
  const deep = rig.later('hello', [], 'x', { depth: 8 });
  await deep.over;
  assert.deepEqual([deep.code, deep.status], ['loop_detected', 508]);
  assert.equal(rig.callbacks.sent.length, 0);
  await rig.close();
});

test('addresses that nothing may be sent to are refused at once', async () => {
  const rig = await rigWith();
  rig.callbacks.refused = ['169.254.169.254'];
  const refused = ['http://169.254.169.254/', 'ftp://example.com/', 'nonsense', 'http://u:p@example.com/'];
  for (const url of refused)
    assert.equal((await later(rig, 'hello', ['X-Callback-Url', url])).code, 'callback_refused', url);
  assert.deepEqual(await rig.platform.queue.find({ limit: 5 }), []);
  await rig.close();
});

test('the same key is one call, whatever the connection did; another call with it is refused', async () => {
  const rig = await rigWith();
  let made = 0;
  rig.forwarder.script = () => ({ status: 200, body: Buffer.from(String(++made)) });
  const key = ['Idempotency-Key', '"order-17"'];
  const [one, two] = [await later(rig, 'hello', key), await later(rig, 'hello', key)];
  assert.equal(one.call.id, two.call.id);
  assert.equal((await later(rig, 'hello', key, 'other')).code, 'idempotency_conflict');
  await rig.clock.advance(1_000);
  assert.equal(made, 1);
  await rig.close();
});

test('a delay is waited for, by a clock that nobody can set', async () => {
  const rig = await rigWith();
  let made = 0;
  rig.forwarder.script = () => ({ status: 200, body: Buffer.from(String(++made)) });
  await later(rig, 'hello', ['X-Wherry-Delay', '1m']);
  rig.clock.jump(10 * 365 * 86_400_000);
  await rig.clock.advance(59_000);
  assert.equal(made, 0);
  rig.clock.jump(-20 * 365 * 86_400_000);
  await rig.clock.advance(2_000);
  assert.equal(made, 1);
  assert.equal((await later(rig, 'hello', ['X-Wherry-Delay', '31d'])).code, 'bad_value');
  await rig.close();
});

test('a clock that is set while a call runs neither ends its lease nor makes it twice', async () => {
  const rig = await rigWith({
    settings: {
      defaults: { ...(await import('@wherry/core/rules/policy')).builtInDefaults, deadlineMs: 1e7 },
    },
  });
  let made = 0;
  rig.forwarder.script = () => {
    made += 1;
    return { status: 200, afterMs: 10 * minutes };
  };
  const answer = await later(rig);
  for (const hours of [1, -2, 24 * 3650, -24 * 7300]) {
    rig.clock.jump(hours * 60 * minutes);
    await rig.clock.advance(2 * minutes);
  }
  await rig.clock.advance(3 * minutes);
  assert.equal(made, 1);
  assert.deepEqual([(await stand(rig, answer)).state, (await stand(rig, answer)).attempts], ['done', 1]);
  await rig.close();
});

test('a call that waits, or runs, can be taken back', async () => {
  const rig = await rigWith({ concurrency: 1 });
  rig.forwarder.script = () => 'never';
  const [runs, waits] = [await later(rig), await later(rig)];
  await rig.clock.advance(10);
  assert.deepEqual([(await stand(rig, runs)).state, (await stand(rig, waits)).state], ['running', 'waiting']);
  await rig.platform.queue.cancel({ ids: [runs.call.id, waits.call.id] });
  await rig.clock.advance(10);
  assert.deepEqual(
    [(await stand(rig, runs)).state, (await stand(rig, waits)).state],
    ['cancelled', 'cancelled'],
  );
  assert.equal(rig.inFlight(rig.running[0] as string), 0, 'the instance is told');
  const { submitted, ...ended } = rig.platform.queue.counts;
  assert.equal(submitted, 2);
  assert.deepEqual(ended, { done: 0, dead: 0, retried: 0, cancelled: 2 }, 'each ended once');
  await rig.close();
});

test('one function’s thousand calls do not hold up another’s', async () => {
  const rig = await rigWith({ concurrency: 2 });
  await rig.deploy('quiet');
  const done: string[] = [];
  rig.forwarder.script = (call) => {
    done.push(call.body.toString());
    return { status: 200, afterMs: 50 };
  };
  for (let i = 0; i < 1000; i++) rig.later('hello', [], 'loud');
  await settle();
  await later(rig, 'quiet', [], 'quiet');
  await rig.clock.advance(60);
  assert.ok(done.includes('quiet'));
  assert.ok(done.length < 10, 'and the loud one has its places, no more');
  await rig.close();
});

test('a gateway that stops gives back what it could not finish, and the next one makes it', async () => {
  const rig = await rigWith({ settings: { drainMs: 1_000 } });
  rig.forwarder.script = () => 'never';
  const answer = await later(rig);
  await rig.clock.advance(10);
  assert.equal((await stand(rig, answer)).state, 'running');
  await rig.close();
  const [left] = await rig.queue.find({ id: answer.call.id, limit: 1 });
  assert.deepEqual([left?.state, left?.attempts, left?.crashes], ['waiting', 0, 0]);

  const next = new Rig({ parts: { queue: rig.queue, desired: rig.desired } });
  next.forwarder.script = () => ({ status: 200, body: Buffer.from('made') });
  await next.platform.open();
  await next.clock.advance(2_000);
  const [made] = await rig.queue.find({ id: answer.call.id, limit: 1 });
  assert.deepEqual([made?.state, made?.attempts], ['done', 1]);
  await next.close();
});

test('a gateway that was killed left leases: the next one takes them at once, and counts the attempt', async () => {
  const rig = await rigWith();
  rig.forwarder.script = () => 'never';
  const answer = await later(rig);
  await rig.clock.advance(10);
  const next = new Rig({ parts: { queue: rig.queue, desired: rig.desired } });
  next.forwarder.script = () => ({ status: 200 });
  await next.platform.open();
  await next.clock.advance(2_000);
  const [made] = await rig.queue.find({ id: answer.call.id, limit: 1 });
  assert.deepEqual([made?.state, made?.attempts, made?.crashes], ['done', 2, 0]);
  await next.close();
});

test('a call that takes the gateway down every time is put aside in the end', async () => {
  const rig = await rigWith({}, { 'com.openfaas.retry.attempts': '4' });
  rig.forwarder.script = () => 'never';
  const answer = await later(rig);
  await rig.clock.advance(10);
  for (let kills = 0; kills < 6; kills++) {
    const next = new Rig({ parts: { queue: rig.queue, desired: rig.desired } });
    next.forwarder.script = () => 'never';
    await next.platform.open();
    await next.clock.advance(500);
  }
  const [left] = await rig.queue.find({ id: answer.call.id, limit: 1 });
  assert.deepEqual([left?.state, left?.reason, left?.attempts], ['dead', 'poison', 5]);
});

test('a function that is gone for a moment loses nothing', async () => {
  const rig = await rigWith();
  await rig.fleet('hello').sleep();
  const answer = await later(rig, 'hello', ['X-Wherry-Delay', '1s']);
  await rig.platform.deployer.remove({ namespace: 'openfaas-fn', name: 'hello' });
  await rig.clock.advance(2_000);
  assert.deepEqual(
    [(await stand(rig, answer)).state, (await stand(rig, answer)).note?.error],
    ['waiting', 'function_unknown'],
  );
  await rig.deploy('hello');
  await rig.clock.advance(minutes);
  assert.equal((await stand(rig, answer)).state, 'done');
  await rig.close();
});

test('whoever was let in is let in again, as who it was, and what it sent in our name stays here', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  await rig.deploy('shut');
  let headers: readonly string[] = [];
  rig.forwarder.script = (call) => {
    headers = call.headers;
    return { status: 200 };
  };
  const answer = rig.later('shut', ['Authorization', 'Bearer the-admin-token'], 'x', {
    authorization: 'Bearer the-admin-token',
  });
  await answer.over;
  await rig.clock.advance(100);
  assert.equal((await stand(rig, answer)).state, 'done');
  assert.ok(!headers.some((text) => /the-admin-token/.test(text)));
  assert.ok(!JSON.stringify(await rig.platform.queue.find({ limit: 9 })).includes('the-admin-token'));
  assert.ok(admin);
  await rig.close();
});

test('slow functions with many instances leave places for everybody else', async () => {
  const rig = await rigWith({ concurrency: 1000, settings: { drainMs: 1_000 } });
  await rig.deploy('slow');
  const done: string[] = [];
  rig.forwarder.script = (call) => {
    const body = call.body.toString();
    done.push(body);
    return { status: 200, afterMs: body === 'slow' ? 50_000 : 5 };
  };
  for (const name of ['hello', 'slow']) for (let i = 0; i < 600; i++) rig.later(name, [], 'slow');
  await rig.clock.advance(100);
  assert.ok(rig.platform.queue.running >= 512, `${rig.platform.queue.running} run`);
  await rig.deploy('quick');
  await later(rig, 'quick', [], 'quick');
  await rig.clock.advance(100);
  assert.ok(done.includes('quick'));
  await rig.close();
});

test('what is in memory at once is bounded by bytes too', async () => {
  const rig = await rigWith({
    concurrency: 1000,
    settings: { maxBodyBytes: 1e9, queue: { ...roomy, maxBodyBytes: 1e9 } },
  });
  rig.forwarder.script = () => ({ status: 200, afterMs: 10_000 });
  const body = 'x'.repeat(8 * 2 ** 20);
  for (let i = 0; i < 30; i++) {
    rig.later('hello', [], body);
    await rig.clock.advance(10);
  }
  await rig.clock.advance(1_000);
  assert.ok(
    rig.platform.queue.running >= 8 && rig.platform.queue.running <= 13,
    `${rig.platform.queue.running} run`,
  );
  await rig.clock.advance(60_000);
  assert.equal((await rig.platform.queue.find({ state: 'done', limit: 100 })).length, 30);
  await rig.close();
});
