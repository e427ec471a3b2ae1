import assert from 'node:assert/strict';
import test from 'node:test';
import { figure, shown, table } from './table.ts';

test('a table is Markdown with numbers at the right', () => {
  assert.equal(
    table(
      ['what', 'calls/s'],
      [
        ['Node', '31,400'],
        ['Python, hello', '9'],
      ],
    ),
    [
      '| what          | calls/s |',
      '| ------------- | ------: |',
      '| Node          |  31,400 |',
      '| Python, hello |       9 |',
    ].join('\n'),
  );
});

test('a row may lack its last cells', () => {
  assert.equal(table(['a', 'b'], [['x']]).split('\n')[2], '| x   |     |');
});

test('figures keep three digits', () => {
  assert.deepEqual([31_437, 1_000_400, 312.4, 12.34, 1.239, 0.045_67, 0].map(figure), [
    '31,400',
    '1,000,000',
    '312',
    '12.3',
    '1.24',
    '0.0457',
    '0',
  ]);
  assert.equal(figure(Number.NaN), '–');
});

test('a number from a disturbed machine is marked, a missing one is a dash', () => {
  const settled = { value: 2, least: 1, most: 3, count: 3, clean: false };
  assert.equal(shown(settled, figure), '2.00†');
  assert.equal(shown({ ...settled, clean: true }, figure), '2.00');
  assert.equal(shown(undefined, figure), '–');
});
