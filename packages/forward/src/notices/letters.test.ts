// Reports by the channels of the alerts: a real mail server and a real parser of mails, and real receivers of HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { Channel, ChannelSecret, Letter } from '@wherry/core/alert-channel';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { AllowedAddresses } from '../callbacks/allowed-addresses.ts';
import { HttpCallbackSender } from '../callbacks/http-sender.ts';
import { ChannelSender } from './channel-sender.ts';

const allowed = new AllowedAddresses('alerts.targets', ['127.0.0.1', 'localhost']);
const parts = { allowed, key: () => Buffer.alloc(32, 7), agent: 'wherry', now: Date.now };
const sender = new ChannelSender({ http: new HttpCallbackSender(parts), allowed });
const madeAt = Date.UTC(2026, 10, 27, 7);
const letter = (more: Partial<Letter> = {}): Letter => ({
  ...{
    kind: 'report',
    id: 'wherry-report-ops-2026-11-26/ops-mail',
    key: 'wherry-report-ops-2026-11-26/ops-mail',
  },
  ...{ subject: 'Wherry: Tägliches: 26 November 2026', short: 'Wherry: 1,204 calls', at: madeAt },
  text: 'Daily report\n\nabout\n\nIN ALL\ncalls  1,204\n',
  html: '<!doctype html><html><body><h1>Daily report</h1><td>1,204</td></body></html>',
  ...more,
});
const channel = (kind: Channel['kind'], more: Partial<Channel> = {}): Channel => ({
  ...{ name: 'ops-mail', kind, matchers: [], resolved: true, ...more },
});
const write = (to: Channel, what: Letter, secret: ChannelSecret = {}) =>
  sender.write(to, secret, what, AbortSignal.timeout(10_000));

/** What a mail server gets, as it came and as a mail program reads it. */
async function mailed(what: Letter) {
  const raw: Buffer[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true },
    onData(stream, { envelope }, done) {
      const pieces: Buffer[] = [
        Buffer.from(envelope.rcptTo.map(({ address }) => `to ${address}\n`).join('')),
      ];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        raw.push(Buffer.concat(pieces));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const mail = { host: '127.0.0.1', port, security: 'none', from: 'wherry@example.com' } as const;
  const received = await write(channel('email', { mail: { ...mail, to: ['ops@example.com'] } }), what);
  await new Promise<void>((resolve) => server.close(resolve));
  assert.deepEqual(received, { status: 250, cause: 'it answered 250' });
  const [, to = '', text = ''] = /^((?:to .*\n)*)([\s\S]*)$/.exec(String(raw[0])) ?? [];
  return { to, raw: text, mail: await new PostalMime().parse(text) };
}

test('a mail has the report as a page and as text, under headers that every program reads', async () => {
  const { to, raw, mail } = await mailed(letter());
  assert.equal(to, 'to ops@example.com\n');
  assert.match(raw, /^Content-Type: multipart\/alternative;/m);
  const kinds = [...raw.matchAll(/^Content-Type: (text\/\w+)/gm)].map(([, kind]) => kind);
  // The richest comes last, as RFC 2046 wants it.
  assert.deepEqual(kinds, ['text/plain', 'text/html']);
  assert.equal(mail.subject, 'Wherry: Tägliches: 26 November 2026');
  const [head = ''] = raw.split('\r\n\r\n');
  assert.doesNotMatch(head, /[^\r\n\t\u0020-\u007e]/, 'headers are ASCII on the wire');
  assert.equal(mail.messageId, '<wherry-report-ops-2026-11-26.ops-mail@wherry.invalid>');
  assert.equal(Date.parse(mail.date ?? ''), madeAt);
  assert.equal(mail.text?.trim(), letter().text.trim());
  assert.equal(mail.html?.trim(), letter().html);
  assert.equal(mail.attachments.length, 0);
});

test('no name becomes a header, another receiver or another part of the mail', async () => {
  const evil = 'x\r\nBcc: evil@example.com\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\u202e';
  const { to, mail } = await mailed(
    letter({ subject: evil, id: evil, text: `${evil}\r\n.\r\nRCPT TO:<evil@example.com>\r\n--x--` }),
  );
  assert.equal(to, 'to ops@example.com\n');
  assert.deepEqual(
    mail.headers.filter(({ key }) => ['bcc', 'cc'].includes(key)),
    [],
  );
  for (const once of ['to', 'from', 'subject', 'message-id', 'content-type', 'date'])
    assert.equal(mail.headers.filter(({ key }) => key === once).length, 1, once);
  assert.match(mail.messageId ?? '', /^<[A-Za-z0-9.-]+@wherry\.invalid>$/);
  assert.equal(mail.html?.trim(), letter().html);
  assert.match(mail.text ?? '', /RCPT TO:<evil/);
});

const receiver = http.createServer();
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
after(() => receiver.close());
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?key=secret`;

async function posted(to: Channel, what: Letter) {
  const sending = write(to, what, { url });
  const [request, response] = (await once(receiver, 'request')) as [
    http.IncomingMessage,
    http.ServerResponse,
  ];
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  response.end('ok');
  assert.equal((await sending).status, 200);
  return { headers: request.headers, body: Buffer.concat(pieces).toString() };
}

test('a chat gets its parts in letters of one width, a telephone one line, a webhook everything', async () => {
  const said = letter({ text: `Daily\n\nabout\n\nIN ALL\n<!channel> *x*\n\n${'y'.repeat(9_000)}` });
  const chat = JSON.parse((await posted(channel('slack'), said)).body) as {
    text: string;
    blocks: { type: string; elements?: { type: string; elements: { type: string; text: string }[] }[] }[];
  };
  assert.deepEqual(
    chat.blocks.map(({ type }) => type),
    ['header', 'rich_text', 'rich_text', 'rich_text'],
  );
  const texts = chat.blocks.flatMap(({ elements = [] }) => elements.flatMap((one) => one.elements));
  assert.ok(texts.every(({ type, text }) => type === 'text' && text.length <= 2_900));
  assert.equal(texts[1]?.text, 'IN ALL\n<!channel> *x*');
  const form = { as: 'form', body: { To: '+4900', Body: '{{ text }}' } } as const;
  const short = `calls&To=%2B1\r\n${'z'.repeat(900)}`;
  const sms = new URLSearchParams((await posted(channel('sms', { form }), letter({ short }))).body);
  assert.deepEqual([...sms.keys()], ['To', 'Body']);
  assert.ok((sms.get('Body') ?? '').length <= 300 && !/[\r\n]/.test(sms.get('Body') ?? ''));
  const { headers, body } = await posted(channel('webhook'), letter());
  const { id, at, short: _, ...whole } = letter();
  assert.deepEqual(JSON.parse(body), whole);
  assert.equal(headers['webhook-id'], id);
  assert.ok(at > 0 && String(headers['webhook-signature']).startsWith('v1'));
});
