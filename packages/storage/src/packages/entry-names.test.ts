import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntryTree, nameRefusal, normal } from './entry-names.ts';
import { packageLimits } from './package-limits.ts';

const refused = [
  '/code/x',
  '//host/x',
  'code/../x',
  '..',
  'code/..',
  './../x',
  'code/x/../../y',
  '../code/x',
  'code\\x',
  'code\\..\\..\\x',
  '\\\\host\\share',
  'C:\\x',
  'c:/x',
  'C:x',
  'code/x:stream',
  'code/x::$DATA',
  'code/con',
  'code/CON',
  'code/Con.txt',
  'code/prn.js',
  'code/aux',
  'code/nul.tar.gz',
  'code/com1',
  'code/LPT9.txt',
  'code/com¹',
  'code/CONIN$',
  'code/aux/x.js',
  'code/x.',
  'code/x ',
  'code/dir./x',
  'code/dir /x',
  'code/ x',
  'code/...',
  'code/a<b',
  'code/a|b',
  'code/a?',
  'code/a*',
  'code/"a"',
  'code/a\0b',
  'code/a\nb',
  'code/\u007f',
  'code/\u0085',
  'code/\ud800',
  'code/\ufffd',
  'code//x',
  'code/./x',
  'other/x',
  'x',
  'codex/y',
  'wherry-package.json/x',
  'Code/x',
  'Wherry-Package.json',
  `code/${'x'.repeat(256)}`,
  `code/${'ü'.repeat(128)}`,
  `code/${'x/'.repeat(32)}y`,
  `code/${'x'.repeat(200)}/${'x/'.repeat(20)}${'y'.repeat(200)}/${'z'.repeat(200)}/${'z'.repeat(200)}/${'z'.repeat(200)}`,
];
const accepted = [
  'code',
  'code/',
  './code/',
  '.',
  './',
  'wherry-package.json',
  './wherry-package.json',
  'code/handler.js',
  'code/.hidden',
  'code/..x',
  'code/x..y',
  'code/a b',
  'code/console.js',
  'code/auxiliary',
  'code/com',
  'code/com10',
  'code/übung',
  'code/日本語.js',
  'code/😀',
  "code/it's",
  'code/@scope/pkg',
  'code/a+b~c#d%20',
  'code/$x',
  `code/${'x'.repeat(255)}`,
  `code/${'x/'.repeat(30)}y`,
  'code/wherry-package.json',
];

for (const name of refused) {
  test(`refused: ${JSON.stringify(name.slice(0, 40))}`, () =>
    assert.equal(typeof nameRefusal(name), 'string'));
}
for (const name of accepted) {
  test(`accepted: ${JSON.stringify(name.slice(0, 40))}`, () => assert.equal(nameRefusal(name), undefined));
}

test('one name is one node, however it was written', () => {
  assert.equal(normal('./code/'), 'code');
  assert.equal(normal('./'), '');
  const tree = new EntryTree();
  assert.equal(tree.add('code/a/b', 'file'), undefined);
  assert.equal(tree.add('code/a', 'folder'), undefined);
  assert.equal(tree.has('code'), 'folder');
  assert.equal(tree.has('code/a/b'), 'file');
  assert.equal(tree.has('code/A/b'), undefined);
  for (const clash of ['code/A', 'CODE', 'code/a/B'])
    assert.match(tree.add(clash, 'folder') ?? '', /clashes/);
  assert.equal(tree.add('code/straße', 'file'), undefined);
  assert.match(tree.add('code/STRASSE', 'file') ?? '', /clashes/);
});

test('implied folders count as entries', () => {
  const tree = new EntryTree();
  let wrong: string | undefined;
  let added = 0;
  for (; wrong === undefined; added += 1) wrong = tree.add(`code/${added}/a/b/c/d/e/f/g/h/i`, 'file');
  assert.match(wrong, /more than 20000/);
  assert.ok(added * 10 <= packageLimits.entries + 10);
});
