import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callWords, functionWords, instanceWords, queuedWords, rowSearch, type Words } from './row-search.ts';

const call = callWords({ target: 'Shop.team-a', path: '/Orders (1)', id: '018b-77', status: 500 });
const calls: readonly (readonly [text: string, found: boolean])[] = [
  ...(['shop.TEAM', ' /orders ', '500', '018B', 'team-a /orders', '', '   '] as const).map(
    (text) => [text, true] as const,
  ),
  ...(['orders  (1)', 'undefined', 'shop/', '200'] as const).map((text) => [text, false] as const),
];

test('a text is found whatever its case, within a word or over its end; no text is in every row', () => {
  for (const [text, found] of calls) assert.equal(rowSearch(text)(call), found, text);
  assert.equal(rowSearch()([]), true);
  assert.equal(rowSearch('STRASSE')(['straße']), false, 'as lower case has it, not as it sounds');
});

test('it is no pattern, whatever is in it', () => {
  const patterns = [
    '.*',
    '^',
    '$',
    '(',
    '[a-z',
    '\\',
    '%',
    '_',
    'a|b',
    '(a+)+$',
    '$&',
    '\u0000',
    '\ud800',
    '__proto__',
  ];
  const plain: Words = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', undefined, 7];
  for (const text of patterns) {
    assert.equal(rowSearch(text)(plain), false, text);
    assert.equal(rowSearch(text)([...plain, `<${text}>`]), true, text);
  }
});

test('functions are found by name, namespace, status and labels; the queue by function, id and reason', () => {
  const labels = Object.fromEntries([
    ['team', 'Blue'],
    ['__proto__', 'x'],
  ]);
  const fn = functionWords({ name: 'hello', namespace: 'shop', status: 'awake', labels });
  for (const text of ['hello shop', 'AWAKE', 'team=blue', '__proto__=x'])
    assert.ok(rowSearch(text)(fn), text);
  assert.ok(!rowSearch('undefined')(functionWords({ name: 'hello', namespace: 'shop', status: undefined })));
  const queued = queuedWords({
    ...{ target: 'hello:2', name: 'hello', namespace: 'shop' },
    id: 'q1',
    reason: 'poison',
    lane: 'channel ops',
  });
  for (const text of ['hello:2', 'hello.shop', 'q1 POISON', 'channel ops'])
    assert.ok(rowSearch(text)(queued), text);
  assert.ok(rowSearch('hello shop')(instanceWords({ name: 'hello', namespace: 'shop' })));
});
