import assert from 'node:assert/strict';
import test from 'node:test';
import { csvText } from './csv-text.ts';
import { escapeControls, escapeLine } from './escape.ts';
import { failureText } from './failure-text.ts';
import { ago, bytes, counted, milliseconds } from './quantities.ts';
import { vectorTable } from './query-tables.ts';
import { timeWithDigits } from './times.ts';
import { similar } from '@wherry/core/rules/similar';
import { isLively, styleFor } from './style.ts';
import { pairs, table } from './table.ts';

test('control characters are spelled out', () => {
  assert.equal(escapeControls('a\tb\n\x1b[31m\x00\x9b\u2066'), 'a\tb\n\\x1b[31m\\x00\\x9b\\u2066');
  assert.equal(escapeLine('a\tb\nc'), 'a\\tb\\nc');
  assert.equal(escapeLine('häßlich 漢字 🚣'), 'häßlich 漢字 🚣');
});

test('a table is aligned, and its wide column gives way to a narrow terminal', () => {
  const columns = [
    { head: 'NAME', cell: (row: string[]) => row[0] ?? '' },
    { head: 'N', cell: (row: string[]) => row[1] ?? '', right: true },
    { head: 'IMAGE', cell: (row: string[]) => row[2] ?? '', shrinks: true },
  ];
  const rows = [
    ['a', '10', 'registry/one'],
    ['long', '1', 'x\n'],
  ];
  assert.equal(table(columns, rows, 80), 'NAME   N  IMAGE\na     10  registry/one\nlong   1  x\\n');
  assert.equal(table(columns, rows, 18).split('\n')[1], 'a     10  registr…');
  assert.equal(
    pairs([
      ['a', 'x\ny'],
      ['bbb', 'z'],
    ]),
    'a    x\n     y\nbbb  z',
  );
});

test('a list as CSV has a column for each name, and nothing in it begins a formula', () => {
  const rows = [
    { name: 'a', count: -1, labels: { x: '1' } },
    { name: '=1+1', ready: true },
  ];
  assert.equal(csvText(rows), 'name,count,labels,ready\r\na,-1,"{""x"":""1""}",\r\n\'=1+1,,,true\r\n');
  assert.equal(csvText({ revoked: true }), 'revoked\r\ntrue\r\n');
  assert.equal(csvText(['a', 'b']), 'value\r\na\r\nb\r\n');
  assert.equal(csvText([]), '');
});

test('numbers are short', () => {
  assert.deepEqual([0, 1023, 1536, 150 * 1024, 2 ** 30].map(bytes), [
    '0 B',
    '1023 B',
    '1.5 KiB',
    '150 KiB',
    '1 GiB',
  ]);
  assert.deepEqual([0.04, 3.21, 999, 1500, 60_000, 90_000, 7_500_000].map(milliseconds), [
    '0 ms',
    '3.2 ms',
    '999 ms',
    '1.5 s',
    '1 min',
    '1 min 30 s',
    '2 h 5 min',
  ]);
  assert.deepEqual(
    [0, 90, 7200, 3 * 86_400].map((s) => ago('1970-01-01T00:00:00Z', s * 1000)),
    ['0 s ago', '1 min ago', '2 h ago', '3 days ago'],
  );
});

test('what was probably meant is near', () => {
  const names = ['deploy', 'list', 'logs', 'login', 'describe'];
  assert.equal(similar('dpeloy', names), 'deploy');
  assert.equal(similar('lsit', names), 'list');
  assert.equal(similar('log', names), 'logs');
  assert.equal(similar('xyz', names), undefined);
  assert.equal(similar('', names), undefined);
});

test('colours are for people at a terminal who did not refuse them', () => {
  assert.equal(styleFor({ isTTY: true }, {}).bad('x'), '\x1b[31mx\x1b[0m');
  for (const env of [{ NO_COLOR: '1' }, { CI: 'true' }, { TERM: 'dumb' }])
    assert.equal(isLively({ isTTY: true }, env), false);
  assert.equal(styleFor({ isTTY: false }, {}).bad('x'), 'x');
});

test('a failure says what, why, what next, which call, and shows the excerpt', () => {
  const text = failureText(
    {
      code: 'deploy_failed',
      title: 'It does not start',
      cause: 'line 1\nline 2',
      next: 'Correct it',
      fault: 'function',
      component: 'engine',
      callId: 'c',
      excerpt: 'a\n\x1bb',
    },
    styleFor({}, {}),
  );
  assert.equal(
    text,
    '✗ It does not start (deploy_failed)\n  why   line 1\n        line 2\n  next  Correct it\n  call  c\n  │ a\n  │ \\x1bb\n',
  );
});

test('times have as many digits on each line', () => {
  assert.equal(timeWithDigits('2026-01-01T00:00:41.79159Z', 6), '2026-01-01T00:00:41.791590Z');
  assert.equal(timeWithDigits('2026-01-01T00:00:41Z', 6), '2026-01-01T00:00:41.000000Z');
  assert.equal(timeWithDigits('2026-01-01T00:00:41.7915999Z', 3), '2026-01-01T00:00:41.791Z');
  assert.equal(timeWithDigits('soon', 3), 'soon');
});

test('one is one', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'call')),
    ['0 calls', '1 call', '2 calls'],
  );
});

test('numbers of a query are rounded, and what is none stays', () => {
  const said = (value: string) =>
    vectorTable({ resultType: 'vector', result: [{ metric: {}, value: [0, value] }] }, 80)
      .split('\n')[1]
      ?.split(/ +/)[1];
  assert.equal(said('0.016666666666666666'), '0.0166667');
  assert.equal(said('12345678'), '12345678');
  assert.equal(said('+Inf'), '+Inf');
  assert.equal(said('NaN'), 'NaN');
});
