import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBoard } from './boards.ts';
import { boardRequest } from './schemas.ts';

const chart = {
  title: 'Calls',
  kind: 'area',
  unit: 'per second',
  queries: [{ text: 'up', legend: '{{x}}' }],
};

test('a board is read as it is meant, and what is missing has a meaning', () => {
  assert.deepEqual(decodeBoard('shop', { title: 'The shop', charts: [chart], revision: 3 }), {
    name: 'shop',
    title: 'The shop',
    charts: [chart],
    revision: 3,
  });
  assert.deepEqual(decodeBoard('shop', { charts: [{ queries: [{ text: 'up' }] }] }), {
    name: 'shop',
    title: 'shop',
    charts: [{ title: '', kind: 'line', unit: 'number', queries: [{ text: 'up' }] }],
  });
});

test('names, kinds and sizes are bounded', () => {
  const refused = (charts: unknown, name = 'shop'): string => {
    // Where the document says that a body fits, it does.
    const fits = boardRequest.safeParse({ charts }).success;
    try {
      decodeBoard(name, { charts });
      assert.ok(fits);
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'taken';
  };
  assert.equal(refused([chart], '../etc'), 'bad_name');
  assert.equal(refused([{ ...chart, kind: 'pie' }]), 'bad_value');
  assert.equal(refused([{ ...chart, queries: [] }]), 'bad_value');
  assert.equal(refused([{ ...chart, queries: Array(6).fill({ text: 'up' }) }]), 'bad_value');
  assert.equal(refused([{ ...chart, queries: [{ text: 'x'.repeat(4_097) }] }]), 'bad_value');
  assert.equal(refused([{ ...chart, title: '\ud800' }]), 'bad_value');
  assert.equal(refused(Array(25).fill(chart)), 'bad_value');
  assert.equal(refused('charts'), 'bad_json');
  assert.equal(refused([{ ...chart, title: '<script>' }]), 'taken', 'text is text');
});
