import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

const report = {
  ...{ name: 'report', namespace: 'openfaas-fn', paused: false, missed: 'once' },
  rules: [
    {
      expression: '0 9 * * 1-5',
      zone: 'Europe/Berlin',
      next: ['2099-01-01T08:00:00Z', '2099-01-02T08:00:00Z'],
    },
    { expression: '@every 90s', zone: 'Europe/Berlin', next: ['2099-01-01T07:00:00Z'] },
  ],
  last: { slot: '2020-01-01T00:00:00Z', call: 'c-1', state: 'dead', cause: 'it answered 500' },
};

test('schedules are listed with their last run and the next three times, and what to do about a failure', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('GET /system/schedules', (_, response) =>
    response.end(JSON.stringify([report, { ...report, name: 'rest', paused: true }])),
  );
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url, TZ: 'UTC' });
  const ran = await wherry.run(['schedule', 'list']);
  assert.equal(ran.code, 0, ran.err);
  const [head, first, second] = ran.out.toString().split('\n');
  assert.match(head ?? '', /^FUNCTION +SCHEDULE +LAST +NEXT$/);
  assert.match(
    first ?? '',
    /^report +0 9 \* \* 1-5 \(Europe\/Berlin\); @every 90s +2020-01-01 00:00 dead: it answered 500 +2099-01-01 07:00, 08:00, 2099-01-02 08:00$/,
  );
  assert.match(second ?? '', /^rest .* paused$/);
  assert.match(ran.err, /wherry queue show c-1/);
});

test('pause, resume and run say what they did and what comes next; --dry-run changes nothing', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('GET /system/schedules', (_, response) => response.end(JSON.stringify([report])));
  for (const what of ['pause', 'resume'])
    gateway.on(`POST /system/schedules/report/${what}`, (_, response) => response.writeHead(202).end());
  gateway.on('POST /system/schedules/report/run', (_, response) =>
    response.writeHead(202).end(JSON.stringify({ name: 'report', namespace: 'openfaas-fn', call: 'c-2' })),
  );
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const said = async (...line: string[]) => {
    const { code, out, err } = await wherry.run(['schedule', ...line]);
    return [code, out.toString().trim(), err];
  };
  const posts = () => gateway.seen.filter(({ method }) => method === 'POST').length;
  assert.deepEqual((await said('pause', 'report', '--dry-run')).slice(0, 2), [0, 'Would pause report']);
  assert.deepEqual((await said('run', 'report', '--dry-run')).slice(0, 2), [0, 'Would call report']);
  assert.equal((await said('run', 'nobody', '--dry-run'))[0], 3);
  assert.equal(posts(), 0);
  const [code, out, err] = await said('run', 'report');
  assert.deepEqual([code, out], [0, 'c-2']);
  assert.match(String(err), /wherry queue show c-2 --wait/);
  assert.match((await said('pause', 'report')).join(' '), /report rests .*wherry schedule resume report/s);
  assert.match((await said('resume', 'report')).join(' '), /report goes on .*wherry schedule list/s);
  assert.equal(posts(), 3);
});

test('a message goes out as it was given, with its type and key, and each call is shown', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const calls = [
    { id: 'c-1', name: 'a', namespace: 'openfaas-fn' },
    { id: 'c-2', name: 'b', namespace: 'team' },
  ];
  gateway.on('POST /system/topics/orders%2Fpaid', (_, response) =>
    response.writeHead(202).end(JSON.stringify({ topic: 'orders/paid', calls })),
  );
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const flags = ['-d', '{"total":7}', '-H', 'X-Mine: 1', '--idempotency-key', 'k'];
  const ran = await wherry.run(['topic', 'publish', 'orders/paid', ...flags]);
  assert.deepEqual([ran.code, ran.out.toString()], [0, 'c-1  a\nc-2  b.team\n'], ran.err);
  assert.match(ran.err, /2 calls are queued.*wherry queue show c-1 --wait/s);
  const [seen] = gateway.seen;
  const { 'content-type': type, 'x-mine': mine, 'idempotency-key': key } = seen?.headers ?? {};
  assert.deepEqual([type, mine, key, seen?.body.toString()], ['application/json', '1', 'k', '{"total":7}']);
});
