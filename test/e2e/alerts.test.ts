// Alerts as people meet them: a real gateway, real functions, a real mail server and real receivers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AlertEventInfo, AlertList } from '@wherry/wire/alert-lists';
import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { rounds } from './alert-rounds.ts';
import { certify, noCertificates } from './certificate.ts';
import { freshHome, Gateway } from './gateway.ts';
import { mailServer } from './mail-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'wherry-alerts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fast = [
  '--alerts-every',
  '1s',
  '--alerts-wait',
  '0s',
  '--alerts-interval',
  '0s',
  '--alerts-targets',
  '127.0.0.1',
];
const secret = 'pass-word-that-nobody-sees';

/** Says what it is told to, and remembers alerts. */
const talker = {
  name: 'talker',
  files: {
    'handler.js': 'module.exports = async (event) => { console.log(String(event.body)); return "said"; };',
  },
};

interface Received {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly answer: (status: number) => void;
}

/** A receiver that hands out what comes, one after the other. */
async function receiver(t: { after(fn: () => void): void }) {
  const server = http.createServer();
  const come: Received[] = [];
  const waiting: ((one: Received) => void)[] = [];
  let always: number | undefined;
  server.on('request', async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const answer = (status: number): void => void response.writeHead(status).end();
    const one = {
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(pieces).toString(),
      answer,
    };
    if (always !== undefined) answer(always);
    const next = waiting.shift();
    if (next === undefined) come.push(one);
    else next(one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (): Promise<Received> =>
      come.length > 0
        ? Promise.resolve(come.shift() as Received)
        : new Promise((resolve) => waiting.push(resolve)),
    get waiting() {
      return come.length;
    },
    /** Answers all that comes from now on by itself. */
    answerAll(status: number): void {
      always = status;
    },
  };
}

async function put(gateway: Gateway, path: string, body: unknown): Promise<unknown> {
  const response = await gateway.system('PUT', `/system/alerts/${path}`, body);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

async function get<T>(gateway: Gateway, path = ''): Promise<T> {
  const response = await gateway.system('GET', `/system/alerts${path}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as T;
}

/** Asks until it is so; the test's own time ends what never comes. */
async function until<T>(ask: () => Promise<T>, is: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (is(found)) return found;
    // What was asked may have been in memory: others get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const lost = {
  logs: { functions: 'talker', pattern: 'order (\\d+) lost', within: '1h' },
  severity: 'critical',
  summary: '{{ function }}: {{ line }}',
  action: 'find it',
};

test('a line in a log becomes a mail over TLS, a message for others’ tools, and a call of a function', {
  skip: noCertificates,
  timeout: 120_000,
}, async (t) => {
  certify(join(folder, 'mail'), 'mail');
  const mail = await mailServer(t, join(folder, 'mail'), secret);
  const hooks = await receiver(t);
  const env = { NODE_EXTRA_CA_CERTS: join(folder, 'mail.crt') };
  const gateway = await Gateway.start(t, { args: fast, env });
  await gateway.deploy(talker);
  await gateway.deploy({
    name: 'pager',
    files: {
      'handler.js':
        'module.exports = async (event, context) => { console.log("paged " + event.body.alerts[0].labels.alertname); return ""; };',
    },
    spec: { annotations: { 'com.wherry.visibility': 'private' } },
  });
  await put(gateway, 'channels/mail', {
    ...{ kind: 'email', password: secret },
    mail: {
      host: '127.0.0.1',
      port: mail.port,
      user: 'me',
      from: 'wherry@example.com',
      to: ['ops@example.com'],
    },
  });
  await put(gateway, 'channels/hook', { kind: 'webhook', url: `${hooks.url}/in?key=${secret}` });
  await put(gateway, 'channels/pager', { kind: 'function', function: 'pager' });
  await put(gateway, 'rules/lost', lost);
  const before = await rounds(gateway);
  await until(
    () => rounds(gateway),
    (now) => now > before + 1,
  );
  await gateway.said('talker', 'order 17 lost\u001b]0;x\u0007 <b>now</b>');
  const message = await hooks.next();
  message.answer(200);
  const told = JSON.parse(message.body) as {
    version: string;
    alerts: { labels: Record<string, string>; annotations: Record<string, string> }[];
  };
  assert.equal(told.version, '4');
  assert.deepEqual(told.alerts[0]?.labels, {
    ...{ function_name: 'talker.openfaas-fn', alertname: 'lost', severity: 'critical' },
  });
  assert.equal(told.alerts[0]?.annotations['summary'], 'talker: order 17 lost ]0;x  <b>now</b>');
  await until(
    async () => mail.mails.length,
    (count) => count === 1,
  );
  const [letter] = mail.mails;
  assert.deepEqual([letter?.user, letter?.secure, letter?.to], ['me', true, ['ops@example.com']]);
  assert.match(letter?.text ?? '', /^Subject: \[critical\] talker: order 17 lost/m);
  const said = () => gateway.system('GET', '/system/logs?name=pager').then((answer) => answer.text());
  await until(said, (text) => text.includes('paged lost'));
  const { alerts, working } = await get<AlertList>(gateway);
  assert.deepEqual(
    [alerts.length, alerts[0]?.state, alerts[0]?.action, working],
    [1, 'firing', 'find it', true],
  );
  const events = await until(
    () => get<readonly AlertEventInfo[]>(gateway, '/history'),
    (all) => all.filter(({ what }) => what === 'sent').length === 2,
  );
  const sent = events.find(({ what, channel }) => what === 'sent' && channel === 'mail');
  const outcome = await (await gateway.system('GET', `/system/calls/${sent?.delivery}`)).json();
  assert.equal((outcome as { call: { kind: string; state: string } }).call.kind, 'notice');
  const audited = await (await gateway.system('GET', '/system/audit?what=alerts.sent')).text();
  assert.match(audited, /"name":"mail"/);
  // What is secret about channels stands nowhere in the clear.
  const told2 = await Promise.all(
    [
      '/system/alerts/channels',
      '/system/audit?limit=1000',
      '/system/queue/calls?limit=100',
      '/system/alerts/history',
    ].map(async (path) => (await gateway.system('GET', path)).text()),
  );
  await gateway.stop();
  const files = readdirSync(gateway.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  assert.ok(files.length > 3);
  for (const text of [...files, ...told2, gateway.output]) assert.ok(!text.includes(secret));
});

test('killed with a message on its way: it arrives after the restart, with the same id; the control has nothing to send', {
  timeout: 120_000,
}, async (t) => {
  const home = freshHome();
  const copy = freshHome();
  t.after(() => {
    for (const one of [home, copy]) rmSync(one, { recursive: true, force: true });
  });
  const hooks = await receiver(t);
  const first = await Gateway.start(t, { home, args: fast });
  await first.deploy(talker);
  await put(first, 'channels/hook', { kind: 'webhook', url: hooks.url });
  await put(first, 'rules/lost', lost);
  await first.stop();
  rmSync(copy, { recursive: true, force: true });
  cpSync(home, copy, { recursive: true, filter: (from) => !from.includes('/run') });

  const second = await Gateway.start(t, { home, args: fast });
  const before = await rounds(second);
  await until(
    () => rounds(second),
    (now) => now > before + 1,
  );
  await second.said('talker', 'order 1 lost');
  const lostOne = await hooks.next();
  // It is at the receiver's door, and nobody said that it took it.
  await second.stop('SIGKILL');
  const third = await Gateway.start(t, { home, args: fast });
  const again = await hooks.next();
  again.answer(200);
  assert.equal(again.headers['webhook-id'], lostOne.headers['webhook-id']);
  assert.equal(again.body, lostOne.body);
  const sent = (all: readonly AlertEventInfo[]) => all.some(({ what }) => what === 'sent');
  await until(() => get<readonly AlertEventInfo[]>(third, '/history'), sent);
  const since = await rounds(third);
  await until(
    () => rounds(third),
    (now) => now > since + 3,
  );
  assert.equal(hooks.waiting, 0, 'nothing is told twice');
  assert.equal((await get<AlertList>(third)).alerts[0]?.state, 'firing');
  await third.stop();

  // The control: the same from a copy of the disk of before it fired.
  const control = await Gateway.start(t, { home: copy, args: fast });
  const from = await rounds(control);
  await until(
    () => rounds(control),
    (now) => now > from + 3,
  );
  assert.equal(hooks.waiting, 0);
  assert.deepEqual((await get<AlertList>(control)).alerts, []);
});

test('the API keeps to what a token is for, and the command line does it all', {
  timeout: 180_000,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: fast });
  const hooks = await receiver(t);
  await gateway.deploy(talker);
  const wherry = async (
    ...args: readonly string[]
  ): Promise<{ code: number | null; out: string; err: string }> => {
    const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');
    const child = spawn(process.execPath, [launcher, 'alerts', ...args, '-g', gateway.url], {
      cwd: folder,
      env: { ...process.env, WHERRY_HOME: gateway.home },
    });
    child.stdin.end(`${hooks.url}/cli\n`);
    let [out, err] = ['', ''];
    child.stdout.on('data', (bytes) => (out += bytes));
    child.stderr.on('data', (bytes) => (err += bytes));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  };
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await wherry(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${out}${err}`);
    return out;
  };
  assert.match(await done('rules'), /p95 +quiet +warning +p95 of a function above 2 s for 5 minutes/);
  assert.match(
    await done('rule', 'add', 'there', '--query', 'gateway_service_count', '--above', '0', '--dry-run'),
    /Would put rule there/,
  );
  assert.match(
    await done(
      'rule',
      'add',
      'there',
      '--query',
      'gateway_service_count',
      '--above',
      '0',
      '--subject',
      'instances of {{ function }}',
    ),
    /instances of a function above 0/,
  );
  assert.match(
    await done('rule', 'change', 'p95', '--threshold', '4', '--for', '10m'),
    /above 4 s for 10 minutes/,
  );
  assert.match(await done('rule', 'change', 'there', '--severity', 'info'), /there/);
  assert.match(await done('rule', 'show', 'there'), /severity +info/);
  assert.match((await wherry('rule', 'add', 'bad', '--query', 'sum(')).err, /alert rule cannot be used/);
  assert.equal((await wherry('rule', 'show', 'nothing')).code, 3);
  assert.match(await done('channel', 'add', 'hook', 'webhook'), /Channel hook: webhook/);
  assert.match(
    (await wherry('channel', 'add', 'in', 'webhook', '--from-file', 'inside.txt')).err,
    /inside\.txt/,
  );
  assert.match(await done('channels'), /hook +webhook +http:\/\/127\.0\.0\.1:\d+ +everything/);
  await done('channel', 'test', 'hook');
  // Numbers are kept every ten seconds, so the alert comes before or after the test.
  const both = [await hooks.next(), await hooks.next()];
  for (const one of both) one.answer(200);
  const about = both.map(({ body }) => /"alertname":"(\w+)"/.exec(body)?.[1]);
  assert.deepEqual(new Set(about), new Set(['test', 'there']));
  assert.equal(both[0]?.url, '/cli');
  assert.match(await done('channel', 'add', 'dead-man', 'heartbeat'), /Channel dead-man: heartbeat/);
  // Beats come by themselves, too.
  hooks.answerAll(204);
  assert.deepEqual(await wherry('channel', 'test', 'dead-man'), {
    ...{ code: 0, out: 'Heard: it answered 204\n', err: '' },
  });
  const beat = await hooks.next();
  assert.deepEqual([beat.url, beat.body], ['/cli', 'alive\n']);
  hooks.answerAll(404);
  const { code, out } = await wherry('channel', 'test', 'dead-man', '-o', 'json');
  assert.deepEqual(
    [code, JSON.parse(out)],
    [1, { beat: { heard: false, status: 404, cause: 'it answered 404' } }],
  );
  await done('channel', 'remove', 'dead-man');
  assert.match(
    await done('list'),
    /firing info[\s\S]*instances of talker above 0[\s\S]*gateway_service_count/,
  );
  assert.match(await done('rule', 'test', 'there'), /yes +1/);
  const id = (
    await done('silence', 'function_name=talker.openfaas-fn', '--for', '1h', '--why', 'a test')
  ).trim();
  assert.match(await done('silences'), new RegExp(`${id} +quiet[\\s\\S]*a test`));
  assert.match(await done('list'), new RegExp(`silenced by ${id}`));
  await done('unsilence', id);
  assert.match(await done('history', '--what', 'firing'), /firing +there +talker\.openfaas-fn/);
  writeFileSync(join(folder, 'address.txt'), `${hooks.url}/file\n`);
  writeFileSync(
    join(folder, 'alerts.yaml'),
    'rules:\n  p95: { threshold: 3 }\n  many: { query: sum(gateway_service_count), threshold: 100, for: 5m }\nchannels:\n  more: { kind: slack, urlFile: address.txt, matchers: ["severity=critical"] }\n',
  );
  assert.match(await done('apply', '--dry-run'), /Would put rules p95, many; channels more/);
  assert.match(await done('apply', '-f', 'alerts.yaml'), /Applied rules p95, many; channels more/);
  assert.match(await done('rules'), /p95 of a function above 3 s for 10 minutes/);
  await done('channel', 'remove', 'more');
  await done('rule', 'remove', 'p95');
  assert.match(await done('rules'), /above 2 s for 5 minutes/);

  const made = await gateway.system('POST', '/system/tokens', {
    name: 'others',
    scopes: ['read', 'deploy'],
    functions: 'other-*',
  });
  const { token } = (await made.json()) as { token: string };
  const as = (method: string, path: string, body?: unknown) =>
    gateway.system(method, `/system/alerts${path}`, body, { authorization: `Bearer ${token}` });
  assert.deepEqual(((await (await as('GET', '')).json()) as AlertList).alerts, []);
  const rules = (await (await as('GET', '/rules')).json()) as readonly AlertRuleInfo[];
  assert.ok(rules.length > 10 && rules.every(({ preset, firing }) => preset && firing === 0));
  assert.deepEqual(await (await as('GET', '/history')).json(), []);
  const quiet = (...matchers: string[]) => as('POST', '/silences', { matchers, for: '1h' });
  assert.equal((await quiet('function_name=talker.openfaas-fn')).status, 403);
  assert.equal((await quiet('alertname=~.+')).status, 403);
  assert.equal((await quiet('function_name=other-1.openfaas-fn', 'alertname=p95')).status, 200);
  assert.equal((await as('PUT', '/rules/x', { query: '1' })).status, 403);
  assert.equal((await as('GET', '/channels')).status, 403);
  const inside = await gateway.system('PUT', '/system/alerts/channels/x', {
    kind: 'slack',
    url: 'http://169.254.169.254/',
  });
  assert.deepEqual([inside.status, inside.headers.get('x-wherry-error')], [400, 'alert_channel_refused']);
});
