import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import { parseQuery } from './parser.ts';
import { bare, type Node } from './tree.ts';

/** A tree as text, every pair of sides in parentheses. */
function shape(of: Node): string {
  const node = bare(of);
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'string':
      return JSON.stringify(node.value);
    case 'selector':
      return node.matchers.map(({ label, is, value }) => `${label}${is}${value}`).join(',');
    case 'negation':
      return `-(${shape(node.of)})`;
    case 'binary':
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
    case 'call':
      return `${node.name}(${node.args.map(shape).join(', ')})`;
    case 'range':
      return `${node.rangeMs} ms, ${node.offsetMs} ms ago`;
    default:
      return node.kind;
  }
}

const refusal = (text: string): { message: string; next: string } => {
  try {
    parseQuery(text);
  } catch (error) {
    assert.ok(error instanceof WherryError && error.code === 'query_refused', String(error));
    return { message: error.message, next: error.next };
  }
  throw new assert.AssertionError({ message: `${text} is taken` });
};

test('operators bind as in Prometheus', () => {
  assert.equal(shape(parseQuery('1 + 2 * 3 ^ 2 ^ 4 - 5')), '((1 + (2 * (3 ^ (2 ^ 4)))) - 5)');
  assert.equal(shape(parseQuery('-1 ^ 2 * 3')), '(-((1 ^ 2)) * 3)');
  assert.equal(
    shape(parseQuery('vector(1) or vector(2) and vector(3) unless vector(4) > 5 + 6')),
    '(vector(1) or ((vector(2) and vector(3)) unless (vector(4) > (5 + 6))))',
  );
});

test('numbers and durations are what Go takes them for', () => {
  const value = (text: string): string => shape(parseQuery(text));
  assert.deepEqual(['0x1f', '017', '1e3', '.5', 'Inf', '-iNf', 'nan', '1h30m', '1y', '1ms'].map(value), [
    ...['31', '15', '1000', '0.5', 'Infinity', '-Infinity', 'NaN', '5400', '31536000', '0.001'],
  ]);
  assert.equal(value('rate(a[1w2d3h4m5s6ms] offset -90)'), 'rate(788645006 ms, -90000 ms ago)');
});

test('strings have their escapes', () => {
  assert.equal(
    shape(parseQuery(String.raw`"\a\n\\\"\x41\101\u00e9\U0001F600'"`)),
    JSON.stringify('\x07\n\\"AAé😀\''),
  );
  assert.equal(shape(parseQuery('`\\n`')), JSON.stringify('\\n'));
});

test('words of the language can be names of metrics', () => {
  for (const word of ['sum', 'by', 'offset', 'and', 'rate', 'a:b', ':a'])
    assert.equal(shape(parseQuery(`${word}{x="y"}`)), `x=y,__name__=${word}`, word);
});

test('what is wrong has a place, and a next step', () => {
  assert.match(refusal('sum(a)\n  + rat(b[5m])').message, /^2:5: there is no function "rat" here$/);
  assert.match(refusal('é + a @ 5').message, /^1:1: /);
  assert.match(refusal('a{x="é"} @ 5').message, /^1:10: the modifier @ is not understood here$/);
  assert.match(refusal('a{x="é"} @ 5').next, /offset/);
  assert.match(refusal('1 atan2 2').message, /^1:3: .*atan2/);
  assert.match(refusal('holt_winters(a[5m], 1, 1)').message, /^1:1: .*"holt_winters"/);
  assert.match(refusal('stddev_over_time(a)').message, /^1:18: a range vector is expected/);
  assert.match(refusal('{"a"}').message, /^1:2: names in quotes/);
  assert.match(refusal('a{x=~"(?=b)"}').message, /^1:6: the regular expression is not valid/);
  assert.match(refusal('a[200y]').message, /^1:3: the duration is out of range$/);
  assert.match(refusal('a{x=~"((a{99}){99}){99}"}').message, /repeats too much/);
  assert.match(refusal(`a{x=~"${'b'.repeat(1025)}"}`).message, /longer than 1024/);
  assert.match(refusal('a'.repeat(16_385)).message, /longer than 16384/);
});
