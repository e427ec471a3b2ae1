// A million call records leave a real gateway as CSV with flat memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayWith, many, take } from './many-calls.ts';

const gateway = await gatewayWith(many);

test('a million rows as CSV', async (t) => {
  assert.equal(await take(t, gateway, 'format=csv'), many);
});
