import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchersIn, matchersOf } from './matchers.ts';
import { proofChart, queryOfOne } from './proof.ts';
import { numberIn } from './rule-request.ts';

test('of a query only the series of the alert is asked for, whatever its labels are', () => {
  assert.equal(queryOfOne('up', {}), 'up');
  assert.equal(
    queryOfOne('up # all', { host: 'a"$1', job: 'b\\' }),
    '(up # all\n) and on (host, job) label_replace(label_replace(vector(1), "host", "a\\"$$1", "", ""), "job", "b\\\\", "", "")',
  );
  assert.equal(queryOfOne('up', { 'no label") or (': 'x' }), 'up');
});

test('a rule has a line where there is a value beyond which it fires', () => {
  const lines = (is: '>' | 'present'): readonly string[] =>
    proofChart({ title: 't', query: 'up', is, threshold: 0.05 }).queries.map(({ text }) => text);
  assert.deepEqual(lines('>'), ['up', 'vector(0.05)']);
  assert.deepEqual(lines('present'), ['up']);
});

test('a silence names what tells an alert from others, as far as a silence can', () => {
  const series = { function_name: 'shop.openfaas-fn', path: 'a"\nb', long: 'x'.repeat(257) };
  const matchers = matchersOf({ rule: 'p95', series });
  assert.deepEqual(matchers, ['alertname="p95"', 'function_name="shop.openfaas-fn"', 'path="a\\"\\nb"']);
  assert.deepEqual(matchersIn(`\n${matchers.join('\n')} \n`), matchers);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`l${i}`, 'x']));
  assert.equal(matchersOf({ rule: 'p95', series: many }).length, 10);
});

test('a number may be a share of a hundred', () => {
  assert.deepEqual(
    ['', '2.5', '5 %', '-1', '5%'].map((text) => numberIn('Threshold', text)),
    [undefined, 2.5, 0.05, -1, 0.05],
  );
  for (const text of ['x', '1e9', '1,5', 'Infinity', '1..2'])
    assert.throws(() => numberIn('Threshold', text), /is no number/);
});
