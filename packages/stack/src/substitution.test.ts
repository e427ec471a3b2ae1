import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substitute, SubstitutionError } from './substitution.ts';

const variables = {
  A: 'value',
  EMPTY: '',
  PATHS: '/usr/local/lib',
  NAME: 'hello.tar.gz',
  TREE: 'a/b/c.txt',
  UTF: 'h\u00e9',
  DOLLAR: '$&$1',
};
const gives = (pairs: Readonly<Record<string, string>>): void => {
  for (const [text, wanted] of Object.entries(pairs)) assert.equal(substitute(text, variables), wanted, text);
};

test('a variable stands for its value, what is unset for nothing, and all other text for itself', () => {
  gives({
    '${A}': 'value',
    'a ${A} b ${A}c': 'a value b valuec',
    '${UNSET}': '',
    '$A $ {A} $': '$A $ {A} $',
    '$${A}': '${A}',
    'no } sign': 'no } sign',
    '': '',
  });
});

test('defaults are used where a variable is unset or empty, and may hold variables themselves', () => {
  gives({
    '${UNSET:-d}': 'd',
    '${EMPTY:-d}': 'd',
    '${A:-d}': 'value',
    '${UNSET:=d}': 'd',
    '${UNSET=d}': 'd',
    '${UNSET:-}': '',
    '${UNSET:-${A}}': 'value',
    '${UNSET:-a ${EMPTY:-${A}} b}': 'a value b',
    '${UNSET:-http://host:8080/x}': 'http://host:8080/x',
  });
});

test('case, length, slices', () => {
  gives({
    '${A^}': 'Value',
    '${A^^}': 'VALUE',
    '${NAME,}': 'hello.tar.gz',
    '${NAME,,}': 'hello.tar.gz',
    '${#A}': '5',
    '${#UTF}': '3',
    '${#UNSET}': '0',
    '${A:1}': 'alue',
    '${A:1:2}': 'al',
    '${A:9}': '',
    '${A:3:99}': 'ue',
  });
});

test('prefixes and suffixes are patterns; the short ones take as little as they can, the long ones as much', () => {
  gives({
    '${NAME%.*}': 'hello.tar',
    '${NAME%%.*}': 'hello',
    '${NAME#*.}': 'tar.gz',
    '${NAME##*.}': 'gz',
    '${TREE##*/}': 'c.txt',
    '${TREE%%/*}': 'a',
    '${TREE#*/}': 'b/c.txt',
    '${TREE%/*}': 'a/b',
    '${TREE//\\//-}': 'a-b-c.txt',
    '${TREE/\\//-}': 'a-b/c.txt',
    '${NAME#no}': 'hello.tar.gz',
    '${NAME%.g?}': 'hello.tar',
    '${PATHS#/usr}': '/local/lib',
    '${PATHS#*/}': 'usr/local/lib',
  });
});

test('replacements are plain text, also where it looks like more', () => {
  gives({
    '${NAME/./-}': 'hello-tar.gz',
    '${NAME//./-}': 'hello-tar-gz',
    '${NAME/#hello/bye}': 'bye.tar.gz',
    '${NAME/%gz/xz}': 'hello.tar.xz',
    '${NAME/.}': 'hellotar.gz',
    '${NAME/nowhere/x}': 'hello.tar.gz',
    '${NAME/hello/${DOLLAR}}': '$&$1.tar.gz',
    '${NAME//l/$&}': 'he$&$&o.tar.gz',
    '${NAME//}': 'hello.tar.gz',
  });
});

test('what is no such form is refused with its place', () => {
  for (const [text, at] of [
    ['ab ${A', 3],
    ['${}', 0],
    ['${1A}', 0],
    ['${A-d}', 3],
    ['${A:x}', 0],
    ['${A?no}', 3],
    ['${UNSET:-${', 9],
  ] as const)
    assert.throws(
      () => substitute(text, variables),
      (error: unknown) => error instanceof SubstitutionError && error.at === at,
      text,
    );
  assert.throws(() => substitute('${A:-'.repeat(30), {}), /nested too deeply/);
});

test('a hostile pattern takes no longer than a kind one', () => {
  const pattern = `${'*a'.repeat(50)}b`;
  const from = performance.now();
  assert.equal(substitute(`\${LONG%%${pattern}}`, { LONG: 'a'.repeat(300) }), 'a'.repeat(300));
  assert.ok(performance.now() - from < 5000);
});
