// Documentation whose links work.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkLinks } from './docs-links.ts';
import { readDocs, root } from './source-tree.ts';

test('every link between files of the clone resolves', () => {
  assert.deepEqual(
    checkLinks(readDocs(), (file) => fs.existsSync(path.join(root, file))),
    [],
  );
});

test('a link to nothing is found; links elsewhere and in code are left alone', () => {
  const text = [
    '# A page',
    '[gone](missing.md) and [gone](../missing/)',
    '[fine](b.md#two-words) [here](#a-page) [web](https://example.org/x) `[code](nowhere.md)`',
    '```\n[code](nowhere.md)\n```',
    '[no such heading](b.md#three)',
    '[out](../../x.md)',
  ].join('\n');
  const pages = [
    { path: 'docs/a.md', text },
    { path: 'docs/b.md', text: '# Two words' },
  ];
  const problems = checkLinks(pages, (file) => pages.some((page) => page.path === file));
  assert.deepEqual(problems, [
    'docs/a.md: missing.md leads nowhere',
    'docs/a.md: ../missing/ leads nowhere',
    'docs/a.md: b.md#three names no heading there',
    'docs/a.md: ../../x.md leads out of the clone',
  ]);
});
