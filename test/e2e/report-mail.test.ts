// Reports by mail: a real gateway that is killed, a real mail server that is busy, and a real parser of mails.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { openStore } from '@wherry/storage/sqlite/open-store';
import type { ReportInfo } from '@wherry/wire/reports';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { freshHome, Gateway } from './gateway.ts';

const dayMs = 86_400_000;
const args = ['--alerts-targets', '127.0.0.1'];
/** As many days were missed: a mail for each. */
const missed = 12;

/** A mail server that says `busy` as often as it is told to, and keeps what it takes. */
async function sink(t: TestContext) {
  const state = { mails: [] as string[], busy: 0, turnedAway: 0 };
  const server = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true },
    onRcptTo(_address, _session, done) {
      if (state.busy <= 0) return done();
      state.busy -= 1;
      state.turnedAway += 1;
      done(Object.assign(new Error('busy'), { responseCode: 451 }));
    },
    onData(stream, _session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        state.mails.push(Buffer.concat(pieces).toString());
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  return Object.assign(state, { port: (server.server.address() as AddressInfo).port });
}

async function withMail(t: TestContext, port: number): Promise<Gateway> {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const gateway = await Gateway.start(t, { home, args });
  const mail = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'wherry@example.com',
    to: ['ops@example.com'],
  };
  const put = await gateway.system('PUT', '/system/alerts/channels/ops-mail', { kind: 'email', mail });
  assert.ok(put.ok, await put.text());
  return gateway;
}

const reportsOf = async (gateway: Gateway): Promise<readonly ReportInfo[]> =>
  (await gateway.system('GET', '/system/reports')).json() as Promise<readonly ReportInfo[]>;

test('each report is one mail, though the gateway is killed again and again and the mail server is busy', async (t) => {
  const mails = await sink(t);
  const first = await withMail(t, mails.port);
  const { home } = first;
  await first.stop();
  const store = await openStore({ home, now: Date.now });
  const since = Math.floor(Date.now() / dayMs - missed) * dayMs;
  const about = { name: 'ops', every: 'day', zone: 'UTC', at: 0 } as const;
  await store.reports.putSubscription({ ...about, channels: ['ops-mail'], since });
  await store.close();
  mails.busy = 4;
  for (let kill = 0; kill < 4; kill += 1) {
    const gateway = await Gateway.start(t, { home, args });
    await later(60 + 150 * kill);
    await gateway.stop('SIGKILL');
  }
  const gateway = await Gateway.start(t, { home, args });
  const allSent = (all: readonly ReportInfo[]): boolean =>
    all.length === missed &&
    all.every(({ deliveries = [] }) => deliveries.length === 1 && deliveries[0]?.state === 'sent');
  let reports = await reportsOf(gateway);
  for (const end = Date.now() + 60_000; !allSent(reports) && Date.now() < end; await later(50))
    reports = await reportsOf(gateway);
  assert.ok(allSent(reports), JSON.stringify(reports.map(({ deliveries }) => deliveries)));
  assert.ok(mails.turnedAway > 0, 'the mail server was never busy: nothing was tried again');
  const read = await Promise.all(mails.mails.map((text) => new PostalMime().parse(text)));
  // A kill after the server took a mail and before that was noted sends it again: under the same number, by which mail programs show it once.
  const numbers = new Set(read.map(({ messageId }) => messageId));
  assert.equal(numbers.size, missed);
  const queued = await (await gateway.system('GET', '/system/queue/calls?limit=1000')).json();
  assert.equal((queued as unknown[]).length, missed, 'one message in the queue for each');
  t.diagnostic(`${mails.turnedAway} times turned away, ${read.length} mails for ${missed} reports`);
  assert.match(mails.mails[0] ?? '', /^Content-Type: multipart\/alternative;/m);
  assert.match(read[0]?.subject ?? '', /^Wherry: Daily report: /);
  assert.match(read[0]?.text ?? '', /^IN ALL$/m);
  assert.doesNotMatch(read[0]?.html ?? '', /<script|<img|src=|href=|url\(/i);
});

test('sent at once where somebody asks; a channel in use stays; what failed is said', async (t) => {
  const mails = await sink(t);
  const gateway = await withMail(t, mails.port);
  const cli = new Wherry(t, { WHERRY_URL: gateway.url, WHERRY_TOKEN: gateway.token });
  const made = await cli.run(['reports', 'make', '--to', 'ops-mail']);
  assert.equal(made.code, 0, made.err);
  for (const end = Date.now() + 20_000; mails.mails.length < 1 && Date.now() < end; await later(20));
  assert.equal(mails.mails.length, 1);
  const wrong = await cli.run(['reports', 'make', '--to', 'ops-mial']);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.err, /ops-mial" is no channel for reports; there are ops-mail/);
  assert.equal((await cli.run(['reports', 'subscribe', 'ops', '--to', 'ops-mail'])).code, 0);
  const used = await cli.run(['alerts', 'channel', 'remove', 'ops-mail']);
  assert.notEqual(used.code, 0);
  assert.match(used.err, /ops-mail gets the report ops/);
  assert.match((await cli.run(['reports', 'pause', 'ops'])).out.toString(), /ops rests/);
  assert.match((await cli.run(['reports', 'subscriptions'])).out.toString(), /\(paused\)/);
  assert.match((await cli.run(['reports', 'resume', 'ops'])).out.toString(), /ops goes on/);
  assert.equal((await cli.run(['reports', 'unsubscribe', 'ops'])).code, 0);
  // A mail that waits, and whose channel goes meanwhile, can never be sent.
  mails.busy = 1_000;
  await cli.run(['reports', 'make', '--to', 'ops-mail']);
  for (const end = Date.now() + 20_000; mails.turnedAway < 1 && Date.now() < end; await later(20));
  assert.match((await cli.run(['reports', 'list'])).out.toString(), /ops-mail queued \(it answered 451\)/);
  assert.equal((await cli.run(['alerts', 'channel', 'remove', 'ops-mail'])).code, 0);
  let listed = '';
  for (const end = Date.now() + 30_000; Date.now() < end && !/failed/.test(listed); await later(100))
    listed = (await cli.run(['reports', 'list'])).out.toString();
  assert.match(listed, /ops-mail failed \(it was taken back from the queue\)/);
});
