import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { Column, mostBytes, putColumn } from './columns.ts';

/** A column as it comes back, and how many bytes it took. */
function through(values: readonly number[]): { read: number[]; bytes: number } {
  const view = new DataView(new ArrayBuffer(mostBytes(values.length) + 7));
  const end = putColumn(view, 7, Float64Array.of(0, 0, ...values), 2, values.length);
  const column = new Column(view, 7, values.length);
  assert.equal(column.end, end);
  return { read: values.map((_, row) => column.at(row)), bytes: end - 7 };
}

test('numbers come back as they were given, in as few bytes as they need', () => {
  const cases: readonly (readonly [values: readonly number[], bytes: number])[] = [
    [[-1, -1, -1], 1],
    [[0, 0, 0], 1],
    [[200, 200, 200], 2],
    [[404, 404], 3],
    [[0.31, 0.31], 9],
    [[-1, 0, 1], 1 + 3],
    [[200, 404, 455], 2 + 3],
    [[5, 261], 2 + 2 * 2],
    [[1_767_225_600_000, 1_767_225_600_700], 9 + 2 * 2],
    [[0, 2 ** 32 - 1], 1 + 2 * 4],
    [[0, 2 ** 32], 1 + 2 * 8],
    [[0.1, 0.2, 3], 1 + 3 * 8],
    [[-5, -4], 9 + 2],
    [[7], 2],
  ];
  for (const [values, bytes] of cases) assert.deepEqual(through(values), { read: values, bytes });
  for (const odd of [NaN, Infinity, -Infinity, 2 ** 53 + 2, -(2 ** 60), Number.MIN_VALUE, Number.MAX_VALUE])
    for (const values of [[odd], [odd, odd], [odd, 1], [1, odd], [0.5, odd, 2]])
      assert.deepEqual(through(values).read, values);
});

test(`so do any others (seed ${seed})`, () => {
  const random = seeded(seed);
  for (let run = 0; run < 2_000; run += 1) {
    const scale = 2 ** Math.floor(random() * 60);
    const whole = random() < 0.7;
    const base = random() < 0.5 ? 0 : Math.round((random() - 0.5) * scale);
    const values = Array.from({ length: 1 + Math.floor(random() * 96) }, () => {
      const value = base + (random() - 0.3) * scale;
      return whole ? Math.round(value) + 0 : value;
    });
    assert.deepEqual(through(values).read, values);
  }
});

test('bytes that are no column are refused', () => {
  const bytes = (...them: number[]): DataView => new DataView(Uint8Array.from(them).buffer);
  for (const view of [bytes(0x50), bytes(0x03, 1), bytes(0x02, 1, 2), bytes(0x40, 1), bytes()])
    assert.throws(() => new Column(view, 0, 2), RangeError);
});
