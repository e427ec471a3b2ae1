import assert from 'node:assert/strict';
import test from 'node:test';
import { optionsOf } from './options.ts';

test('seven rounds and the page, unless told otherwise', () => {
  assert.deepEqual(optionsOf([], 'wake'), {
    rounds: 7,
    quick: false,
    page: true,
    command: 'npm run bench -- --only wake',
  });
});

test('a quick run stays off the page unless it is asked for', () => {
  assert.equal(optionsOf(['--quick'], 'wake').page, false);
  assert.equal(optionsOf(['--quick', '--page'], 'wake').page, true);
  assert.equal(optionsOf(['--no-page'], 'wake').page, false);
  assert.equal(optionsOf(['--quick'], 'wake').rounds, 3);
  assert.equal(
    optionsOf(['--quick', '--rounds', '5'], 'wake').command,
    'npm run bench -- --only wake --quick --rounds 5',
  );
});

test('what makes no sense is refused', () => {
  assert.throws(() => optionsOf(['--rounds', '0'], 'wake'));
  assert.throws(() => optionsOf(['--fast'], 'wake'));
});
