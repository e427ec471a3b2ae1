import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { group, RowWriter } from './row-writer.ts';

const habits = {
  numbered: true,
  repeated: [[3], [4, 5]],
};

/** Rows that are the same as the one before or not, in runs of every length. */
function sample(count: number): (string | number | null)[][] {
  const texts = ['a', 'bb', 'a'];
  return Array.from({ length: count }, (_, seq) => {
    const run = Math.floor(seq / (group + 3));
    const one = run % 2 === 0 ? 'same' : texts[seq % 3]!;
    const other = run % 3 === 0 ? run : seq % 5;
    return [
      seq + 1,
      run % 4 === 3 ? `x${seq}` : null,
      run % 5 === 4 ? seq : 0,
      one,
      other,
      one.length,
      seq / 7,
    ];
  });
}

test('rows come back as they were given, whatever is repeated in them', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE things (seq INTEGER PRIMARY KEY, a, b, c, d, e, f)');
  const writer = new RowWriter(database, 'things', 7, habits);
  const rows = sample(group * 200 + 5);
  for (const given of rows) {
    const row = writer.row();
    given.forEach((value, column) => (row[column] = value));
    writer.written();
  }
  writer.finish();
  const found = database.prepare('SELECT * FROM things ORDER BY seq').all();
  assert.deepEqual(
    found.map((row) => Object.values(row)),
    rows,
  );
  database.close();
});

test('a row that would not come to the place that its number says is not written', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE things (seq INTEGER PRIMARY KEY, a, b, c, d, e, f); INSERT INTO things (seq) VALUES (7)',
  );
  const writer = new RowWriter(database, 'things', 7, habits);
  const write = (): void => {
    for (const given of sample(group)) {
      given.forEach((value, column) => (writer.row()[column] = value));
      writer.written();
    }
  };
  assert.throws(write, /things ends with row 23 instead of 16/);
  database.close();
});
