import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileFormat } from './file-format.ts';

const formats = ['csv', 'json', 'xlsx'] as const;

test('a file is what its name ends with, unless something else is said that does not contradict', () => {
  assert.equal(fileFormat(formats, 'calls.xlsx', undefined), 'xlsx');
  assert.equal(fileFormat(formats, 'a.b/CALLS.XLSX', undefined), 'xlsx');
  assert.equal(fileFormat(formats, 'calls.txt', undefined), undefined);
  assert.equal(fileFormat(formats, 'calls.txt', 'csv'), 'csv');
  assert.equal(fileFormat(formats, undefined, 'csv'), 'csv');
  assert.equal(fileFormat(formats, '-', undefined), undefined);
  assert.throws(() => fileFormat(formats, 'calls.xlsx', 'csv'), /--format says csv|ends with .xlsx/);
});
