import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRemoved, encodeRemoved } from './removed-settings.ts';

test('whatever a name is made of arrives, as letters that a header may have', () => {
  const removed = ['a,b', 'line\r\nSet-Cookie: x', 'häßlich', '%', '\ud800'];
  const text = encodeRemoved([{ what: 'image' }, { what: 'annotations', removed }]) ?? '';
  assert.match(text, /^[!-~]+$/);
  assert.deepEqual(
    decodeRemoved(text),
    removed.map((name) => `annotations.${name.toWellFormed()}`),
  );
  assert.equal(encodeRemoved([{ what: 'env', added: ['A'] }]), undefined);
});

test('a long list is cut between names, and what is no list is none', () => {
  const removed = Array.from({ length: 500 }, (_, i) => `${'x'.repeat(50)}${i}`);
  const text = encodeRemoved([{ what: 'env', removed }]) ?? '';
  assert.ok(text.length <= 4096);
  assert.equal(decodeRemoved(text)[0], `env.${removed[0]}`);
  assert.deepEqual(decodeRemoved('%E0%A4%A,env.A'), ['env.A']);
  assert.deepEqual(decodeRemoved(undefined), []);
});
