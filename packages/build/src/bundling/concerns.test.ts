import assert from 'node:assert/strict';
import { test } from 'node:test';

interface Concerns {
  libraryConcern(name: string, text: string): string | undefined;
  ownConcern(text: string): string | undefined;
  ownPlace(text: string, folder: string, name: string): { code: string } | null;
}

const path = './inside/concerns.mjs';
const { libraryConcern, ownConcern, ownPlace } = (await import(path)) as Concerns;

test('what a library may do in one file, and what keeps it outside', () => {
  const safe = [
    "const a = require('a'); import('b'); module.exports = { require: 1 }",
    'exports.require = function (x) { return x.require(y) }',
    'export { x } from \'y\'; const z = await import("z");',
    'const t = `require(${x})`',
  ];
  for (const text of safe.slice(0, 3)) assert.equal(libraryConcern('x', text), undefined, text);
  const unsafe: Readonly<Record<string, RegExp>> = {
    'path.join(__dirname, "x")': /looks for files/,
    'new URL("./x.wasm", import.meta.url)': /looks for files/,
    'require.resolve("x")': /how modules are found/,
    'require.cache[x]': /how modules are found/,
    'const r = createRequire(import.meta.url)': /looks for files/,
    'new Worker("./x.js")': /starts threads/,
    'require("./build/Release/x.node")': /compiled code/,
    'require("bindings")("x"); bindings("x")': /compiled code/,
    'require(name)': /names it computes/,
    'require("./" + name)': /names it computes/,
    'import(`./locale/${x}.js`)': /names it computes/,
  };
  for (const [text, why] of Object.entries(unsafe))
    assert.match(libraryConcern('x', text) ?? 'nothing', why, text);
  assert.equal(libraryConcern('express', 'var fn = require(mod).__express'), undefined);
});

test('what a function does itself', () => {
  assert.equal(ownConcern('const x = require("x"); app.get("/", f)'), undefined);
  assert.match(ownConcern('app.set("view engine", "pug")') ?? '', /views/);
  assert.match(ownConcern('require(process.env.PLUGIN)') ?? '', /computes/);
  assert.equal(ownPlace('no places', '', 'a.js'), null);
  assert.match(ownPlace('x(__dirname)', 'lib/deep', 'a.js')?.code ?? '', /"lib\/deep"/);
  assert.match(
    ownPlace('import "x"; y(import.meta.dirname)', '', 'a.mjs')?.code ?? '',
    /createRequire[\s\S]*y\(__dirname\)/,
  );
});

test('no text takes long to look at', () => {
  for (const text of [
    'require('.repeat(100_000),
    'require("'.repeat(100_000),
    `import(${' '.repeat(200_000)}`,
    'a'.repeat(2 ** 20),
  ]) {
    const from = performance.now();
    libraryConcern('x', text);
    ownConcern(text);
    ownPlace(text, '', 'x');
    assert.ok(performance.now() - from < 2_000, text.slice(0, 20));
  }
});
