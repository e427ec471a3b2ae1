import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkName, defaultNamespace, fullName, isName, parseFullName, printable } from './names.ts';

/** A generator that gives the same numbers for the same seed, so that a failure can be run again. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** The rule in other words: what RFC 1123 calls a label. */
function isLabel(text: string): boolean {
  if (text.length < 1 || text.length > 63) return false;
  const plain = [...text].every((c) => 'abcdefghijklmnopqrstuvwxyz0123456789-'.includes(c));
  return plain && text[0] !== '-' && text.at(-1) !== '-';
}

const good = [
  'a',
  '0',
  'hello',
  'a-b',
  'a--b',
  '7-up',
  'x'.repeat(63),
  `a${'-'.repeat(61)}z`,
  'constructor',
  'prototype',
];

const bad = [
  '',
  ' ',
  '-',
  '-a',
  'a-',
  'A',
  'Hello',
  'hasOwnProperty',
  '__proto__',
  'toString',
  'a_b',
  'a.b',
  '.',
  '..',
  'a.',
  '.a',
  'a/b',
  '../etc/passwd',
  '%2e%2e',
  'a\0',
  '\0',
  'a\n',
  'a\r\n',
  '\na',
  ' a',
  'a ',
  'a\t',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(100_000),
  // Letters of other scripts that look like ours, and ones that become ours when lower-cased.
  'h\u0435llo',
  '\u0430',
  '\uff41',
  '\u212a',
  'stra\u00dfe',
  '\u0131',
  'e\u0301',
  'a\u200b',
  'a\u00ad',
  '\u202ea',
  '\ufeffa',
  '\u0661',
  '😀',
  '\ud800',
];

test('a name is 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit', () => {
  for (const name of good) assert.equal(checkName('function', name), name);
});

test('any other text is no name, and the refusal says which thing it cannot name', () => {
  for (const name of bad) {
    assert.equal(isName(name), false, JSON.stringify(name));
    assert.throws(() => checkName('namespace', name), {
      code: 'bad_name',
      message: /cannot name a namespace/,
    });
  }
});

test('what is not text cannot be a name, even where it would read like one', () => {
  for (const value of [
    undefined,
    null,
    7,
    true,
    ['hello'],
    { toString: () => 'hello' },
    new String('hello'),
    1n,
    Symbol('a'),
  ])
    assert.throws(() => checkName('token', value), { code: 'bad_name' });
});

test('five thousand made-up names are judged as the written rule judges them', () => {
  const seed = 20_260_102;
  const next = random(seed);
  const pieces = [
    'a',
    'z',
    '0',
    '9',
    '-',
    '-',
    '.',
    'A',
    '_',
    '\0',
    '\n',
    'é',
    '\u0430',
    '\u2010',
    ' ',
    '/',
    '\\',
    '%',
    '😀',
    'constructor',
    '__proto__',
  ];
  let names = 0;
  for (let i = 0; i < 5000; i++) {
    const length = next(4) === 0 ? 55 + next(20) : next(8);
    const few = next(2) === 0 ? 5 : pieces.length;
    const text = Array.from({ length }, () => pieces[next(few)]).join('');
    assert.equal(isName(text), isLabel(text), `seed ${seed}, name ${i}: ${JSON.stringify(text)}`);
    if (isName(text)) names += 1;
  }
  assert.ok(names > 500 && names < 4500, `${names} of them are names: the sample has both kinds`);
});

test('a full name is split on its last dot', () => {
  assert.deepEqual(parseFullName('hello'), { name: 'hello', namespace: defaultNamespace });
  assert.deepEqual(parseFullName('hello.team-a'), { name: 'hello', namespace: 'team-a' });
  assert.equal(fullName({ name: 'hello', namespace: 'team-a' }), 'hello.team-a');
});

test('a full name with a part that is no name belongs to nothing', () => {
  for (const text of [
    '',
    '.',
    'a.',
    '.a',
    'a.b.c',
    'a..b',
    'a.b.',
    'a.B',
    '__proto__',
    'a.__proto__',
    'a.b\0',
    'a/b.c',
    ...bad.filter((name) => name !== 'a.b'),
  ])
    assert.equal(parseFullName(text), undefined, JSON.stringify(text));
});

test('every pair of names comes back from its full name', () => {
  for (const name of good)
    for (const namespace of good)
      assert.deepEqual(parseFullName(fullName({ name, namespace })), { name, namespace });
});

test('a value in a message is quoted, short, and has no character that could act on a terminal', () => {
  assert.equal(printable('a'), '"a"');
  assert.equal(printable(undefined), 'nothing');
  assert.equal(printable({ a: 1 }), '{"a":1}');
  assert.equal(printable('x'.repeat(500)).length, 78);
  const hostile = [
    '\x1b[2J',
    '\r\n',
    '\x07',
    '\x7f',
    '\x9b31m',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u061c',
    '\u200b',
    '\ufeff',
    '\ud800',
  ];
  assert.doesNotMatch(
    printable('😀'.repeat(60)),
    /[\ud800-\udbff](?![\udc00-\udfff])/u,
    'no half of a character',
  );
  for (const text of hostile) {
    const shown = printable(`a${text}b`);
    assert.match(shown, /^"a[\x20-\x7e]+b"$/, JSON.stringify(shown));
  }
});

test('a value that JSON cannot say is shown all the same', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  for (const value of [
    1n,
    circle,
    Symbol('s'),
    () => 1,
    {
      toJSON: () => {
        throw new Error('no');
      },
    },
  ])
    assert.ok(printable(value).length > 0);
});
