// The import graph is a tree that people can read from the top.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCycles } from './cycles.ts';
import { readCode } from './source-tree.ts';

test('no file imports itself by way of others', () => {
  assert.deepEqual(findCycles(readCode()), []);
});

test('a cycle through relative imports is found', () => {
  const cycles = findCycles([
    { path: 'packages/core/src/a.ts', text: `import { b } from './b.ts';` },
    { path: 'packages/core/src/b.ts', text: `import { c } from './c/d.ts';` },
    { path: 'packages/core/src/c/d.ts', text: `export { a } from '../a.ts';` },
  ]);
  assert.equal(cycles.length, 1);
  assert.match(cycles[0] ?? '', /a\.ts → .*b\.ts → .*d\.ts → .*a\.ts/);
});

test('a cycle through workspaces is found', () => {
  const cycles = findCycles([
    { path: 'packages/core/src/a.ts', text: `import { b } from '@wherry/engine/deep/b';` },
    { path: 'packages/engine/src/deep/b.ts', text: `import { a } from '@wherry/core/a';` },
  ]);
  assert.equal(cycles.length, 1);
});

test('a type import does not make a cycle', () => {
  const cycles = findCycles([
    { path: 'packages/core/src/a.ts', text: `import type { B } from './b.ts';` },
    { path: 'packages/core/src/b.ts', text: `import { a } from './a.ts';` },
  ]);
  assert.deepEqual(cycles, []);
});
