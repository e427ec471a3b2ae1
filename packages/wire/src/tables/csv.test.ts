import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableColumn } from '@wherry/core/table';
import { csvHead, csvRow, textCell } from './csv.ts';
import { jsonRow } from './json.ts';

const columns: readonly TableColumn[] = [
  { name: 'text', kind: 'text' },
  { name: 'count', kind: 'number' },
  { name: 'at', kind: 'time' },
  { name: 'cold', kind: 'flag' },
];

test('what a spreadsheet takes for a formula does not begin a cell, wherever it thinks that one begins', () => {
  const formulas = [
    ...['=1+1', '+1+1', "-1+cmd|' /C calc'!A0", '@SUM(1)', '\t=1', '\r=1', ' =1', '\n=1', '＝1', '|x', '%x'],
    ...['a;=1', 'a\t=1', 'a\n=HYPERLINK("http://evil")', 'a"; =1', 'a\r\n@x', '"=1'.slice(1)],
  ];
  for (const text of formulas) {
    const cell = textCell(text);
    for (const part of cell.replace(/^"|"$/g, '').split(/[;\t\r\n,]/))
      assert.doesNotMatch(
        part,
        /^["\s]*[=+\-@|%＝]/,
        `${JSON.stringify(text)} became ${JSON.stringify(cell)}`,
      );
  }
});

test('numbers stay numbers, in text too', () => {
  assert.equal(csvRow(columns, ['-5', -5, undefined, true]), '-5,-5,,true\r\n');
  assert.equal(csvRow(columns, ['-1.5e-7', 1e21, 0, false]), '-1.5e-7,1e+21,1970-01-01T00:00:00Z,false\r\n');
  assert.equal(csvRow(columns, ['x', NaN, undefined, undefined]), 'x,NaN,,\r\n');
  assert.equal(csvRow(columns, ['x', -Infinity, undefined, undefined]), "x,'-Inf,,\r\n");
});

test('quotes, commas and line ends are as RFC 4180 has them; control characters are spelled out', () => {
  assert.equal(csvHead([...columns, { name: '=evil', kind: 'text' }]), "text,count,at,cold,'=evil\r\n");
  assert.equal(textCell('a "b", c'), '"a ""b"", c"');
  assert.equal(textCell('a\r\nb'), '"a\r\nb"');
  assert.equal(textCell('\u0000\u001b[31m\u0085\u2028'), '\\u0000\\u001b[31m\\u0085\\u2028');
  assert.equal(textCell('Grüße 日本'), 'Grüße 日本');
  assert.equal(textCell('\ud800x'), '\ufffdx');
  assert.equal(textCell(''), '');
});

test('JSON: what is empty is left out, times are text, what is no number for JSON is text', () => {
  assert.equal(
    jsonRow(columns, ['=1', NaN, 1, undefined]),
    '{"text":"=1","count":"NaN","at":"1970-01-01T00:00:00.001Z"}',
  );
  assert.equal(jsonRow(columns, [undefined, undefined, undefined, undefined]), '{}');
});
