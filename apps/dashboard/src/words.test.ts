import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, compact, duration, shellWord, until } from './words.ts';

test('numbers and times are said as people say them', () => {
  assert.deepEqual([850, 2_400, 190_000, 0.42].map(duration), ['850 ms', '2.4 s', '3 min 10 s', '0.4 ms']);
  assert.deepEqual(
    [60_000, 3_599_900, 3_900_000, 90 * 60_000, 86_399_999, 51 * 3_600_000, 999.7, 59_990].map(duration),
    ['1 min', '1 h', '1 h 5 min', '1 h 30 min', '1 d', '2 d 3 h', '1 s', '1 min'],
  );
  const now = Date.parse('2026-01-31T12:00:00Z');
  const at = (ms: number): string => new Date(now + ms).toISOString();
  assert.deepEqual(
    [-200, -12_000, -330_000, -3 * 3_600_000, -50 * 3_600_000].map((ms) => ago(at(ms), now)),
    ['just now', '12 s ago', '5 min ago', '3 h ago', '2 days ago'],
  );
  assert.deepEqual(
    [500, 90_000].map((ms) => until(at(ms), now)),
    ['now', 'in 1 min'],
  );
  assert.deepEqual([0, 0.01, 0.2, 12, 1_204, 12_300, 4.5e6].map(compact), [
    ...['0', '< 0.1', '0.2', '12', '1,204', '12.3 k', '4.5 M'],
  ]);
  assert.deepEqual([12, 2048, 5 * 2 ** 20].map(bytes), ['12 B', '2.0 KiB', '5.0 MiB']);
});

test('what goes into a shell line is one word of it', () => {
  assert.equal(shellWord('hello'), 'hello');
  assert.equal(shellWord("$(rm -rf /); it's"), `'$(rm -rf /); it'\\''s'`);
});
