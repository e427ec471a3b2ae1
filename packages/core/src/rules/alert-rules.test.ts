import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertGroup, AlertRule, AlertState } from '../alert.ts';
import type { Labels } from '../metric.ts';
import { ownAlerts, ruleFor } from './alert-annotation.ts';
import { type AlertPace, groupNews } from './alert-groups.ts';
import { fingerprint, matcherOf } from './alert-labels.ts';
import { alertPresets, changedPreset } from './alert-presets.ts';
import { fillTemplate, plainLine, ruleSentence, valueText } from './alert-text.ts';

const pace: AlertPace = { waitMs: 30_000, intervalMs: 300_000, repeatMs: 14_400_000 };
const loud = () => false;
const alert = (more: Partial<AlertState> = {}): AlertState => ({
  ...{ rule: 'p95', labels: { function_name: 'a.openfaas-fn' }, state: 'firing', since: 0, firingSince: 0 },
  ...{ heldAt: 0, value: 3, told: false, ...more },
});
const group = (toldAt: number): AlertGroup => ({ rule: 'p95', namespace: 'openfaas-fn', seq: 1, toldAt });
const p95 = alertPresets.find(({ name }) => name === 'p95') as AlertRule;

test('the first message waits for others, the next for its interval, and the same one for its repeat', () => {
  const told = alert({ told: true });
  assert.equal(groupNews(undefined, [alert()], loud, pace, 29_999), undefined);
  assert.equal(groupNews(undefined, [alert()], loud, pace, 30_000)?.firing.length, 1);
  // Another one joins: not before the interval is over.
  const both = [told, alert({ firingSince: 40_000 })];
  assert.equal(groupNews(group(30_000), both, loud, pace, 329_999), undefined);
  assert.equal(groupNews(group(30_000), both, loud, pace, 330_000)?.firing.length, 2);
  assert.equal(groupNews(group(30_000), [told], loud, pace, 14_429_999), undefined);
  assert.equal(groupNews(group(30_000), [told], loud, pace, 14_430_000)?.firing.length, 1);
});

test('the end is told to whoever was told of the beginning, and to nobody else', () => {
  const over = { state: 'resolved', resolvedAt: 400_000 } as const;
  assert.deepEqual(groupNews(group(0), [alert({ ...over, told: true })], loud, pace, 430_000)?.firing, []);
  assert.equal(groupNews(group(0), [alert(over)], loud, pace, 430_000), undefined);
  // Silenced in between: the end is no disturbance.
  assert.equal(
    groupNews(group(0), [alert({ ...over, told: true })], () => true, pace, 430_000)?.resolved.length,
    1,
  );
  assert.equal(
    groupNews(undefined, [alert()], () => true, pace, 1e9),
    undefined,
  );
});

test('a clock that is set back silences nobody', () => {
  assert.equal(groupNews(group(1e12), [alert({ firingSince: 1000 })], loud, pace, 1e6)?.firing.length, 1);
});

test('a rule and an alert are a plain sentence', () => {
  assert.equal(ruleSentence(p95), 'p95 of a function above 2 s for 5 minutes');
  assert.equal(
    ruleSentence(p95, { function_name: 'checkout.openfaas-fn' }),
    'p95 of checkout above 2 s for 5 minutes',
  );
  assert.deepEqual(new Set(alertPresets.map(({ name }) => name)).size, alertPresets.length);
  for (const rule of alertPresets) {
    const sentence = ruleSentence(rule);
    assert.doesNotMatch(sentence, /…|\{\{|above 0|below/, rule.name);
    if (rule.threshold !== 0) assert.ok(sentence.includes(valueText(rule.threshold, rule.unit)), sentence);
  }
  const preset = (name: string) => alertPresets.find((one) => one.name === name) as AlertRule;
  const said = (name: string, labels?: Labels) => ruleSentence(preset(name), labels);
  assert.equal(
    said('never-ready', { function_name: 'shop.openfaas-fn' }),
    'no instance of shop gets ready, though there should be some, for 5 minutes',
  );
  assert.equal(
    said('certificate', { host: 'a.example' }),
    'the certificate of a.example ends in less than 14 days',
  );
  assert.equal(said('alert-delivery'), 'a channel does not take the messages that it is sent');
  assert.equal(
    ruleSentence({ ...preset('dead-letters'), threshold: 5 }),
    'queued calls of a function that failed for good above 5',
    'of a threshold of one’s own',
  );
  const logs = (functions: string): AlertRule => ({
    ...{ ...preset('p95'), subject: 'matches of x in the log of {{ function }}', forMs: 0, unit: 'number' },
    ...{ source: { kind: 'logs', functions, pattern: 'x', withinMs: 1 }, is: '>=', threshold: 1 },
  });
  assert.equal(ruleSentence(logs('shop')), 'matches of x in the log of shop at least 1');
  assert.equal(ruleSentence(logs('*')), 'matches of x in the log of a function at least 1');
  assert.equal(ruleSentence(logs('team/*')), 'matches of x in the log of a function of team/* at least 1');
});

test('values are said as people read them', () => {
  assert.equal(valueText(0.0512, 'share'), '5.12 %');
  assert.equal(valueText(0.25, 'seconds'), '250 ms');
  assert.equal(valueText(7260, 'seconds'), '2 hours 1 minute');
  assert.equal(valueText(3 * 2 ** 30, 'bytes'), '3 GiB');
  assert.equal(valueText(Number.POSITIVE_INFINITY, 'seconds'), 'Infinity');
});

test('a template is filled once, on one line, whatever is in the labels', () => {
  const labels = { function_name: 'a.team-b', evil: '{{ value }}\r\nBcc: x\u202e', constructor: 'c' };
  assert.equal(
    fillTemplate('{{ function }} {{evil}} {{ .value }}', labels, '3'),
    'a.team-b {{ value }} Bcc: x 3',
  );
  assert.equal(fillTemplate('{{ toString }}|{{ nothing }}|{{ namespace }}', labels, '3'), '||team-b');
  assert.deepEqual(
    ['1', '2', '0'].map((value) => fillTemplate('{{ value }} call{{ s }}', {}, value)),
    ['1 call', '2 calls', '0 calls'],
  );
  assert.equal(plainLine('a\ud800'), 'a\ufffd');
  assert.equal(fillTemplate('{{ line }}', {}, '', 'x'.repeat(5000)).length, 200);
});

test('a function says what is different of its alerts', () => {
  const own = ownAlerts('p95=4, error-share=off');
  assert.deepEqual(ruleFor(p95, own), { ...p95, threshold: 4, clear: 3.2 });
  assert.equal(ruleFor({ ...p95, name: 'error-share' }, own), undefined);
  assert.equal(ruleFor(p95, ownAlerts('off')), undefined);
  assert.equal(ruleFor(p95, undefined), p95);
  for (const text of ['on', 'p95', 'p95=', 'p95=fast', 'p95=1=2', 'P95=1', 'p95=1e9'])
    assert.throws(() => ownAlerts(text), { code: 'bad_value' }, text);
});

test('a preset with another threshold clears there, unless it says where', () => {
  assert.equal(changedPreset(p95, { threshold: 3 }).clear, undefined);
  assert.equal(changedPreset(p95, { threshold: 3, clear: 2 }).clear, 2);
  assert.equal(changedPreset(p95, { forMs: 1 }).clear, 1.6);
});

test('matchers take what is missing for empty', () => {
  const whole = (source: string) => (text: string) => new RegExp(`^(?:${source})$`).test(text);
  const takes = (label: string, is: '=' | '!=' | '=~' | '!~', value: string): boolean =>
    matcherOf({ label, is, value }, whole)({ a: 'x', b: 'yy' });
  assert.deepEqual(
    [
      takes('a', '=', 'x'),
      takes('c', '=', ''),
      takes('toString', '=', ''),
      takes('b', '=~', 'y'),
      takes('b', '!~', 'y'),
      takes('b', '!=', 'y'),
    ],
    [true, true, true, false, true, true],
  );
});

test('a fingerprint is of the labels, whatever their order', () => {
  assert.equal(fingerprint({ a: '1', b: '2' }), fingerprint({ b: '2', a: '1' }));
  assert.match(fingerprint({}), /^[0-9a-f]{16}$/);
  assert.notEqual(fingerprint({ a: '1' }), fingerprint({ a: '2' }));
});
