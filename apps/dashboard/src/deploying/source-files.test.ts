import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryIn, runtimeOf, sourceOf } from './source-files.ts';

const file = (path: string, text = ''): File =>
  Object.defineProperty(new File([text], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
    value: path.includes('/') ? path : '',
  });

test('a folder is what is in it, without the traces of tools', async () => {
  const chosen = [
    'shop/handler.py',
    'shop/lib/a.py',
    'shop/.git/config',
    'shop/__pycache__/a.pyc',
    'shop/.env',
  ];
  const source = await sourceOf(chosen.map((path) => file(path, path)));
  assert.deepEqual(
    source.files.map(({ path }) => path),
    ['.env', 'handler.py', 'lib/a.py'],
  );
  assert.equal(source.left, 2);
  assert.equal(new TextDecoder().decode(source.files[1]?.bytes), 'shop/handler.py');
});

test('the handler is found by its name', () => {
  const entry = (...paths: string[]): string | undefined => entryIn(paths.map((path) => ({ path })));
  assert.equal(entry('a.js', 'handler.ts', 'lib/handler.js'), 'handler.ts');
  assert.equal(entry('README.md', 'shop.py'), 'shop.py');
  assert.equal(entry('README.md'), undefined);
  assert.deepEqual(['a.mjs', 'a.cts', 'a.py', 'a.rb', 'a.txt'].map(runtimeOf), [
    'node',
    'node',
    'python',
    'ruby',
    undefined,
  ]);
});
