import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completions, wordAt } from './completion.ts';

const known = {
  metrics: ['gateway_service_count', 'wherry_calls'],
  labels: ['__name__', 'code', 'function_name'],
};
const offered = (text: string): readonly string[] => {
  const caret = text.indexOf('|');
  const word = wordAt(text.replace('|', ''), caret);
  return word === undefined ? [] : completions(word, known);
};

test('names of metrics and functions are offered, what begins so first', () => {
  assert.deepEqual(offered('rate(ser|'), ['gateway_service_count']);
  assert.equal(offered('ra|')[0], 'rate');
});

test('labels are offered where labels stand', () => {
  assert.deepEqual(offered('wherry_calls{c|'), ['code', 'function_name']);
  assert.deepEqual(offered('sum by (fun|'), ['function_name']);
  assert.deepEqual(offered('x{code="a"} + gateway_s|'), ['gateway_service_count']);
});

test('nothing is offered within quotes, and nothing that is there already', () => {
  assert.deepEqual(offered('x{code="c|'), []);
  assert.deepEqual(offered('wherry_calls|'), []);
  assert.deepEqual(offered('1 + |'), []);
});

test('a word is replaced as a whole', () => {
  assert.deepEqual(wordAt('rate(wher_y[5m])', 9), { text: 'wher', from: 5, to: 11, amongLabels: false });
});
