// Real servers on real sockets: a mail server that speaks TLS, and receivers of HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { Channel, ChannelSecret, Notice, NoticeAlert } from '@wherry/core/alert-channel';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { AllowedAddresses } from '../callbacks/allowed-addresses.ts';
import { HttpCallbackSender } from '../callbacks/http-sender.ts';
import { keyFor, signed } from '../callbacks/signature.ts';
import { ChannelSender } from './channel-sender.ts';
import { shortText } from './notice-text.ts';
import { smsBody } from './sms.ts';
import { slackMessage } from './slack.ts';

const key = Buffer.alloc(32, 7);
const senderFor = (...texts: string[]): ChannelSender => {
  const allowed = new AllowedAddresses('alerts.targets', texts);
  const parts = { allowed, key: () => key, agent: 'wherry', now: () => 1_700_000_000_500 };
  return new ChannelSender({ http: new HttpCallbackSender(parts), allowed });
};
const sender = senderFor('127.0.0.1', 'localhost');

const hostile =
  'a"<script>alert(1)</script>\r\nBcc: evil@example.com\r\n\r\n<!channel> *x* {{ value }} \u202e';
const alert = (more: Partial<NoticeAlert> = {}): NoticeAlert => ({
  ...{
    status: 'firing',
    labels: { alertname: 'p95', severity: 'major', function_name: 'checkout.openfaas-fn' },
  },
  ...{
    sentence: 'p95 of checkout above 2 s for 5 minutes',
    summary: 'checkout is slow: 3.2 s',
    action: 'wherry calls checkout',
  },
  ...{ value: '3.2 s', startsAt: Date.UTC(2026, 0, 1), fingerprint: '0123456789abcdef', ...more },
});
const notice = (more: Partial<Notice> = {}): Notice => ({
  ...{
    id: '0190f0c2-0000-7abc-8def-000000000001',
    kind: 'alerts',
    status: 'firing',
    rule: 'p95',
    severity: 'major',
  },
  ...{ namespace: 'openfaas-fn', title: 'checkout is slow: 3.2 s', alerts: [alert()], more: 0 },
  ...{ at: Date.UTC(2026, 0, 1, 0, 5), source: 'http://gateway:8080', ...more },
});
const channel = (kind: Channel['kind'], more: Partial<Channel> = {}): Channel => ({
  ...{ name: 'ops', kind, matchers: [], resolved: true, ...more },
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly text: string;
}

/** A mail server that keeps what it gets. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onAuth: ({ username = '', password = '' }, _session, done) =>
      password === 'pass word' ? done(null, { user: username }) : done(new Error('no')),
    onData(stream, { envelope, user, secure }, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({
          from,
          to,
          user: user === undefined ? undefined : String(user),
          secure,
          text: Buffer.concat(pieces).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const mailTo = (port: number, more: Partial<NonNullable<Channel['mail']>> = {}): Channel =>
  channel('email', {
    mail: {
      ...{ host: '127.0.0.1', port, security: 'none', from: 'wherry@example.com' },
      ...{ to: ['ops@example.com', 'night@example.com'], ...more },
    },
  });
const send = (
  to: Channel,
  secret: ChannelSecret = {},
  what = notice(),
  signal = AbortSignal.timeout(10_000),
) => sender.send(to, secret, what, signal);

/** Headers of a mail, unfolded and decoded, and its parts decoded. */
function read({ text }: Mail): { readonly headers: readonly string[]; readonly body: string } {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const word = (all: string, how: string, what: string) =>
    how.toLowerCase() === 'b'
      ? Buffer.from(what, 'base64').toString()
      : Buffer.from(
          what
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString() || all;
  const headers = head
    .replace(/\r\n[ \t]+/g, ' ')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, word)
    .split('\r\n');
  const body = rest
    .join('\r\n\r\n')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { headers, body: Buffer.from(body, 'latin1').toString() };
}

test('a mail arrives with what is wrong and what to do, as text and as HTML', async () => {
  const { port, mails } = await mailServer();
  assert.deepEqual(await send(mailTo(port)), { status: 250, cause: 'it answered 250' });
  const [mail] = mails as [Mail];
  assert.deepEqual([mail.from, mail.to], ['wherry@example.com', ['ops@example.com', 'night@example.com']]);
  const { headers, body } = read(mail);
  assert.ok(headers.includes('Subject: [major] checkout is slow: 3.2 s'), headers.join('\n'));
  assert.ok(headers.includes('Message-ID: <0190f0c2-0000-7abc-8def-000000000001@wherry.invalid>'));
  assert.ok(headers.includes('Auto-Submitted: auto-generated'));
  assert.match(body, /p95 of checkout above 2 s for 5 minutes; it is 3\.2 s; since 2026-01-01T00:00:00Z/);
  assert.match(body, /What to do: wherry calls checkout/);
  assert.match(body, /text\/html/);
});

test('nothing in an alert becomes a header, another receiver or markup', async () => {
  const { port, mails } = await mailServer();
  const evil = notice({
    title: hostile,
    source: hostile,
    alerts: [alert({ summary: hostile, action: hostile, sentence: hostile })],
  });
  assert.equal((await send(mailTo(port), {}, evil)).status, 250);
  const [mail] = mails as [Mail];
  assert.deepEqual(mail.to, ['ops@example.com', 'night@example.com']);
  const { headers, body } = read(mail);
  assert.deepEqual(
    headers.filter((line) => /^bcc/i.test(line)),
    [],
  );
  assert.equal(headers.filter((line) => /^(?:to|from|subject|cc):/i.test(line)).length, 3);
  assert.match(headers.find((line) => line.startsWith('Subject:')) ?? '', /^Subject: \[major\] a"<script>/);
  const html = body.slice(body.indexOf('<!doctype html>'));
  assert.doesNotMatch(html, /<script|<!channel/);
  assert.match(html, /&#60;script&#62;/);
});

test('addresses that would say more to a mail server are refused', () => {
  const bad = [
    'a@b\r\nRCPT TO:<evil@example.com>',
    'a@b, c@d',
    '<a@b>',
    'Ops <a@b.c>',
    'a b@c',
    '@b',
    'a@',
    'a@b@c',
    'a@-',
  ];
  for (const address of bad) {
    for (const mail of [{ from: address }, { to: [address] }])
      assert.throws(() => sender.check(mailTo(25, mail), {}), { code: 'alert_channel_refused' }, address);
  }
  for (const more of [{ host: 'a b' }, { host: '' }, { port: 0 }, { to: [] }, { user: 'u' }])
    assert.throws(
      () => sender.check(mailTo(25, more), {}),
      { code: 'alert_channel_refused' },
      JSON.stringify(more),
    );
  sender.check(mailTo(25), {});
});

test('user and password go over TLS only; a wrong one, a false certificate and a server without TLS are told as such', async () => {
  const { port, mails } = await mailServer();
  // smtp-server's own certificate is for localhost, and vouched for by nobody.
  const starttls = mailTo(port, { security: 'starttls', user: 'me', host: 'localhost' });
  const untrusted = await send(starttls, { password: 'pass word' });
  assert.deepEqual([untrusted.status, mails.length], [0, 0]);
  assert.match(untrusted.cause, /no connection: .*(?:certificate|self)/i);
  const plain = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
  const without = await send(mailTo(plain.port, { security: 'starttls', user: 'me' }), {
    password: 'pass word',
  });
  assert.deepEqual([without.status, plain.mails.length], [0, 0]);
  assert.match(without.cause, /^no TLS/);
});

test('a server that is not there, says not now, or says never', async () => {
  const gone = await send(mailTo(1));
  assert.equal(gone.status, 0);
  assert.match(gone.cause, /ECONNREFUSED/);
  const answer = (responseCode: number): SMTPServerOptions => ({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('secret words'), { responseCode })),
  });
  const busy = await mailServer(answer(451));
  assert.deepEqual(await send(mailTo(busy.port)), { status: 451, cause: 'it answered 451' });
  const never = await mailServer(answer(550));
  await assert.rejects(send(mailTo(never.port)), {
    code: 'alert_channel_refused',
    message: 'it answered 550',
  });
  const silent = await mailServer({ onConnect: () => undefined });
  const late = await send(mailTo(silent.port), {}, notice(), AbortSignal.timeout(200));
  assert.equal(late.status, 0);
});

test('mail goes to the public internet, and to what the operator named', async () => {
  const { port, mails } = await mailServer();
  const strict = senderFor();
  for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'localhost', 'mail.localhost'])
    assert.throws(() => strict.check(mailTo(port, { host }), {}), { code: 'alert_channel_refused' }, host);
  // A name that leads inside is found out when it is looked up.
  const allowed = new AllowedAddresses('alerts.targets', []);
  const parts = { allowed, key: () => key, agent: 'wherry', now: Date.now };
  const inside = new ChannelSender({
    http: new HttpCallbackSender(parts),
    allowed,
    lookUp: async () => ['127.0.0.1'],
  });
  await assert.rejects(
    inside.send(mailTo(port, { host: 'mail.example' }), {}, notice(), AbortSignal.timeout(5_000)),
    {
      code: 'callback_refused',
    },
  );
  assert.equal(mails.length, 0);
  // The control: the same server, allowed.
  assert.equal((await send(mailTo(port))).status, 250);
});

const receiver = http.createServer();
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
after(() => receiver.close());
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?key=secret`;

/** What is sent to us next. */
async function received(
  sending: Promise<unknown>,
): Promise<{ headers: http.IncomingHttpHeaders; body: string }> {
  const [request, response] = (await once(receiver, 'request')) as [
    http.IncomingMessage,
    http.ServerResponse,
  ];
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  response.end('ok');
  await sending;
  return { headers: request.headers, body: Buffer.concat(pieces).toString() };
}

test('a webhook gets what Alertmanager sends, signed', async () => {
  const what = notice({
    alerts: [
      alert(),
      alert({
        status: 'resolved',
        endsAt: Date.UTC(2026, 0, 2),
        labels: { alertname: 'p95', function_name: 'b.c' },
      }),
    ],
    more: 3,
  });
  const { headers, body } = await received(
    send(channel('webhook'), { url: hook, authorization: 'Bearer x' }, what),
  );
  const message = JSON.parse(body) as Record<string, unknown> & { alerts: Record<string, unknown>[] };
  assert.deepEqual(
    [
      message['version'],
      message['status'],
      message['receiver'],
      message['truncatedAlerts'],
      message['groupLabels'],
    ],
    ['4', 'firing', 'ops', 3, { alertname: 'p95', namespace: 'openfaas-fn' }],
  );
  assert.deepEqual(message['commonLabels'], { alertname: 'p95' });
  assert.deepEqual(message.alerts[0], {
    status: 'firing',
    labels: { alertname: 'p95', severity: 'major', function_name: 'checkout.openfaas-fn' },
    annotations: {
      summary: 'checkout is slow: 3.2 s',
      description: 'p95 of checkout above 2 s for 5 minutes',
      action: 'wherry calls checkout',
      value: '3.2 s',
    },
    startsAt: '2026-01-01T00:00:00.000Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://gateway:8080',
    fingerprint: '0123456789abcdef',
  });
  assert.equal(message.alerts[1]?.['endsAt'], '2026-01-02T00:00:00.000Z');
  assert.deepEqual([headers['authorization'], headers['content-type']], ['Bearer x', 'application/json']);
  const by = signed(what.id, 1_700_000_000, Buffer.from(body), keyFor(key, new URL(hook).origin));
  assert.equal(headers['webhook-signature'], by['webhook-signature']);
});

test('Slack gets plain text in which nothing is markup or calls anybody', async () => {
  const evil = notice({
    title: hostile,
    alerts: Array.from({ length: 60 }, () => alert({ summary: hostile })),
    more: 5,
  });
  const { body } = await received(send(channel('slack'), { url: hook }, evil));
  const message = JSON.parse(body) as {
    text: string;
    blocks: { type: string; text: { type: string; text: string } }[];
  };
  assert.doesNotMatch(message.text, /[<>]|\*x\*/);
  assert.ok(message.blocks.length <= 50);
  for (const { text } of message.blocks) assert.equal(text.type, 'plain_text');
  assert.ok(message.blocks.every(({ text }) => text.text.length <= 3_000));
  assert.match(message.blocks.at(-2)?.text.text ?? '', /and 45 more/);
  assert.deepEqual(Object.keys(slackMessage(notice())).sort(), ['blocks', 'text']);
});

test('a short message is one line in the place of the template, and becomes no field', async () => {
  const form = { as: 'form', body: { To: '+4900', Body: 'Alert: {{ text }}', n: 1 } } as const;
  const { headers, body } = await received(
    send(
      channel('sms', { form }),
      { url: hook, authorization: 'Basic eA==' },
      notice({ title: 'x&To=%2B1\r\n{{ text }}' }),
    ),
  );
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  const fields = [...new URLSearchParams(body)];
  assert.deepEqual(fields, [
    ['To', '+4900'],
    ['Body', 'Alert: Wherry [major] x&To=%2B1 {{ text }}'],
    ['n', '1'],
  ]);
  const json = { as: 'json', body: { messages: [{ to: ['+4900'], text: '{{text}}' }] } } as const;
  const made = smsBody(json, shortText(notice({ title: '"},"to":["+1"]'.padEnd(900, 'x') })));
  const parsed = JSON.parse(Buffer.from(made.body).toString()) as {
    messages: { to: string[]; text: string }[];
  };
  assert.deepEqual([parsed.messages[0]?.to, parsed.messages[0]?.text.length], [['+4900'], 207]);
});

test('a heartbeat is one request', async () => {
  const { body } = await received(
    sender.beat(channel('heartbeat'), { url: hook }, AbortSignal.timeout(5_000)),
  );
  assert.equal(body, 'alive\n');
});

test('addresses that are none, hold a password or lead inside are refused', () => {
  const strict = senderFor();
  const refused = (secret: ChannelSecret, kind: Channel['kind'] = 'webhook') =>
    assert.throws(
      () => strict.check(channel(kind), secret),
      { code: 'alert_channel_refused' },
      JSON.stringify(secret),
    );
  for (const url of [
    '',
    'nothing',
    'file:///etc/passwd',
    'ftp://a/',
    'http://u:p@example.com/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://localhost/',
    'http://169.254.169.254/',
  ])
    refused({ url });
  refused({});
  refused({ url: 'https://example.com/', authorization: 'a\r\nX: y' });
  refused({ url: 'https://example.com/' }, 'sms');
  refused({}, 'function');
  strict.check(channel('webhook'), { url: 'https://example.com/' });
});
