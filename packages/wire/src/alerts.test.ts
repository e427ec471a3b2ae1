import assert from 'node:assert/strict';
import test from 'node:test';
import type { AlertState } from '@wherry/core/alert';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import { alertPresets } from '@wherry/core/rules/alert-presets';
import { decodeChannel, encodeChannel } from './alert-channels.ts';
import { decodeEventQuery, decodeSilence, encodeAlert } from './alert-lists.ts';
import { matcherText, parseMatcher } from './alert-matchers.ts';
import { decodeChange, decodeRule, encodeRule } from './alert-rules.ts';
import { durationText } from './durations.ts';

const fails = (code: ErrorCode, run: () => unknown, about?: unknown) =>
  assert.throws(run, (error: WherryError) => error.code === code, JSON.stringify(about));

test('a rule over a query fires on what there is, unless it says beyond what', () => {
  const { source, is, threshold, forMs, subject } = decodeRule('a', { query: 'up == 0', for: '5m' });
  assert.deepEqual(
    [source, is, threshold, forMs, subject],
    [{ kind: 'query', text: 'up == 0' }, 'present', 0, 300_000, 'up == 0'],
  );
  const above = decodeRule('a', { query: 'x', threshold: 2, clear: 1.5, channels: ['ops'] });
  assert.deepEqual([above.is, above.threshold, above.clear, above.channels], ['>', 2, 1.5, ['ops']]);
  assert.equal(decodeRule('a', { query: 'x', is: '<=', threshold: -1 }).is, '<=');
});

test('a rule over logs counts lines', () => {
  const rule = decodeRule('a', { logs: { pattern: 'x', count: 5, within: '10m', level: 'error' } });
  assert.deepEqual([rule.is, rule.threshold], ['>=', 5]);
  assert.deepEqual(rule.source, {
    kind: 'logs',
    functions: '*',
    pattern: 'x',
    level: 'error',
    withinMs: 600_000,
  });
  assert.equal(decodeRule('a', { logs: { pattern: 'x' }, is: '<', threshold: 9 }).is, '>=');
});

test('rules come back as they were told', () => {
  const now = { firing: 0, pending: 0 };
  for (const body of [
    {
      query: 'x',
      threshold: 2,
      clear: 1,
      for: '90s',
      keepFiring: '1h',
      severity: 'critical',
      unit: 'share',
      labels: { team: 'a' },
      summary: 's',
      action: 'a',
    },
    { logs: { pattern: 'x', functions: 'a/*', count: 3 }, enabled: false },
    { query: 'up' },
  ]) {
    const rule = decodeRule('a', body);
    assert.deepEqual(decodeRule('a', encodeRule(rule, now)), rule);
  }
  assert.equal(
    encodeRule(alertPresets[0]!, now).sentence,
    'share of failed calls of a function above 5 % for 2 minutes',
  );
});

test('what no rule can be is refused', () => {
  for (const body of [
    ...[
      {},
      { query: 'x', logs: { pattern: 'x' } },
      { logs: {} },
      { query: 'x', is: 'above' },
      { query: 'x', for: 'soon' },
    ],
    ...[
      { query: 'x', severity: 'bad' },
      { query: 'x'.repeat(16_385) },
      { logs: { pattern: 'x', level: 'loud' } },
    ],
    { logs: { pattern: 'x', count: 0 } },
  ])
    fails('bad_value', () => decodeRule('a', body), body);
  for (const body of [
    [],
    null,
    'x',
    { query: 1 },
    { query: 'x', threshold: '2' },
    { query: 'x', channels: 'ops' },
  ])
    fails('bad_json', () => decodeRule('a', body), body);
});

test('a change is of what it names; no channels is every channel', () => {
  assert.deepEqual(decodeChange({}), {});
  assert.deepEqual(decodeChange({ threshold: 0, channels: [] }), { threshold: 0, channels: [] });
  assert.deepEqual(decodeChange({ enabled: false, keepFiring: '0s' }), { enabled: false, keepMs: 0 });
});

test('matchers are read with quotes and without, and written with them', () => {
  for (const [text, is, value] of [
    ['a=b', '=', 'b'],
    ['a != "b \\" c"', '!=', 'b " c'],
    ['a=~x|y', '=~', 'x|y'],
    ['a!~"=~"', '!~', '=~'],
    ['a=', '=', ''],
  ] as const) {
    const matcher = parseMatcher('m', text);
    assert.deepEqual(matcher, { label: 'a', is, value });
    assert.deepEqual(parseMatcher('m', matcherText(matcher)), matcher);
  }
  for (const text of ['', 'a', '=b', 'a b=c', '1a=b', 'a="b'])
    fails('bad_value', () => parseMatcher('m', text), text);
});

test('a channel keeps what is secret apart', () => {
  const url = 'https://hooks.example/services/T0/very-secret';
  const { channel, secret } = decodeChannel('ops', {
    kind: 'slack',
    url,
    authorization: 'Bearer very-secret',
    matchers: ['severity=critical'],
  });
  assert.deepEqual(secret, { url, authorization: 'Bearer very-secret' });
  assert.deepEqual(encodeChannel(channel, true), {
    readable: true,
    ...{
      name: 'ops',
      kind: 'slack',
      matchers: ['severity="critical"'],
      resolved: true,
      origin: 'https://hooks.example',
    },
  });
  const mail = decodeChannel('m', {
    kind: 'email',
    password: 'very-secret',
    mail: { host: 'h', user: 'u', from: 'a@b', to: ['c@d'] },
  });
  assert.deepEqual([mail.channel.mail?.port, mail.channel.mail?.security], [587, 'starttls']);
  assert.doesNotMatch(
    JSON.stringify([mail.channel, encodeChannel(mail.channel, true), channel]),
    /very-secret/,
  );
});

test('what no channel can be is refused', () => {
  for (const body of [
    ...[{}, { kind: 'pigeon' }, { kind: 'function', function: 'A B' }, { kind: 'slack', matchers: ['x'] }],
    ...[
      { kind: 'email', mail: { from: 'a@b', to: ['c@d'] } },
      { kind: 'email', mail: { host: 'h', from: 'a', to: [] } },
    ],
    ...[
      { kind: 'sms', form: { as: 'xml', body: {} } },
      { kind: 'sms', form: { body: { a: { b: 1 } } } },
      { kind: 'sms', form: {} },
    ],
    { kind: 'email', mail: { host: 'h', port: 0, from: 'a', to: ['c'] } },
  ])
    fails('bad_value', () => decodeChannel('x', body), body);
  fails('bad_json', () => decodeChannel('x', { kind: 'email', mail: 'h' }));
});

test('a silence has an end', () => {
  const silence = decodeSilence({ matchers: ['a=b'], for: '1h', why: 'w' }, 'me', 1000);
  assert.deepEqual([silence.from, silence.until, silence.by], [1000, 3_601_000, 'me']);
  assert.equal(
    decodeSilence({ matchers: [], until: '2026-01-01T00:00:00Z' }, 'me', 0).until,
    Date.UTC(2026, 0, 1),
  );
  fails('bad_value', () => decodeSilence({ matchers: ['a=b'] }, 'me', 0));
  fails('bad_value', () => decodeSilence({ matchers: ['a=b'], until: 'tomorrow' }, 'me', 0));
});

test('a value that JSON cannot say is none', () => {
  const state: AlertState = {
    rule: 'r',
    labels: {},
    state: 'firing',
    since: 0,
    heldAt: 0,
    value: Number.POSITIVE_INFINITY,
    told: false,
  };
  const told = {
    ...state,
    id: 'i',
    valueText: 'Infinity',
    sentence: '',
    summary: '',
    action: '',
    silencedBy: [],
    of: undefined,
  };
  assert.equal(encodeAlert(told, { deliveries: [] }).value, null);
});

test('history is asked for with bounds, and durations are short', () => {
  assert.deepEqual(decodeEventQuery(new URLSearchParams('what=sent&limit=3')), { limit: 3, what: 'sent' });
  fails('bad_query', () => decodeEventQuery(new URLSearchParams('limit=0')));
  assert.deepEqual([0, 90_000, 3_600_000, 1_500].map(durationText), ['0s', '1m30s', '1h', '1s500ms']);
});
