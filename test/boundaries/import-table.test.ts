// The import table of ARCHITECTURE.md is law.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf } from './import-scan.ts';
import { checkImports, checkScripts, parseImportTable } from './import-table.ts';
import { readManifests } from './manifests.ts';
import { readCode, readText } from './source-tree.ts';

const table = parseImportTable(readText('ARCHITECTURE.md'));
const declared = new Map(
  readManifests().map(({ folder, manifest }) => [
    folder,
    new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })),
  ]),
);
const judge = (path: string, text: string) => checkImports([{ path, text }], table, declared);

test('every import is allowed by the import table and declared', () => {
  assert.deepEqual(checkImports(readCode(), table, declared), []);
});

test('launchers import nothing that has to be installed', () => {
  assert.deepEqual(checkScripts(readCode()), []);
});

test('an import that the table forbids is found', () => {
  const [problem] = judge('packages/core/src/a.ts', `import { x } from '@wherry/engine/x';`);
  assert.match(problem ?? '', /core may not import engine/);
});

test('adapters are imported in the wiring alone', () => {
  const text = `import {\n  x,\n} from '@wherry/storage/sqlite/x';`;
  assert.match(judge('apps/gateway/src/routes/a.ts', text)[0] ?? '', /only src\/wiring.ts/);
  assert.deepEqual(judge('apps/gateway/src/wiring.ts', text), []);
});

test('the core has neither Node nor packages', () => {
  assert.match(judge('packages/core/src/a.ts', `import fs from 'node:fs';`)[0] ?? '', /part of Node/);
  assert.match(judge('packages/core/src/a.ts', `export { z } from 'zod';`)[0] ?? '', /is a package/);
});

test('an undeclared dependency is found', () => {
  assert.match(
    judge('packages/engine/src/a.ts', `await import('zod');`)[0] ?? '',
    /not among the dependencies/,
  );
  const undeclared = checkImports(
    [{ path: 'packages/engine/src/a.ts', text: `import type { A } from '@wherry/core/a';` }],
    table,
    new Map(),
  );
  assert.match(undeclared[0] ?? '', /"@wherry\/core" is not among/);
});

test('a relative import that leaves its workspace is found', () => {
  const [problem] = judge('packages/engine/src/a.ts', `import { x } from '../../core/src/x.ts';`);
  assert.match(problem ?? '', /leaves the workspace/);
});

test('a language host uses its standard library alone', () => {
  assert.match(judge('packages/runtime/python/a.py', 'import requests')[0] ?? '', /standard library/);
  assert.match(judge('packages/runtime/node/a.cjs', `const z = require('zod');`)[0] ?? '', /has none/);
  assert.deepEqual(judge('packages/runtime/python/a.py', 'import os, json as j\nfrom .peer import x'), []);
});

test('a workspace without a row, and a row that cannot be read, are found', () => {
  assert.match(judge('packages/nameless/src/a.ts', `import { x } from '@wherry/core/x';`)[0] ?? '', /no row/);
  assert.throws(() => parseImportTable('| workspace | may import |\n|---|---|\n| a | b; sometimes c |'));
  assert.throws(() => parseImportTable('# nothing here'));
});

test('a launcher that needs a package is found', () => {
  const problems = checkScripts([{ path: 'scripts/a.mjs', text: `import { x } from 'yaml';` }]);
  assert.equal(problems.length, 1);
});

test('the scan sees every way to import, and no comments', () => {
  const text = [
    `import a from 'a';`,
    `import type { B } from 'b';`,
    `import {\n  type C,\n  d,\n} from 'c';`,
    `export * from 'e';`,
    `import 'f';`,
    `const g = await import('g');`,
    `// import h from 'h';`,
    ` * import { i } from 'i';`,
    `import type from 'j';`,
  ].join('\n');
  const found = importsOf({ path: 'packages/core/src/a.ts', text });
  assert.deepEqual(found.map(({ specifier }) => specifier).sort(), ['a', 'b', 'c', 'e', 'f', 'g', 'j']);
  assert.deepEqual(
    found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier),
    ['b'],
  );
});
