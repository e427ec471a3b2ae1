// Small files with names that say something.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNames, checkSizes } from './file-norms.ts';
import { readCode } from './source-tree.ts';

const lines = (count: number, first = 'let a;') => `${first}\n${'let a;\n'.repeat(count - 1)}`;
const named = (path: string) => checkNames([{ path, text: '' }]);

test('files are short, or say why not', () => {
  assert.deepEqual(checkSizes(readCode()), []);
});

test('files and folders are named in kebab-case, after what is in them', () => {
  assert.deepEqual(checkNames(readCode()), []);
});

test('a file that is too long, or long without a reason, is found', () => {
  const path = 'packages/core/src/a.ts';
  assert.equal(checkSizes([{ path, text: lines(401, '// Long because: it is one table.') }]).length, 1);
  assert.equal(checkSizes([{ path, text: lines(201) }]).length, 1);
  assert.deepEqual(checkSizes([{ path, text: lines(201, '// Long because: it is one table.') }]), []);
  assert.equal(checkSizes([{ path: 'packages/core/src/a.test.ts', text: lines(601) }]).length, 1);
  assert.deepEqual(checkSizes([{ path: 'packages/core/src/a.test.ts', text: lines(600) }]), []);
});

test('a name that says nothing or is spelt otherwise is found', () => {
  for (const path of [
    'apps/cli/src/utils.ts',
    'apps/cli/src/common/a.ts',
    'apps/cli/src/string-helpers.ts',
  ]) {
    assert.match(named(path)[0] ?? '', /says nothing/);
  }
  assert.match(named('apps/cli/src/getThing.ts')[0] ?? '', /kebab-case/);
  assert.match(named('apps/cli/src/get_thing.ts')[0] ?? '', /kebab-case/);
  assert.deepEqual(named('packages/runtime/python/_wherry/event_loop.py'), []);
  assert.deepEqual(named('packages/forward/src/shared-connection.test.ts'), []);
});
