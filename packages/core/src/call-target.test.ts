import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCallTarget, plainTarget, versionNumber } from './call-target.ts';
import { checkName, parseFullName } from './names.ts';

test('a target without a mark is read as OpenFaaS reads it', () => {
  for (const text of ['hello', 'hello.team', 'a.b.c', '', '.', 'hello.', 'HELLO', 'hello%2e']) {
    const name = parseFullName(text);
    assert.deepEqual(parseCallTarget(text), name === undefined ? undefined : { name }, text);
  }
});

test('what comes after the mark is a version or an alias, also where a client escapes the mark', () => {
  const name = { name: 'hello', namespace: 'team' };
  for (const text of ['hello.team@3', 'hello.team%403'])
    assert.deepEqual(parseCallTarget(text), { name, qualifier: '3' });
  assert.equal(parseCallTarget('hello@canary')?.qualifier, 'canary');
  assert.equal(plainTarget('hello.team@3'), 'hello.team');
  assert.equal(parseCallTarget('@3'), undefined);
  assert.equal(parseCallTarget('hello@')?.qualifier, '', 'and no version is called so');
  assert.equal(parseCallTarget('hello@2.team')?.qualifier, '2.team', 'the namespace stands before the mark');
});

test('a number is a version, and never an alias', () => {
  assert.equal(versionNumber('12'), 12);
  for (const text of ['', '0', '01', '-1', '1.0', '1e3', '9'.repeat(16), 'v1'])
    assert.equal(versionNumber(text), undefined, text);
  assert.throws(() => checkName('alias', '3'), { code: 'bad_name' });
  assert.throws(() => checkName('alias', '3d'), { code: 'bad_name' });
  assert.equal(checkName('alias', 'v3-d'), 'v3-d');
});
