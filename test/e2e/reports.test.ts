// Reports of a real gateway: made and sent once although it is killed again and again; shown only to those whose business they are.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { openStore } from '@wherry/storage/sqlite/open-store';
import type { ReportInfo } from '@wherry/wire/reports';
import { freshHome, Gateway } from './gateway.ts';

const json = async <T>(answer: Promise<Response>): Promise<T> => (await answer).json() as Promise<T>;
const dayMs = 86_400_000;
/** As many as are made up for. */
const missed = 31;

/** Says the keys of the messages that it was sent. */
const receiver = {
  name: 'receiver',
  files: {
    'handler.js':
      'module.exports = async (event, context) => { const { key, html } = event.body; console.log(`got ${key} ${html.length}`); return context.succeed("ok"); };',
  },
};

function homeOf(t: TestContext): string {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** A subscription that was made a while ago: as many days were missed. */
async function subscribedDaysAgo(home: string, days: number): Promise<void> {
  const store = await openStore({ home, now: Date.now });
  const since = Math.floor(Date.now() / dayMs - days) * dayMs;
  const channels = ['function:receiver'];
  await store.reports.putSubscription({
    ...{ name: 'ops', every: 'day', zone: 'UTC', at: 0 },
    channels,
    since,
  });
  await store.close();
}

test('killed again and again while it makes and sends: each report once, each sent once', async (t) => {
  const home = homeOf(t);
  const first = await Gateway.start(t, { home });
  await first.deploy(receiver);
  await first.stop();
  await subscribedDaysAgo(home, missed);
  let unsent = 0;
  for (let kill = 0; kill < 8; kill += 1) {
    const gateway = await Gateway.start(t, { home });
    await later(20 + 60 * kill);
    await gateway.stop('SIGKILL');
    const store = await openStore({ home, now: Date.now });
    const reports = await store.reports.list();
    unsent += reports.filter(({ deliveries }) => deliveries.some(({ state }) => state === 'due')).length;
    await store.close();
  }
  const gateway = await Gateway.start(t, { home });
  const listed = (): Promise<readonly ReportInfo[]> => json(gateway.system('GET', '/system/reports'));
  const sent = (all: readonly ReportInfo[]): number =>
    all.filter(({ deliveries = [] }) => deliveries.every(({ state }) => state === 'sent')).length;
  let reports = await listed();
  for (const end = Date.now() + 60_000; sent(reports) < missed && Date.now() < end; await later(50))
    reports = await listed();
  assert.equal(new Set(reports.map(({ id }) => id)).size, missed);
  assert.deepEqual([reports.length, sent(reports)], [missed, missed]);
  const calls = await json<{ id: string; state: string }[]>(
    gateway.system('GET', '/system/queue/calls?function=receiver&limit=1000'),
  );
  assert.equal(calls.length, missed, 'one queued call for each');
  assert.ok(unsent > 0, 'no kill came between making and sending');
  t.diagnostic(`${unsent} times a report was made and not sent when the gateway was killed`);
});

test('a webhook gets it with the same id each time, until it takes it', async (t) => {
  const heard: { id: string; key: string; subject: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      heard.push({ ...JSON.parse(text), id: String(request.headers['webhook-id']) });
      response.statusCode = 204;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const gateway = await Gateway.start(t, { args: ['--queue-callbacks', '127.0.0.1'] });
  const wish = { name: 'hook', every: 'day', channels: [`webhook:http://127.0.0.1:${port}/secret-path`] };
  const subscribed = await gateway.system('POST', '/system/report-subscriptions', wish);
  assert.equal(subscribed.status, 200, await subscribed.clone().text());
  const audit = await (await gateway.system('GET', '/system/audit?what=subscribeReport')).text();
  assert.match(audit, /webhook:http/);
  assert.doesNotMatch(audit, /secret-path/);
  for (const channel of ['webhook:http://169.254.169.254/', 'carrier-pigeon:x', 'function:../x']) {
    const refused = { name: 'other', every: 'day', channels: [channel] };
    const { status: answered } = await gateway.system('POST', '/system/report-subscriptions', refused);
    assert.ok(answered >= 400 && answered < 500, `${channel}: ${answered}`);
  }
  await gateway.stop();
  const store = await openStore({ home: gateway.home, now: Date.now });
  const [kept] = await store.reports.subscriptions();
  await store.reports.putSubscription({ ...kept!, at: 0, since: Math.floor(Date.now() / dayMs - 1) * dayMs });
  await store.close();
  const again = await Gateway.start(t, {
    ...{ home: gateway.home, args: ['--queue-callbacks', '127.0.0.1'] },
  });
  while (heard.length === 0) await later(20);
  assert.equal(
    heard[0]?.id,
    heard[0]?.key.replace(/^.*$/s, (key) => encodeURI(key)),
  );
  assert.match(heard[0]?.subject ?? '', /^Wherry: Daily report: /);
  assert.equal((await json<ReportInfo[]>(again.system('GET', '/system/reports'))).length, 1);
});

test('who may see what; the page runs nothing; the command line', async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = () => "ok";' } });
  await gateway.said('hello');
  await fetch(`${gateway.url}/system/tokens`);
  const tokenFor = async (name: string, functions: string): Promise<Readonly<Record<string, string>>> => {
    const made = await gateway.system('POST', '/system/tokens', { name, scopes: ['read'], functions });
    return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  };
  const seen = async (headers: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await json<ReportInfo[]>(fetch(`${gateway.url}/system/reports`, { headers }))).map(({ id }) => id);
  const read = (id: string, headers: Readonly<Record<string, string>>, format = 'json'): Promise<Response> =>
    fetch(`${gateway.url}/system/reports/${id}?format=${format}`, { headers });
  const [everything, mine, part] = [
    await tokenFor('everything', '*'),
    await tokenFor('mine', 'team-a/*'),
    await tokenFor('part', 'team-a/shop-*'),
  ];
  const of = new Date().toISOString();
  const all = await json<ReportInfo>(gateway.system('POST', '/system/reports', { every: 'day', of }));
  const team = await json<ReportInfo>(gateway.system('POST', '/system/reports', { of, namespace: 'team-a' }));
  assert.deepEqual(await seen(gateway.admin), [team.id, all.id]);
  assert.deepEqual(await seen(mine), [team.id]);
  assert.deepEqual(await seen(part), []);
  assert.deepEqual([(await read(all.id, mine)).status, (await read(team.id, part)).status], [404, 404]);
  const asAdmin = await (await read(all.id, gateway.admin)).text();
  assert.match(asAdmin, /"security":.*unauthenticated.*"createToken"/s);
  assert.match(asAdmin, /"calls":1,/);
  assert.match(asAdmin, /"what":"deployFunction","on":"hello/);
  assert.doesNotMatch(await (await read(all.id, everything)).text(), /security|createToken|deliveries/);
  const page = await read(all.id, gateway.admin, 'html');
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
  assert.match(await page.text(), /<td[^>]*>hello\.openfaas-fn<\/td>/);
  assert.equal((await read('nothing', gateway.admin)).status, 404);

  const cli = new Wherry(t, { WHERRY_URL: gateway.url, WHERRY_TOKEN: gateway.token });
  const run = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await cli.run(args);
    assert.equal(code, 0, err);
    return out.toString();
  };
  assert.match(
    await run('reports', 'make', '--every', 'week', '--zone', 'Asia/Tokyo'),
    /^Weekly report: week \d+/,
  );
  assert.match(await run('reports', 'list'), /now-\w+-\d{4}-w\d\d/);
  assert.match(await run('reports', 'show', all.id), /calls +1 /);
  assert.match(await run('reports', 'show', all.id, '--html'), /^<!doctype html>/);
  assert.match(
    await run(
      'reports',
      'subscribe',
      'ops',
      '--to',
      'function:hello',
      '--zone',
      'Europe/Berlin',
      '--at',
      '6:30',
    ),
    /at 06:30 in Europe\/Berlin/,
  );
  assert.match(
    await run('reports', 'subscriptions'),
    /ops +day +06:30 +\d{4}-\d\d-\d\d 06:30 +Europe\/Berlin +everything +function:hello/,
  );
  await run('reports', 'unsubscribe', 'ops');
  assert.equal((await cli.run(['reports', 'unsubscribe', 'ops'])).code, 3);
});
