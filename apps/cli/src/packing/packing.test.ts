import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path, { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { list } from 'tar';
import { pack } from '@wherry/build/packing/archive';
import { isInside } from '@wherry/build/packing/inside';
import { manifestOf, runtimeNamed, runtimeOfText } from './runtime-guess.ts';
import { readSource } from '@wherry/build/packing/source';

function folder(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'wherry-src-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const paths = async (root: string) => (await readSource(root)).map((file) => file.path);

test('the traces of tools are left out, dependencies are not', async (t) => {
  const root = folder(t, {
    'handler.js': '',
    '.git/config': '',
    'lib/__pycache__/a.pyc': '',
    'node_modules/dep/index.js': '',
    'node_modules/.cache/x': '',
    'node_modules/.bin/tool': '',
    '.DS_Store': '',
    'a b/ü.txt': '',
    '.env': '',
  });
  assert.deepEqual(await paths(root), ['.env', 'a b/ü.txt', 'handler.js', 'node_modules/dep/index.js']);
});

test('.wherryignore leaves more out, and takes back', async (t) => {
  const root = folder(t, {
    '.wherryignore': '# notes\r\n/test/\r\n*.md\r\n!keep.md\r\n!.venv\r\n',
    'a.md': '',
    'keep.md': '',
    'test/x.js': '',
    'lib/test/x.js': '',
    '.venv/y': '',
  });
  assert.deepEqual(await paths(root), ['.venv/y', 'keep.md', 'lib/test/x.js']);
});

test('a link stands for what it leads to, inside the folder, and never leads out of it or in a circle', async (t) => {
  const root = folder(t, { 'lib/a.js': 'a', 'index.js': '', 'node_modules/x/node_modules/.bin/tool': '' });
  symlinkSync('lib', join(root, 'alias'));
  symlinkSync('../index.js', join(root, 'lib', 'up.js'));
  assert.deepEqual(await paths(root), ['alias/a.js', 'alias/up.js', 'index.js', 'lib/a.js', 'lib/up.js']);
  symlinkSync('..', join(root, 'lib', 'round'));
  await assert.rejects(readSource(root), /round is a symbolic link in a circle/);
  rmSync(join(root, 'lib', 'round'));
  symlinkSync('nowhere', join(root, 'broken'));
  await assert.rejects(readSource(root), /broken is a symbolic link to nothing/);
  rmSync(join(root, 'broken'));
  symlinkSync('/etc/passwd', join(root, 'out'));
  await assert.rejects(readSource(root), /out is a symbolic link that leads out/);
});

test('an empty folder and a missing path are told', async (t) => {
  const root = folder(t, { '.git/x': '' });
  await assert.rejects(readSource(root), /is empty/);
  await assert.rejects(readSource(join(root, 'nowhere')), /ENOENT/);
});

test('what is inside a folder is told on every system', () => {
  assert.equal(isInside('C:\\f', 'C:\\f\\lib\\a', path.win32), true);
  assert.equal(isInside('C:\\f', 'D:\\secret', path.win32), false);
  assert.equal(isInside('C:\\f', 'C:\\x', path.win32), false);
  assert.equal(isInside('/f', '/f/..hidden', path.posix), true);
  assert.equal(isInside('/f', '/fx', path.posix), false);
});

test('the same code makes the same bytes, whenever and wherever it is packed', async (t) => {
  const long = `${'d'.repeat(120)}/${'e'.repeat(120)}/ü.js`;
  const files = { 'b.js': 'b', 'a/run.sh': '#!/bin/sh\n', [long]: 'x'.repeat(5000) };
  const digests = [];
  for (const year of [2001, 2026]) {
    const root = folder(t, files);
    chmodSync(join(root, 'a/run.sh'), year === 2001 ? 0o700 : 0o755);
    utimesSync(join(root, 'b.js'), new Date(year, 0), new Date(year, 0));
    const archive = await pack({ runtime: 'node', entry: 'b.js', signature: 'auto' }, await readSource(root));
    const bytes = readFileSync(archive.path);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), archive.digest);
    assert.equal(bytes.length, archive.bytes);
    digests.push(archive.digest);
    const seen: [string, number | undefined, number | undefined][] = [];
    await list({
      file: archive.path,
      onReadEntry: (entry) => seen.push([String(entry.path), entry.mode, entry.size]),
    });
    assert.deepEqual(seen, [
      ['wherry-package.json', 0o644, 66],
      ['code/a/run.sh', 0o755, 10],
      ['code/b.js', 0o644, 1],
      [`code/${long}`, 0o644, 5000],
    ]);
    archive.discard();
    assert.throws(() => readFileSync(archive.path));
  }
  assert.equal(digests[0], digests[1]);
});

test('runtime and entry are told from the code', async (t) => {
  for (const [files, runtime, entry] of [
    [{ 'handler.js': '', 'other.js': '' }, 'node', 'handler.js'],
    [{ 'index.mjs': '', 'package.json': '{}' }, 'node', 'index.mjs'],
    [
      { 'package.json': '{"main":"./lib/start"}', 'lib/start.js': '', 'index.js': '' },
      'node',
      'lib/start.js',
    ],
    [{ 'fn.ts': '' }, 'node', 'fn.ts'],
    [{ 'handler.py': '', 'requirements.txt': '' }, 'python', 'handler.py'],
    [{ 'app.py': '', 'tool.js': '', 'requirements.txt': '' }, 'python', 'app.py'],
    [{ hello: '#!/usr/bin/env python3\n' }, 'python', 'hello'],
    [{ 'handler.go': '', 'go.mod': '' }, 'go', '.'],
    [{ 'pom.xml': '', 'src/main/java/Handler.java': '' }, 'java', '.'],
    [{ 'composer.json': '', 'src/Handler.php': '' }, 'php', '.'],
    [{ 'handler.rb': '', Gemfile: '' }, 'ruby', 'handler.rb'],
    [{ hello: 'module.exports = () => {}' }, 'node', 'hello'],
  ] as const) {
    const manifest = await manifestOf(await readSource(folder(t, files)), {});
    assert.deepEqual([manifest.runtime, manifest.entry, manifest.signature], [runtime, entry, 'auto']);
  }
});

test('where it can not be told, the flag to give is named', async (t) => {
  await assert.rejects(manifestOf(await readSource(folder(t, { 'a.txt': '' })), {}), /which language/);
  await assert.rejects(
    manifestOf(await readSource(folder(t, { 'a.py': '', 'b.js': '' })), {}),
    /both node and python/,
  );
  await assert.rejects(
    manifestOf(await readSource(folder(t, { 'a.js': '', 'b.js': '' })), {}),
    /which file holds the handler; there is a\.js, b\.js/,
  );
  await assert.rejects(
    manifestOf(await readSource(folder(t, { 'a.js': '' })), { entry: 'b.js' }),
    /there is no b\.js/,
  );
});

test('a language has many names', () => {
  for (const name of ['node', 'JavaScript', 'ts', 'node-express', 'node12'])
    assert.equal(runtimeNamed(name), 'node', name);
  for (const name of ['node20', 'node20-express', 'node20-debian'])
    assert.equal(runtimeNamed(name), 'node20', name);
  assert.equal(runtimeNamed('python3.12'), 'python3.12');
  assert.equal(runtimeNamed('java17'), 'java');
  assert.equal(runtimeNamed('php8'), 'php');
  assert.equal(runtimeNamed('ruby-http'), 'ruby');
  for (const name of ['python', 'py', 'python3-http-debian', 'python27'])
    assert.equal(runtimeNamed(name), 'python', name);
  assert.equal(runtimeNamed('Go'), 'go');
  assert.equal(runtimeNamed('golang-middleware'), 'go');
  assert.equal(runtimeOfText('import json\n'), 'python');
  assert.equal(runtimeOfText("import x from 'y'\n"), 'node');
  assert.equal(runtimeOfText('hello'), undefined);
});

test('what is started must be a program, or be named: a file that happens to lie there is not taken for one', async (t) => {
  const manifest = async (files: Record<string, string>, said = {}) =>
    manifestOf(await readSource(folder(t, files)), { lang: 'program', ...said });
  await assert.rejects(manifest({ 'README.md': '# Hello' }), { message: /README\.md is none/ });
  assert.equal((await manifest({ 'run.sh': '#!/bin/sh\ncat\n' })).entry, 'run.sh');
  assert.equal((await manifest({ tool: '\x7fELF\x02' })).entry, 'tool');
  assert.equal((await manifest({ 'README.md': '# Hello' }, { fprocess: 'cat' })).entry, '.');
  assert.equal((await manifest({ 'README.md': '# Hello' }, { entry: 'README.md' })).entry, 'README.md');
});
