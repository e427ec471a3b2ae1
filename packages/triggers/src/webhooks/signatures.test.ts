// Signatures as their senders publish them, and what is close to one.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { SignatureVerdict } from '@wherry/core/ports/webhook-signatures';
import type { WebhookScheme } from '@wherry/core/webhook';
import { webhookSignatures } from './signatures.ts';

interface Sample {
  readonly scheme: WebhookScheme;
  readonly secret: string;
  readonly headers: readonly string[];
  readonly body: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** From the senders' own documentation. */
const samples: Readonly<Record<string, Sample>> = {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: {
    scheme: { kind: 'github' },
    secret: "It's a Secret to Everybody",
    headers: [
      'X-Hub-Signature-256',
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    ],
    body: 'Hello, World!',
    at: 0,
  },
  // https://api.slack.com/authentication/verifying-requests-from-slack
  slack: {
    scheme: { kind: 'slack' },
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: [
      ...['X-Slack-Request-Timestamp', '1531420618'],
      ...['X-Slack-Signature', 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
    ],
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    at: 1_531_420_618,
  },
  // https://docs.svix.com/receiving/verifying-payloads/how-manual
  standard: {
    scheme: { kind: 'standard' },
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: [
      ...['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp', '1614265330'],
      ...['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ],
    body: '{"test": 2432232314}',
    at: 1_614_265_330,
  },
  // https://docs.stripe.com/webhooks#verify-manually, made as it says there
  stripe: {
    scheme: { kind: 'stripe' },
    secret: 'whsec_test_secret',
    headers: [
      'Stripe-Signature',
      `t=1492774577,v1=${hex('whsec_test_secret', '1492774577.{"id":"evt_1"}')},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`,
    ],
    body: '{"id":"evt_1"}',
    at: 1_492_774_577,
  },
};

function hex(secret: string, signed: string): string {
  return createHmac('sha256', secret).update(signed).digest('hex');
}

function check(sample: Sample, more: Partial<Sample> = {}): SignatureVerdict {
  const { scheme, secret, headers, body, at } = { ...sample, ...more };
  return webhookSignatures.check({
    ...{ scheme, headers, now: at * 1000 },
    ...{ secret: Buffer.from(secret), body: Buffer.from(body) },
  });
}

const refused = (verdict: SignatureVerdict, why: RegExp, note = '') => {
  assert.equal(verdict.fits, false, note);
  if (!verdict.fits) assert.match(verdict.why, why, note);
};
const another = /another secret, or of another body/;

for (const [name, sample] of Object.entries(samples)) {
  test(`${name}: what its sender publishes fits, and nothing else does`, () => {
    const { secret, body, headers } = sample;
    assert.equal(check(sample).fits, true);
    refused(check(sample, { body: `${body} ` }), another);
    refused(check(sample, { body: '' }), another);
    refused(check(sample, { secret: `${secret.slice(0, -1)}z` }), another);
    refused(check(sample, { secret: '' }), another, 'an empty secret is no secret');
    refused(check(sample, { secret: '\n\n' }), another, 'nor are empty lines');
    refused(check(sample, { headers: [] }), /there is no header/);
    refused(check(sample, { headers: [...headers, ...headers] }), /was sent twice/);
    refused(
      check(sample, { headers: headers.map((text, i) => (i % 2 === 0 ? text : '')) }),
      /there is no header/,
    );
  });

  test(`${name}: a secret and its successor are both good`, () => {
    const { secret } = sample;
    for (const both of [`new\n${secret}`, `${secret}\r\nnew\r\n`, `\n ${secret} \n`])
      assert.equal(check(sample, { secret: both }).fits, true, JSON.stringify(both));
  });

  test(`${name}: one bit that is wrong is wrong, and so is a signature that is shorter or longer`, () => {
    const at = sample.headers.findIndex((text) => /[0-9a-f]{64}|v1,/.test(text));
    const header = sample.headers[at] as string;
    const change = (text: string) => sample.headers.map((one, i) => (i === at ? text : one));
    const flipped = header.replace(/(?<=sha256=|v0=|v1=|v1,)[^,]/, (c) => (c === 'a' ? 'b' : 'a'));
    assert.notEqual(flipped, header);
    for (const text of [flipped, header.slice(0, -1), `${header}0`, header.replace(/=?.{20}$/, '')])
      assert.equal(
        check(sample, { headers: change(text) }).fits,
        name === 'stripe' && text !== flipped,
        text,
      );
  });

  if (sample.at > 0)
    test(`${name}: five minutes before and after, no more; and its mark is the signature`, () => {
      for (const seconds of [-300, 300]) assert.equal(check(sample, { at: sample.at + seconds }).fits, true);
      for (const seconds of [-301, 301, -1e9, 1e9])
        refused(check(sample, { at: sample.at + seconds }), /more than 5 minutes/);
      const [one, other] = [check(sample), check(sample, { at: sample.at + 100 })];
      assert.ok(one.fits && other.fits);
      assert.deepEqual(one.replay, other.replay);
      assert.equal(one.replay?.until, (sample.at + 300) * 1000);
    });
}

test('an empty body is signed like any other', () => {
  const { secret } = samples['github'] as Sample;
  const headers = ['x-hub-signature-256', `sha256=${hex(secret, '')}`];
  assert.equal(check(samples['github'] as Sample, { headers, body: '' }).fits, true);
});

test('a secret without anything behind its prefix is none: everybody could sign with it', () => {
  const { headers, body } = samples['standard'] as Sample;
  const sum = createHmac('sha256', '').update(`msg_1.1614265330.${body}`).digest('base64');
  const forged = ['webhook-id', 'msg_1', ...headers.slice(2, 4), 'webhook-signature', `v1,${sum}`];
  for (const secret of ['whsec_', 'whsec_!!!'])
    refused(check(samples['standard'] as Sample, { secret, headers: forged }), another, secret);
});

test('the body is bytes, not text', () => {
  const body = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
  const headers = ['x-hub-signature-256', `sha256=${createHmac('sha256', 'k').update(body).digest('hex')}`];
  const request = { scheme: { kind: 'github' }, secret: Buffer.from('k'), headers, now: 0 } as const;
  assert.equal(webhookSignatures.check({ ...request, body }).fits, true);
  assert.equal(webhookSignatures.check({ ...request, body: Buffer.from([0xff, 0, 0xfd, 0x0a]) }).fits, false);
});

test('several signatures: one that fits is enough, and it may be the last', () => {
  const { headers, secret, body, at } = samples['stripe'] as Sample;
  const right = hex(secret, `${at}.${body}`);
  const wrong = hex('old', `${at}.${body}`);
  const stripe = (value: string) =>
    check(samples['stripe'] as Sample, { headers: [headers[0] as string, value] });
  assert.equal(stripe(`t=${at},v1=${wrong},v1=${right}`).fits, true);
  refused(stripe(`t=${at},v1=${wrong}`), another);
  refused(stripe(`t=${at},v0=${right}`), another, 'v0 is for tests only');
  refused(stripe(`t=${at},t=${at + 1},v1=${right}`), /no time, or several/);
  refused(stripe(`v1=${right}`), /no time/);
  const many = Array.from({ length: 50 }, () => `v1=${wrong}`).join(',');
  refused(stripe(`t=${at},${many},v1=${right}`), another, 'nobody sends that many');
  const standard = samples['standard'] as Sample;
  const [name, value = ''] = standard.headers.slice(4);
  const two = [...standard.headers.slice(0, 4), name as string, `v1,${'A'.repeat(43)}= v1a,x ${value}`];
  assert.equal(check(standard, { headers: two }).fits, true);
});

test('any header with an HMAC-SHA256: as hexadecimal or base64, with or without what says so', () => {
  const scheme = { kind: 'hmac-sha256', header: 'x-shop-hmac' } as const;
  const sum = createHmac('sha256', 'k').update('body').digest();
  const one = { scheme, secret: 'k', body: 'body', at: 0 };
  for (const value of [sum.toString('hex'), sum.toString('hex').toUpperCase(), sum.toString('base64')])
    for (const prefix of ['', 'sha256='])
      assert.equal(check({ ...one, headers: ['X-Shop-Hmac', prefix + value] }).fits, true, prefix + value);
  refused(check({ ...one, headers: ['X-Shop-Hmac', 'sha1=abc'] }), /not an HMAC-SHA256/);
});
