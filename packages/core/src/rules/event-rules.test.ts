// What functions say about schedules, topics and webhooks: each text is understood, or refused with the key and the place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { WherryError } from '../errors.ts';
import { ruleText } from '../schedule.ts';
import { scheduleOf } from './schedules.ts';
import { checkTopic, topicsOf } from './topics.ts';
import { webhookOf } from './webhooks.ts';

const said = (annotations: Record<string, string>) => (key: string) => annotations[key];
const rules = (text: string, more: Record<string, string> = {}) =>
  scheduleOf(said({ 'com.wherry.schedule': text, ...more }))?.rules.map(ruleText);

test('expressions are told apart by what they mean, not by how they are written', () => {
  assert.deepEqual(rules('*/5  * * * *'), ['UTC */5 * * * *']);
  assert.deepEqual(rules(' @daily ;\t0 30 2 * * * '), ['UTC @daily', 'UTC 0 30 2 * * *']);
  assert.deepEqual(rules('@daily; @daily'), ['UTC @daily'], 'twice the same is once');
  assert.deepEqual(rules('@daily', { 'com.wherry.schedule.zone': 'europe/berlin' }), [
    'Europe/Berlin @daily',
  ]);
  assert.deepEqual(rules('CRON_TZ=Asia/Tokyo 0 9 * * *; TZ=UTC @hourly'), [
    'Asia/Tokyo 0 9 * * *',
    'UTC @hourly',
  ]);
  assert.deepEqual(rules('@every 1m30s'), ['@every 1m30s']);
});

test('OpenFaaS’s pair counts only together, and beside ours', () => {
  const schedule = '*/5 * * * *';
  assert.equal(scheduleOf(said({ schedule })), undefined);
  assert.equal(scheduleOf(said({ topic: 'cron-function' })), undefined);
  assert.equal(scheduleOf(said({ topic: 'cron-functions', schedule })), undefined);
  assert.equal(scheduleOf(said({ topic: 'a, cron-function', schedule }))?.rules.length, 1);
  const both = said({ topic: 'cron-function', schedule, 'com.wherry.schedule': '@daily' });
  assert.deepEqual(
    scheduleOf(both)?.rules.map(({ place }) => place),
    ['schedule', 'com.wherry.schedule'],
  );
});

test('what is no expression is refused with its place', () => {
  const refused = (text: string, why: RegExp) =>
    assert.throws(() => rules(text), { code: 'bad_value', message: why }, text);
  refused('', /^com\.wherry\.schedule: an empty expression/);
  refused('@daily;', /^com\.wherry\.schedule, expression 2: an empty expression/);
  refused('* * * *', /has 4 fields/);
  refused('* * * * * * *', /has 7 fields/);
  refused('@every', /duration/);
  refused('@every soon', /@?every|duration/);
  refused('@every 0s', /whole seconds/);
  refused('@every 1500ms', /whole seconds/);
  refused('@every 9000h', /366 days/);
  refused('CRON_TZ=Nowhere @daily', /Nowhere/);
  refused('CRON_TZ=+01:00 @daily', /time zone/);
  refused('CRON_TZ=Europe/Berlin', /empty expression/);
  refused(`${'1,'.repeat(200)}1 * * * *`, /200 characters/);
  refused(Array.from({ length: 21 }, (_, i) => `${i} * * * *`).join(';'), /more than 20/);
});

test('topics that one can listen to, and those that one can speak to', () => {
  assert.deepEqual(topicsOf(' a, b/c ,a,, '), ['a', 'b/c']);
  assert.deepEqual(
    topicsOf('sensors/+/heat,nats.>'),
    ['sensors/+/heat', 'nats.>'],
    'patterns of other connectors',
  );
  for (const text of ['a b', 'ü', 'x'.repeat(256), 'a\u0000'])
    assert.throws(() => topicsOf(text), { code: 'bad_value', message: /^topic: / }, text);
  for (const text of ['orders', 'a/b', 'table:action', 'a.b_c-d', '9', 'x'.repeat(255)])
    checkTopic('topic', text);
  for (const text of ['', '/a', '.a', '-a', ':a', 'a b', 'a+b', 'a*', '#', 'ü', 'a\n', 'x'.repeat(256)])
    assert.throws(() => checkTopic('topic', text), { code: 'bad_value' }, text);
});

test('a webhook is a scheme and a secret, or nothing', () => {
  const hook = (scheme?: string, secret?: string) =>
    webhookOf((key) =>
      key === 'com.wherry.webhook' ? scheme : key === 'com.wherry.webhook.secret' ? secret : undefined,
    );
  assert.equal(hook(), undefined);
  for (const kind of ['github', 'stripe', 'slack', 'standard'])
    assert.deepEqual(hook(kind, 's'), { scheme: { kind }, secret: 's' });
  assert.deepEqual(hook('hmac-sha256:X-Sum', 'a.b'), {
    scheme: { kind: 'hmac-sha256', header: 'x-sum' },
    secret: 'a.b',
  });
  for (const scheme of ['GitHub', '', 'hmac-sha256', 'hmac-sha256:a b', 'hmac-sha1:X', 'constructor'])
    assert.throws(() => hook(scheme, 's'), { code: 'bad_value', message: /^com\.wherry\.webhook: / }, scheme);
  for (const secret of ['', '..', '../x', 'A', 'a/b'])
    assert.throws(
      () => hook('github', secret),
      { code: 'bad_value', message: /^com\.wherry\.webhook\.secret: / },
      secret,
    );
});

test('texts of strangers are understood, or refused as bad_value', () => {
  const random = seeded();
  const words = [
    ...[
      '*',
      '*/5',
      '0',
      '59',
      '1-5',
      'MON',
      'L',
      '?',
      '#',
      '@every',
      '@daily',
      '1m',
      '90s',
      '-1',
      '1e9',
      ';',
      ' ',
      '  ',
    ],
    ...[
      'CRON_TZ=',
      'TZ=',
      'UTC',
      'Europe/Berlin',
      '=',
      '/',
      ',',
      '\n',
      '\0',
      'é',
      '\u202e',
      '__proto__',
      '%s',
      '\t',
    ],
  ];
  const text = () =>
    Array.from(
      { length: 1 + Math.floor(random() * 9) },
      () => words[Math.floor(random() * words.length)],
    ).join(random() < 0.5 ? ' ' : '');
  const keys = [
    'com.wherry.schedule',
    'com.wherry.schedule.zone',
    'com.wherry.schedule.missed',
    'topic',
    'schedule',
    'com.wherry.webhook',
    'com.wherry.webhook.secret',
  ];
  for (let round = 0; round < 20_000; round++) {
    const annotations = Object.fromEntries(keys.filter(() => random() < 0.4).map((key) => [key, text()]));
    for (const read of [
      scheduleOf,
      webhookOf,
      (note: (key: string) => string | undefined) => topicsOf(note('topic')),
    ])
      try {
        read(said(annotations));
      } catch (error) {
        const note = `${JSON.stringify(annotations)} (WHERRY_FUZZ_SEED=${seed})`;
        assert.ok(error instanceof WherryError, note);
        assert.equal(error.code, 'bad_value', note);
        assert.ok(
          keys.some((key) => error.message.startsWith(key)),
          `${error.message}: ${note}`,
        );
      }
  }
});
