import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allows, coversAll, functionPattern, nobody, type Principal, type Scope, scopes } from './access.ts';

const who = (functions: string, ...held: Scope[]): Principal => ({
  name: 'somebody',
  scopes: held,
  functions,
});
const target = (namespace: string, name: string) => ({ namespace, name });

test('a token does what its scope says, admin does all, nobody does nothing', () => {
  for (const held of scopes)
    for (const needed of scopes)
      assert.equal(
        allows(who('*', held), needed, target('n', 'f')),
        held === 'admin' || held === needed,
        `${held} for ${needed}`,
      );
  for (const needed of scopes) {
    assert.equal(allows(nobody, needed), false);
    assert.equal(allows(nobody, needed, target('n', 'f')), false);
    assert.equal(allows({ ...nobody, functions: '*' }, needed, target('n', 'f')), false);
  }
});

/** Pattern, and which of four functions it covers. */
const matrix: readonly (readonly [pattern: string, ...covered: string[]])[] = [
  ['*', 'a/report', 'a/report-2', 'ab/report', 'b/other'],
  ['*/*', 'a/report', 'a/report-2', 'ab/report', 'b/other'],
  ['a/*', 'a/report', 'a/report-2'],
  ['a*/*', 'a/report', 'a/report-2', 'ab/report'],
  ['*/report', 'a/report', 'ab/report'],
  ['report', 'a/report', 'ab/report'],
  ['report*', 'a/report', 'a/report-2', 'ab/report'],
  ['a/report', 'a/report'],
  ['a/report*', 'a/report', 'a/report-2'],
  ['a*/report*', 'a/report', 'a/report-2', 'ab/report'],
  ['b/report'],
  ['a/'],
  ['/report'],
  ['/'],
  [''],
  ['rep'],
  ['a'],
];

for (const [pattern, ...covered] of matrix)
  test(`the pattern "${pattern}" covers ${covered.join(', ') || 'nothing'}`, () => {
    for (const full of ['a/report', 'a/report-2', 'ab/report', 'b/other']) {
      const [namespace = '', name = ''] = full.split('/');
      assert.equal(
        allows(who(pattern, 'invoke'), 'invoke', target(namespace, name)),
        covered.includes(full),
        full,
      );
      assert.equal(
        allows(who(pattern, 'admin'), 'invoke', target(namespace, name)),
        covered.includes(full),
        `${full} as admin`,
      );
      assert.equal(
        allows(who(pattern, 'read'), 'invoke', target(namespace, name)),
        false,
        `${full} without the scope`,
      );
    }
  });

test('only a token for all functions covers the whole system', () => {
  for (const [pattern] of matrix)
    assert.equal(coversAll(who(pattern, 'admin')), pattern === '*' || pattern === '*/*', pattern);
  assert.equal(coversAll(nobody), false);
});

test('a pattern is names with a star at the end of either side, and nothing else', () => {
  for (const [pattern] of matrix) if (pattern !== '') assert.match(pattern, functionPattern);
  for (const text of [
    'a/b/c',
    '**',
    'a*b',
    '*a',
    'a/*b',
    'A/b',
    'a.b',
    'a b',
    ' ',
    'a/b ',
    'a/b\n',
    '\0',
    '.*',
    'a|b',
    '../*',
    `${'x'.repeat(64)}/*`,
    'caf\u00e9',
    '\u0430/*',
  ])
    assert.doesNotMatch(text, functionPattern, JSON.stringify(text));
});

test('messages of the gateway itself are for whoever is for everything, not for who may use functions of that name', () => {
  const own = target('(gateway)', 'alerts');
  for (const pattern of ['alerts', 'a*', '*/alerts', '*/a*', 'openfaas-fn/*'])
    assert.equal(allows(who(pattern, 'deploy'), 'deploy', own), false, pattern);
  for (const pattern of ['*', '*/*']) assert.equal(allows(who(pattern, 'deploy'), 'deploy', own), true);
});
