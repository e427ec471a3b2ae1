import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedFiles, generatedPages } from './generated-pages.ts';

const root = join(import.meta.dirname, '../..');

test('the generated parts of docs/ say what the code says (npm run docs writes them)', () => {
  const pages = generatedPages();
  assert.ok(pages.size >= 3);
  for (const [page, made] of pages) {
    assert.equal(readFileSync(join(root, page), 'utf8'), made, `${page} is stale: npm run docs`);
    assert.match(made, /<!-- generated: npm run docs -->\n\|/, `${page} has no generated part`);
  }
});

test('the schema of stack files is what reads them', () => {
  for (const [file, made] of generatedFiles())
    assert.equal(readFileSync(join(root, file), 'utf8'), made, `${file} is stale: npm run docs`);
});
