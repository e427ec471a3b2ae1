import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

const id = '01a21a0a-fbaa-7813-bd23-d3f1f3faa4f0';
const call = {
  ...{
    id,
    kind: 'call',
    name: 'echo',
    namespace: 'openfaas-fn',
    target: 'echo',
    trigger: 'async',
    method: 'POST',
    path: '/',
  },
  ...{
    bytes: 2,
    state: 'done',
    attempts: 1,
    crashes: 0,
    depth: 0,
    enqueuedAt: '2026-01-01T00:00:00.000000Z',
  },
};

test('invoke --async says the id on standard output, and the next step beside it', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /async-function/echo', (_, response) =>
    response.writeHead(202, { 'x-call-id': id }).end(),
  );
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const flags = ['--callback', 'https://a.example/', '--delay', '5s', '--idempotency-key', 'k'];
  const ran = await wherry.run(['invoke', 'echo', '-a', '-d', 'hi', ...flags]);
  assert.deepEqual([ran.code, ran.out.toString()], [0, `${id}\n`]);
  assert.match(ran.err, new RegExp(`wherry queue show ${id}`));
  const [seen] = gateway.seen;
  const { 'x-callback-url': callback, 'x-wherry-delay': delay, 'idempotency-key': key } = seen?.headers ?? {};
  assert.deepEqual([callback, delay, key, seen?.body.toString()], ['https://a.example/', '5s', 'k', 'hi']);
  const get = await wherry.run(['invoke', 'echo', '-a', '-m', 'GET']);
  assert.equal(get.code, 2);
});

test('invoke --async --wait ends with the answer, and with 8 where it is a failure', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /async-function/echo', (_, response) =>
    response.writeHead(202, { 'x-call-id': id }).end(),
  );
  let looks = 0;
  const result = {
    status: 200,
    headers: [],
    encoding: 'base64',
    body: Buffer.from([0, 255]).toString('base64'),
  };
  gateway.on(`GET /system/calls/${id}`, (_, response) => {
    const state = ++looks < 3 ? 'running' : 'done';
    response.end(
      JSON.stringify({ call: { ...call, state, ...(state === 'done' ? { result } : {}) }, attempts: [] }),
    );
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const ran = await wherry.run(['invoke', 'echo', '-a', '--wait', '-d', '']);
  assert.deepEqual([ran.code, [...ran.out]], [0, [0, 255]]);
  gateway.json(`GET /system/calls/${id}`, {
    call: { ...call, state: 'dead', reason: 'attempts', last: { at: '2026', cause: 'it answered 500' } },
    attempts: [],
  });
  const failed = await wherry.run(['invoke', 'echo', '-a', '--wait', '-d', '']);
  assert.deepEqual([failed.code, failed.out.length], [8, 0]);
  assert.match(failed.err, /it answered 500[^]*wherry queue show/);
});

test('queue: a call in full, dead letters with what to do, and nothing is changed by a look', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const dead = {
    ...call,
    state: 'dead',
    reason: 'poison',
    last: { at: '2026', cause: 'exited\u001b[2J with code 3' },
  };
  gateway.json('GET /system/queue/calls', [dead]);
  gateway.json(`GET /system/calls/${id}`, { call: dead, attempts: [] });
  gateway.json('POST /system/queue/redrive', { ids: [id] });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const shown = await wherry.run(['queue', 'show', id]);
  assert.equal(shown.code, 8);
  assert.match(shown.out.toString(), /dead: it brought its instance down[^]*exited.*with code 3/);
  assert.ok(!shown.out.includes('\u001b[2J'), 'what a function says never acts on the terminal');
  const looked = await wherry.run(['queue', 'redrive', 'echo', '--dry-run']);
  assert.equal(looked.out.toString(), 'Would redrive 1 call\n');
  assert.ok(!gateway.seen.some(({ method }) => method === 'POST'));
  const done = await wherry.run(['queue', 'redrive', id]);
  assert.equal(done.out.toString(), 'Redriven 1 call\n');
  assert.deepEqual(JSON.parse(gateway.seen.at(-1)?.body.toString() ?? ''), { ids: [id] });
  assert.equal((await wherry.run(['queue', 'discard'])).code, 2, 'all only where it is said');
});

test('queue: a look at one call asks for that one, however many came after it', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  // The newest are others.
  gateway.json('GET /system/queue/calls', []);
  gateway.json('GET /system/queue', []);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const looked = (what: string) => wherry.run(['queue', what, id, '--dry-run']);
  const is = (state: string) =>
    gateway.json(`GET /system/calls/${id}`, { call: { ...call, state }, attempts: [] });
  is('dead');
  assert.equal((await looked('discard')).out.toString(), 'Would discard 1 call\n');
  assert.equal((await looked('redrive')).out.toString(), 'Would redrive 1 call\n');
  assert.equal((await looked('cancel')).code, 3, 'it neither waits nor runs');
  for (const state of ['waiting', 'running']) {
    is(state);
    assert.equal((await looked('cancel')).out.toString(), 'Would cancel 1 call\n', state);
    assert.equal((await looked('discard')).code, 3, state);
  }
  gateway.fails(`GET /system/calls/${id}`, 'call_unknown', 'it is not known');
  const unknown = await looked('discard');
  assert.equal(unknown.code, 3);
  assert.match(unknown.err, /queue list --state dead/);
  assert.ok(!gateway.seen.some(({ method }) => method === 'POST'));
});

test('queue: a look counts all that would be changed, page by page, what waits and what runs', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const many = (count: number, state: string) =>
    Array.from({ length: count }, (_, at) => ({ ...call, id: `${state}-${at}`, state }));
  gateway.on('GET /system/queue/calls', ({ url = '' }, response) => {
    const { searchParams: asked } = new URL(url, 'http://x');
    const state = asked.get('state') ?? '';
    const found = state === 'waiting' ? many(1_002, state) : many(3, state);
    const from = found.findIndex(({ id: one }) => one === asked.get('before')) + 1;
    if (state === 'dead') Object.assign(found[0] ?? {}, { editedAs: id });
    response.end(JSON.stringify(found.slice(from, from + Number(asked.get('limit')))));
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const looked = async (what: string) =>
    (await wherry.run(['queue', what, 'echo', '--dry-run'])).out.toString();
  assert.equal(await looked('cancel'), 'Would cancel 1005 calls\n');
  assert.equal(await looked('discard'), 'Would discard 3 calls\n');
  assert.equal(await looked('redrive'), 'Would redrive 2 calls\n', 'without the one whose place is taken');
});
