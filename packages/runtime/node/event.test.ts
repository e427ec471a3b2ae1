// The `event` signature: what users of OpenFaaS's Node template rely on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAULT } from '../conformance/driver.ts';
import { withHandler } from './function-in-test.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Handlers, and what a GET of `/` gets. */
const results: [
  string,
  string,
  { status?: number; text?: string; type?: string | undefined; fault?: boolean },
][] = [
  ['a text', "() => 'hi'", { text: 'hi', type: 'text/plain; charset=utf-8' }],
  ['an object', '() => ({ a: 1 })', { text: '{"a":1}', type: 'application/json' }],
  ['a list', '() => [1, 2]', { text: '[1,2]', type: 'application/json' }],
  ['a number', '() => 42', { text: '42', type: 'application/json' }],
  ['false', '() => false', { text: 'false' }],
  ['bytes', "() => Buffer.from('b')", { text: 'b', type: undefined }],
  ['nothing', '() => {}', { text: '', type: undefined }],
  ['null', '() => null', { text: '' }],
  ['a promise', "async () => 'later'", { text: 'later' }],
  [
    'the context, answered',
    "(e, context) => context.status(201).headers({ 'X-A': 'b' }).succeed('made')",
    { status: 201, text: 'made' },
  ],
  ['the context, not answered', '(e, context) => context.status(204)', { status: 204, text: '' }],
  [
    'a promise of the answered context',
    "async (e, context) => context.status(202).succeed('ok')",
    { status: 202, text: 'ok' },
  ],
  ['by the callback', "(e, c, callback) => callback(undefined, 'called')", { text: 'called' }],
  [
    'by the callback, later',
    '(e, c, callback) => void setTimeout(callback, 5, null, { a: 1 })',
    { text: '{"a":1}' },
  ],
  [
    'by the callback, with an error',
    "(e, c, callback) => callback(new Error('no'))",
    { status: 500, text: 'Error: no', fault: true },
  ],
  ['by context.fail', "(e, context) => context.fail('broken')", { status: 500, text: 'broken', fault: true }],
  [
    'by context.fail with a status',
    "(e, context) => context.status(404).fail('none')",
    { status: 404, text: 'none' },
  ],
  [
    'by throwing',
    "() => { throw new TypeError('bad') }",
    { status: 500, text: 'TypeError: bad', fault: true },
  ],
  ['by throwing a text', "() => { throw 'just text' }", { status: 500, text: 'just text', fault: true }],
  ['by throwing undefined', '() => { throw undefined }', { status: 500, fault: true }],
  [
    'a rejection',
    "async () => { throw new Error('late') }",
    { status: 500, text: 'Error: late', fault: true },
  ],
  ['a circular object', '() => { const o = {}; o.o = o; return o }', { status: 500, fault: true }],
  ['a symbol', "() => Symbol('s')", { status: 500, fault: true }],
  ['a function', '() => () => {}', { status: 500, fault: true }],
  ['an async generator', "async function* () { yield 'a'; yield Buffer.from('b') }", { text: 'ab' }],
  ['a Readable', "() => require('node:stream').Readable.from(['x', 'y'])", { text: 'xy' }],
  ['a web stream', "() => new Blob(['from a blob']).stream()", { text: 'from a blob' }],
  ['a stream of objects', 'async function* () { yield { a: 1 } }', { status: 500, fault: true }],
  [
    'twice',
    "(e, c, callback) => { callback(null, 'one'); callback(null, 'two'); return 'three' }",
    { text: 'one' },
  ],
  [
    'an own content type',
    "(e, c) => c.headers({ 'Content-Type': 'text/html' }).succeed('<p>')",
    { text: '<p>', type: 'text/html' },
  ],
  ['cookies', "(e, c) => c.headers({ 'Set-Cookie': ['a=1', 'b=2'] }).succeed('')", { text: '' }],
];

describe('a handler answers', { concurrency: 4 }, () => {
  for (const [title, handler, expected] of results) {
    test(`with ${title}`, () =>
      withHandler(`module.exports = ${handler}`, async ({ call, loaded }) => {
        assert.equal(loaded.signature, 'event');
        const answer = await call('/');
        assert.equal(answer.status, expected.status ?? 200, answer.text);
        if (expected.text !== undefined) assert.equal(answer.text, expected.text);
        if ('type' in expected) assert.equal(answer.header('content-type'), expected.type);
        assert.equal((answer.flags & FAULT) !== 0, expected.fault ?? false);
        assert.equal((await call('/')).status, expected.status ?? 200, 'and a second time');
      }));
  }
});

describe('a handler sees', { concurrency: 4 }, () => {
  const show =
    'module.exports = (event) => ({ ...event, kind: Buffer.isBuffer(event.body) ? "bytes" : typeof event.body })';

  test('method, path, query and headers', () =>
    withHandler(show, async ({ call }) => {
      const headers = { 'X-One': ['a', 'b'], Cookie: ['c=1', 'd=2'], 'content-type': 'text/plain' };
      const answer = await call('/a/b%20c?x=1&x=2&y=%C3%BC+z&list[]=1&o[p][q]=r&__proto__[bad]=1&flag', {
        headers,
        method: 'PUT',
        body: 'é',
      });
      const seen = JSON.parse(answer.text);
      assert.deepEqual([seen.method, seen.path, seen.body], ['PUT', '/a/b%20c', 'é']);
      assert.deepEqual(seen.query, { x: ['1', '2'], y: 'ü z', list: ['1'], o: { p: { q: 'r' } }, flag: '' });
      assert.deepEqual(
        [seen.headers['x-one'], seen.headers.cookie, seen.headers.host],
        ['a, b', 'c=1; d=2', 'example.test'],
      );
    }));

  test('JSON and forms as objects, everything else as text', () =>
    withHandler(show, async ({ call }) => {
      const body = async (type: string, text: string) =>
        JSON.parse((await call('/', { headers: { 'Content-Type': type }, body: text })).text).body;
      assert.deepEqual(await body('application/json; charset=utf-8', '{"a":[1]}'), { a: [1] });
      assert.deepEqual(await body('application/x-www-form-urlencoded', 'a=1&b=x+y'), { a: '1', b: 'x y' });
      assert.equal(await body('text/html', '<p>'), '<p>');
      assert.equal(await body('application/xml', '<a/>'), '<a/>');
      assert.deepEqual(JSON.parse((await call('/')).text).body, {});
      assert.deepEqual(JSON.parse((await call('/', { method: 'POST' })).text).body, '');
    }));

  test('bytes when RAW_BODY asks for them', () =>
    withHandler(
      show,
      async ({ call }) => {
        const answer = JSON.parse((await call('/', { headers: JSON_HEADERS, body: '{' })).text);
        assert.equal(answer.kind, 'bytes');
        assert.equal((await call('/', { body: '12345678901' })).status, 413);
      },
      { env: { RAW_BODY: 'true', MAX_RAW_SIZE: '10' } },
    ));

  test('nothing of what is no JSON, or too large: the caller hears it', () =>
    withHandler(
      show,
      async ({ call }) => {
        const bad = await call('/', { headers: JSON_HEADERS, body: '{"a":' });
        assert.deepEqual([bad.status, bad.flags & FAULT], [400, 0]);
        assert.equal((await call('/', { headers: JSON_HEADERS, body: `"${'x'.repeat(2000)}"` })).status, 413);
      },
      { env: { MAX_JSON_SIZE: '1kb' } },
    ));

  test('an event that can be printed, copied and changed', () =>
    withHandler(
      `module.exports = (event) => {
        event.headers = { ...event.headers, 'x-more': '1' }
        return { keys: Object.keys(event).sort(), more: event.headers['x-more'], text: require('node:util').inspect(event) }
      }`,
      async ({ call }) => {
        const seen = JSON.parse((await call('/p')).text);
        assert.deepEqual(seen.keys, ['body', 'headers', 'method', 'path', 'query']);
        assert.equal(seen.more, '1');
        assert.match(seen.text, /'\/p'/);
      },
    ));

  test('plain Node: its own argv, no host in the stack of modules, no gc', () =>
    withHandler(
      'module.exports = () => ({ argv: process.argv.slice(1), gc: typeof gc, main: typeof require })',
      async ({ call, folder }) => {
        const seen = JSON.parse((await call('/')).text);
        assert.deepEqual(seen.argv, [`${folder}/index.js`]);
        assert.equal(seen.gc, 'undefined');
      },
    ));
});

test('user code that patches what everybody uses does not break the host', () =>
  withHandler(
    `
    JSON.stringify = () => 'patched'; JSON.parse = () => { throw 1 };
    globalThis.setTimeout = globalThis.setImmediate = () => { throw 2 };
    performance.now = () => { throw 3 }; Object.keys = () => { throw 4 };
    console.log = () => { throw 5 }; globalThis.Buffer = undefined;
    Object.prototype.polluted = 'yes'; Array.prototype.more = 'yes';
    module.exports = async (event, context) => event.path === '/text' ? context.headers({ a: 'b' }).succeed('fine') : { own: 1 };
    `,
    async ({ call }) => {
      assert.equal((await call('/text')).text, 'fine');
      assert.equal((await call('/', { headers: JSON_HEADERS, body: '{"a":1}' })).text, '{"own":1}');
    },
  ));
