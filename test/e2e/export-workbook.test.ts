// A million rows fit into one sheet of Excel, and leave with flat memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayWith, many, take } from './many-calls.ts';

const gateway = await gatewayWith(many);

test('a million rows as an Excel workbook', async (t) => {
  assert.equal(await take(t, gateway, 'format=xlsx'), many);
});

test('a hundred thousand as JSON, and as lines of it', async (t) => {
  for (const format of ['json', 'jsonl'])
    assert.equal(await take(t, gateway, `format=${format}&limit=100000`), 100_000);
});
