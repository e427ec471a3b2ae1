import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import { seed, seeded } from '@wherry/testkit/seeded';
import { sameInBoth } from './comparison-queries.fixtures.ts';
import { parseQuery } from './language/parser.ts';
import { MemoryHistory } from './memory-history.fixtures.ts';
import { rangeQuery } from './query.ts';
import { everyMs, seededSeries } from './seeded-series.fixtures.ts';

// Texts of strangers: each has an answer, or is refused with an error of ours, and soon. The seed is printed where one fails.

const random = seeded();
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const words = [
  ...[
    'limit',
    'temperature{job="api"}',
    'rate',
    'sum',
    'by',
    'on',
    'and',
    'or',
    'unless',
    'offset',
    'bool',
    'group_left',
    'label_replace',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'Inf',
    'NaN',
    '1',
    '0x',
    '1e999',
    '5m',
    '[5m]',
    '[5m:1m]',
    '[99999999y]',
    '""',
    '`',
    '"\\u{',
    'é',
    '\0',
  ],
  ...[
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ',',
    '=',
    '=~',
    '!~',
    '!=',
    '==',
    '<',
    '-',
    '+',
    '*',
    '^',
    '@',
    ':',
    '#',
    '\n',
    '\u202e',
    '\ud800',
    '=~"(a*)*b"',
  ],
];
const start = Date.UTC(2026, 0, 31, 22, 30);
const history = new MemoryHistory(seededSeries(start, seeded(7)));
const span = { start: start + 600_000, end: start + 60 * everyMs * 5, stepMs: 600_000 };

/** How much of a processor one text may take. */
const patienceMs = 2_000;

async function tried(text: string): Promise<void> {
  const began = process.cpuUsage();
  try {
    await rangeQuery(history, { text, ...span });
  } catch (error) {
    assert.ok(
      error instanceof WherryError && error.code !== 'internal',
      `${JSON.stringify(text)}, seed ${seed}: ${String(error)}`,
    );
  }
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1000;
  assert.ok(took < patienceMs, `${JSON.stringify(text)} took ${took} ms, seed ${seed}`);
}

test('random words are an answer or an error of ours', async () => {
  for (let round = 0; round < 20_000; round += 1)
    await tried(
      Array.from({ length: 1 + Math.floor(random() * 12) }, () => pick(words)).join(pick(['', ' '])),
    );
});

test('random mutations of queries are an answer or an error of ours', async () => {
  for (let round = 0; round < 8_000; round += 1) {
    let text = pick(sameInBoth);
    for (let change = 0; change < 1 + random() * 3; change += 1) {
      const [at, length] = [Math.floor(random() * (text.length + 1)), Math.floor(random() * 6)];
      const other = pick(sameInBoth);
      const put = pick([
        '',
        pick(words),
        other.slice(Math.floor(random() * other.length)).slice(0, 20),
        text,
      ]);
      text = (text.slice(0, at) + put + text.slice(at + length)).slice(0, 400);
    }
    await tried(text);
  }
});

test('deep and long texts are refused before the stack ends', () => {
  const deep = ['(', '-', '{', '[', 'sum(', '1+(', '2^', 'a[1m', '"', 'abs(-', 'a or ', '((((-'];
  for (const part of deep)
    for (const length of [64, 500, 16_000, 200_000]) {
      const text = part.repeat(Math.ceil(length / part.length)).slice(0, length);
      assert.throws(() => parseQuery(text), WherryError, `${length} of ${part}`);
    }
  assert.throws(() => parseQuery(Array.from({ length: 2_000 }, () => 'a').join('+')), /within each other/);
});
