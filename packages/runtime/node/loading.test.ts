// What may be exported, and how; and which signature that is taken for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withFunction, type Written } from './function-in-test.ts';

const found: [string, string, string, string][] = [
  ['module.exports', 'index.js', 'module.exports = () => "ok"', 'event'],
  [
    'module.exports = { handler }',
    'index.js',
    'module.exports = { handler: (event, context) => "ok" }',
    'event',
  ],
  ['exports.handler', 'index.js', 'exports.handler = async (event) => "ok"', 'event'],
  [
    'exports.default, as compilers write it',
    'index.js',
    'exports.__esModule = true; exports.default = () => "ok"',
    'event',
  ],
  ['export default', 'index.mjs', 'export default () => "ok"', 'event'],
  ['export default in a .js file', 'index.js', 'export default () => "ok"', 'event'],
  ['export function handler', 'index.mjs', 'export function handler() { return "ok" }', 'event'],
  [
    'export default of an object with a handler',
    'index.mjs',
    'export default { handler: () => "ok" }',
    'event',
  ],
  [
    'top-level await',
    'index.mjs',
    'const text = await Promise.resolve("ok"); export default () => text',
    'event',
  ],
  ['TypeScript', 'index.ts', 'export default (event: { path: string }): string => "ok"', 'event'],
  [
    'TypeScript, module',
    'index.mts',
    'const text: string = "ok"; export const handler = () => text',
    'event',
  ],
  ['TypeScript, CommonJS', 'index.cts', 'module.exports = (event: unknown): string => "ok"', 'event'],
  ['minified parameters', 'index.js', 'module.exports=(a,b)=>b.succeed("ok")', 'event'],
  ['export function fetch', 'index.mjs', 'export const fetch = () => new Response("ok")', 'fetch'],
  [
    'export default with fetch',
    'index.mjs',
    'export default { fetch: async () => new Response("ok") }',
    'fetch',
  ],
  [
    'module.exports = { fetch }',
    'index.js',
    'module.exports = { fetch() { return new Response(this.text) }, text: "ok" }',
    'fetch',
  ],
  ['(req, res)', 'index.js', 'module.exports = (req, res) => res.end("ok")', 'http'],
  [
    '(request, response, next)',
    'index.js',
    'module.exports = function (request, response, next) { response.end("ok") }',
    'http',
  ],
  [
    '(_req, { }) with comments',
    'index.js',
    'module.exports = async (_req /* (a, b) */, res = {}) => { res.end("ok") }',
    'http',
  ],
  [
    'an http server',
    'index.js',
    'module.exports = require("node:http").createServer((a, b) => b.end("ok"))',
    'http',
  ],
  [
    'a Koa-like application',
    'index.js',
    'module.exports = { use() {}, callback: () => (a, b) => b.end("ok") }',
    'http',
  ],
  [
    'an Express-like application, minified',
    'index.js',
    'module.exports = Object.assign((a, b) => b.end("ok"), { use() {}, handle() {} })',
    'http',
  ],
];

describe('finds the handler in', { concurrency: 4 }, () => {
  for (const [title, entry, source, signature] of found) {
    test(title, () =>
      withFunction({ files: { [entry]: source }, entry }, async ({ loaded, call, host }) => {
        assert.deepEqual([loaded.ok, loaded.signature], [true, signature], JSON.stringify(loaded));
        assert.equal((await call('/')).text, 'ok');
        assert.equal(host.stderr, '');
      }),
    );
  }

  const folders: [string, Written][] = [
    [
      'a folder with a package.json',
      {
        entry: '.',
        files: { 'package.json': '{"main":"lib/main.js"}', 'lib/main.js': 'module.exports = () => "ok"' },
      },
    ],
    ['a folder with an index.js', { entry: 'app', files: { 'app/index.js': 'module.exports = () => "ok"' } }],
    [
      'a file named without its ending',
      { entry: 'handler', files: { 'handler.js': 'module.exports = () => "ok"' } },
    ],
    [
      'a file with the signature given',
      { entry: 'a.js', signature: 'http', files: { 'a.js': 'module.exports = (a, b) => b.end("ok")' } },
    ],
    [
      'a function given as fetch',
      { entry: 'a.mjs', signature: 'fetch', files: { 'a.mjs': 'export default () => new Response("ok")' } },
    ],
  ];
  for (const [title, written] of folders) {
    test(title, () =>
      withFunction(written, async ({ loaded, call }) => {
        assert.equal(loaded.ok, true, JSON.stringify(loaded));
        assert.equal((await call('/')).text, 'ok');
      }),
    );
  }
});

const failures: [string, Written, string, RegExp][] = [
  [
    'a syntax error of a module',
    { entry: 'a.mjs', files: { 'a.mjs': '\n\nexport default ( => 1' } },
    'syntax',
    /^a\.mjs:3: /,
  ],
  [
    'a syntax error of TypeScript',
    { entry: 'a.ts', files: { 'a.ts': '\n\nexport default ( => 1' } },
    'syntax',
    /^a\.ts:3: /,
  ],
  [
    'an enum',
    { entry: 'a.ts', files: { 'a.ts': 'enum A { B }\nexport default () => A.B' } },
    'syntax',
    /^a\.ts:1: .*enum.*build first/,
  ],
  [
    'a syntax error in another file',
    { entry: 'a.js', files: { 'a.js': 'require("./lib/b")', 'lib/b.js': '\nlet let = 1' } },
    'syntax',
    /^lib\/b\.js:2: /,
  ],
  [
    'a SyntaxError that was only thrown',
    { entry: 'a.js', files: { 'a.js': 'JSON.parse("{")' } },
    'threw',
    /^SyntaxError: /,
  ],
  [
    'a dependency that is not there',
    { entry: 'a.js', files: { 'a.js': 'require("absent-package")' } },
    'threw',
    /absent-package/,
  ],
  [
    'an import that is not there',
    { entry: 'a.mjs', files: { 'a.mjs': 'import "absent-package"' } },
    'threw',
    /absent-package/,
  ],
  [
    'a rejection while loading',
    { entry: 'a.mjs', files: { 'a.mjs': 'await 0; throw new Error("no luck")' } },
    'threw',
    /^Error: no luck/,
  ],
  ['something thrown that is no error', { entry: 'a.js', files: { 'a.js': 'throw null' } }, 'threw', /null/],
  [
    'a missing file, naming what is there',
    { entry: 'b.js', files: { 'a.js': '' } },
    'not-found',
    /b\.js.*a\.js/,
  ],
  [
    'an empty file',
    { entry: 'a.js', files: { 'a.js': '' } },
    'no-handler',
    /a\.js exports nothing that can be called/,
  ],
  [
    'a signature that does not exist',
    { entry: 'a.js', signature: 'wsgi', files: { 'a.js': 'module.exports = () => 1' } },
    'no-handler',
    /wsgi/,
  ],
];

describe('explains', { concurrency: 4 }, () => {
  for (const [title, written, kind, message] of failures) {
    test(title, () =>
      withFunction(written, async ({ loaded }) => {
        assert.deepEqual([loaded.ok, loaded.kind], [false, kind], JSON.stringify(loaded));
        assert.match(String(loaded.message), message);
      }),
    );
  }
});
