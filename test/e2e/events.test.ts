// The clock, topics and webhooks as users meet them: a real gateway, real functions, real signatures.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import type { CallOutcome, QueuedCall } from '@wherry/wire/queued-calls';
import type { ScheduledRun, ScheduleInfo } from '@wherry/wire/schedules';
import type { PublishedMessage, TopicInfo } from '@wherry/wire/topics';
import { freshHome, Gateway } from './gateway.ts';

const echo =
  'module.exports = async (event) => ({ method: event.method, headers: event.headers, body: typeof event.body === "object" ? JSON.stringify(event.body) : String(event.body) });';
const files = { 'handler.js': echo };
const gateway = await Gateway.start({ after });

interface Seen {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function json<T>(response: Promise<Response>, status = 200): Promise<T> {
  const answer = await response;
  assert.equal(answer.status, status, await answer.clone().text());
  return (await answer.json()) as T;
}

/** Asks until a call is over. */
async function made(at: Gateway, id: string): Promise<QueuedCall> {
  for (;;) {
    const { call } = await json<CallOutcome>(at.system('GET', `/system/calls/${id}`));
    if (call?.state === 'done' || call?.state === 'dead') return call;
  }
}

async function schedules(at: Gateway): Promise<readonly ScheduleInfo[]> {
  return json(at.system('GET', '/system/schedules'));
}

/** The slots of all calls that the clock made, as the queue has them. */
async function slots(at: Gateway, name: string): Promise<string[]> {
  const calls = await json<QueuedCall[]>(at.system('GET', `/system/queue/calls?function=${name}&limit=1000`));
  const found: string[] = [];
  for (const { id, trigger, state } of calls) {
    if (trigger !== 'schedule' || state !== 'done') continue;
    const { result } = await made(at, id);
    found.push((JSON.parse(result?.body ?? '{}') as Seen).headers['x-wherry-slot'] ?? '');
  }
  return found;
}

/** Asks until so many are there, and each second between the first and the last is. */
async function everySecond(at: Gateway, name: string, count: number): Promise<string[]> {
  for (;;) {
    const found = await slots(at, name);
    const times = found.map((slot) => Date.parse(slot) / 1000);
    const whole = Math.max(...times) - Math.min(...times) + 1 === new Set(times).size;
    if (found.length >= count && whole) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('a function runs every second; kill -9 in between costs no slot a second run, and the state stays', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const annotations = { 'com.wherry.schedule': '@every 1s', 'com.wherry.schedule.missed': 'all' };
  let all: string[] = [];
  for (let life = 0; life < 3; life++) {
    const one = await Gateway.start(t, { home });
    if (life === 0) await one.deploy({ name: 'tick', files, spec: { annotations } });
    all = await everySecond(one, 'tick', all.length + 2);
    await one.stop('SIGKILL');
  }
  const last = await Gateway.start(t, { home });
  all = await everySecond(last, 'tick', all.length + 1);
  assert.equal(new Set(all).size, all.length, all.join(' '));
});

test('OpenFaaS’s annotations do; a schedule is seen, paused, run now, and goes on', async () => {
  const annotations = { topic: 'cron-function', schedule: '0 4 1 1 *; @yearly' };
  await gateway.deploy({ name: 'yearly', files, spec: { annotations } });
  const seen = (await schedules(gateway)).find(({ name }) => name === 'yearly');
  assert.deepEqual(
    [seen?.paused, seen?.missed, seen?.rules.map(({ expression, next }) => [expression, next.length])],
    [
      false,
      'once',
      [
        ['0 4 1 1 *', 3],
        ['@yearly', 3],
      ],
    ],
  );
  assert.match(seen?.rules[0]?.next[0] ?? '', /-01-01T04:00:00Z$/);
  assert.equal((await gateway.system('POST', '/system/schedules/yearly/pause')).status, 202);
  const run = await json<ScheduledRun>(gateway.system('POST', '/system/schedules/yearly/run'), 202);
  const { result, trigger } = await made(gateway, run.call);
  const { method, headers, body } = JSON.parse(result?.body ?? '') as Seen;
  assert.deepEqual([trigger, method, body], ['schedule', 'POST', '']);
  assert.deepEqual([headers['x-connector'], headers['x-topic']], ['cron-connector', 'cron-function']);
  const paused = (await schedules(gateway)).find(({ name }) => name === 'yearly');
  assert.deepEqual(
    [paused?.paused, paused?.rules[0]?.next, paused?.last?.call, paused?.last?.state, paused?.last?.status],
    [true, [], run.call, 'done', 200],
  );
  assert.equal((await gateway.system('POST', '/system/schedules/yearly/resume')).status, 202);
  assert.equal((await schedules(gateway)).find(({ name }) => name === 'yearly')?.paused, false);
  const unknown = await gateway.system('POST', '/system/schedules/nobody/run');
  assert.deepEqual([unknown.status, unknown.headers.get('x-wherry-error')], [404, 'schedule_unknown']);
});

test('what is no schedule is refused with its key and place, and nothing is deployed', async () => {
  const annotations = { 'com.wherry.schedule': '@hourly; 61 * * * *' };
  const refused = await gateway.tryDeploy({ name: 'wrong', files, spec: { annotations } });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /com\.wherry\.schedule, expression 2: .*minute: 61/);
  assert.equal((await gateway.call('wrong')).status, 404);
});

test('whose business a function is not sees and changes nothing of its schedule', async () => {
  const token = async (name: string, scopes: string[], functions: string) =>
    (await json<{ token: string }>(gateway.system('POST', '/system/tokens', { name, scopes, functions })))
      .token;
  const other = await token('other', ['read', 'deploy'], 'other-*');
  const reader = await token('reader', ['read', 'invoke'], 'yearly');
  const as = (bearer: string) => ({ authorization: `Bearer ${bearer}` });
  assert.deepEqual(await json(gateway.system('GET', '/system/schedules', undefined, as(other))), []);
  for (const what of ['pause', 'resume', 'run'])
    for (const bearer of [other, reader])
      assert.equal(
        (await gateway.system('POST', `/system/schedules/yearly/${what}`, undefined, as(bearer))).status,
        403,
      );
  const seen = await json<ScheduleInfo[]>(gateway.system('GET', '/system/schedules', undefined, as(reader)));
  assert.deepEqual(
    seen.map(({ name }) => name),
    ['yearly'],
  );
});

test('a message comes to the three who listen, as it was sent; with nobody there it says so', async () => {
  for (const name of ['one', 'two', 'three'])
    await gateway.deploy({ name, files, spec: { annotations: { topic: `orders/paid,only-${name}` } } });
  const topics = await json<TopicInfo[]>(gateway.system('GET', '/system/topics'));
  assert.deepEqual(
    topics.find(({ topic }) => topic === 'orders/paid')?.subscribers.map(({ name }) => name),
    ['one', 'three', 'two'],
  );
  const send = (topic: string, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}/system/topics/${encodeURIComponent(topic)}`, {
      method: 'POST',
      body: '{"total":7}',
      headers: { ...gateway.admin, 'content-type': 'application/json', 'x-mine': 'yes', ...headers },
    });
  const key = { 'idempotency-key': 'order-1' };
  const { calls, topic } = await json<PublishedMessage>(send('orders/paid', key), 202);
  assert.deepEqual([topic, calls.map(({ name }) => name)], ['orders/paid', ['one', 'three', 'two']]);
  for (const { id } of calls) {
    const { result, trigger } = await made(gateway, id);
    const { headers, body } = JSON.parse(result?.body ?? '') as Seen;
    assert.deepEqual(
      [trigger, body, headers['x-topic'], headers['x-connector']],
      ['event', '{"total":7}', 'orders/paid', 'wherry'],
    );
    assert.deepEqual(
      [headers['x-mine'], headers['content-type'], headers['authorization']],
      ['yes', 'application/json', undefined],
    );
  }
  assert.deepEqual((await json<PublishedMessage>(send('orders/paid', key), 202)).calls, calls);
  const nobody = await send('orders/unpaid');
  assert.deepEqual([nobody.status, nobody.headers.get('x-wherry-error')], [404, 'topic_unknown']);
  const anonymous = await fetch(`${gateway.url}/system/topics/orders%2Fpaid`, { method: 'POST', body: 'x' });
  assert.equal(anonymous.status, 401);
  const large = await fetch(`${gateway.url}/system/topics/only-one`, {
    method: 'POST',
    body: Buffer.alloc(10 * 2 ** 20 + 1),
    headers: gateway.admin,
  });
  assert.deepEqual([large.status, large.headers.get('x-wherry-error')], [413, 'body_too_large']);
});

test('a function tells others of its namespace by the same address, and events that go round end', async () => {
  const teller = `module.exports = async (event) => {
    const answer = await fetch('http://gateway:8080/system/topics/round', { method: 'POST', body: 'again' });
    const rest = await fetch('http://gateway:8080/system/functions');
    console.log('got ' + answer.status + ' and ' + rest.status);
    return { status: answer.status, depth: event.headers['x-wherry-depth'], text: await answer.text(), rest: rest.status };
  };`;
  await gateway.deploy({
    name: 'round',
    files: { 'handler.js': teller },
    spec: { annotations: { topic: 'round', 'com.wherry.network': 'functions' } },
  });
  const first = await fetch(`${gateway.url}/system/topics/round`, { method: 'POST', headers: gateway.admin });
  let { calls } = (await first.json()) as PublishedMessage;
  let rounds = 0;
  for (;;) {
    const { result } = await made(gateway, calls[0]?.id ?? '');
    const said = JSON.parse(result?.body ?? '') as { status: number; text: string; rest: number };
    assert.equal(said.rest, 404, 'nothing else of the API is there');
    rounds += 1;
    if (said.status !== 202) {
      assert.equal(said.status, 508, said.text);
      break;
    }
    calls = (JSON.parse(said.text) as PublishedMessage).calls;
  }
  assert.equal(rounds, 8);
});

test('a webhook lets in who signs, by each address, and nobody else', async () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const made201 = await gateway.system('POST', '/system/secrets', { name: 'hook', value: `old\n${secret}` });
  assert.equal(made201.status, 202);
  const annotations = {
    'com.wherry.webhook': 'standard',
    'com.wherry.webhook.secret': 'hook',
    'com.wherry.visibility': 'private',
    'com.wherry.routes': '/hooks',
  };
  await gateway.deploy({ name: 'hooked', files, spec: { annotations } });
  const send = (
    path: string,
    body: string | Buffer,
    signed: string | Buffer = body,
    more: Record<string, string> = {},
  ) => {
    const at = String(Math.floor(Date.now() / 1000));
    const id = `msg_${Math.random()}`;
    const sum = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(`${id}.${at}.`)
      .update(signed);
    return fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': `v1,${sum.digest('base64')}`,
        ...more,
      },
    });
  };
  for (const path of ['/function/hooked', '/function/hooked.openfaas-fn/deep?x=1', '/hooks', '/hooks/deep'])
    assert.equal(((await json(send(path, 'ping'))) as Seen).body, 'ping', path);
  const later = await send('/async-function/hooked', 'ping');
  assert.equal(later.status, 202);
  assert.equal((await made(gateway, later.headers.get('x-call-id') ?? '')).result?.status, 200);
  const big = Buffer.alloc(2 ** 20, 0xff);
  assert.equal((await send('/function/hooked', big)).status, 200);
  for (const path of ['/function/hooked', '/hooks', '/async-function/hooked']) {
    const refused = await send(path, 'ping', 'pong');
    assert.deepEqual(
      [refused.status, refused.headers.get('x-wherry-error')],
      [401, 'signature_refused'],
      path,
    );
    assert.doesNotMatch(await refused.text(), /MfKQ9r8/);
    assert.equal((await fetch(`${gateway.url}${path}`, { method: 'POST', body: 'ping' })).status, 401, path);
  }
  const bare = await gateway.call('hooked', { method: 'POST', body: 'x', headers: gateway.admin });
  assert.equal(bare.status, 200, 'a token that may call it is enough');
  const status = await (await gateway.system('GET', '/system/function/hooked')).text();
  assert.doesNotMatch(status, /MfKQ9r8/);
  assert.doesNotMatch(gateway.output, /MfKQ9r8/);
});
