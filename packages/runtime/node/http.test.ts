// The `http` signature: what Node's own request and response promise, and what frameworks make of it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { chunk, FAULT } from '../conformance/driver.ts';
import { next } from '../conformance/host-under-test.ts';
import { callStreaming } from '../conformance/side.ts';
import { withHandler } from './function-in-test.ts';

const withHttp = (body: string, use: Parameters<typeof withHandler>[1]) =>
  withHandler(`module.exports = function (req, res, next) { ${body} }`, use);

describe('http', { concurrency: 4 }, () => {
  test('has a real request', () =>
    withHttp(
      `let text = ''; req.setEncoding('utf8'); req.on('data', (d) => { text += d }).on('end', () => res.end(JSON.stringify({
        text, url: req.url, method: req.method, headers: req.headers, raw: req.rawHeaders, version: req.httpVersion,
        address: req.socket.remoteAddress, encrypted: req.connection.encrypted, complete: req.complete,
        real: req instanceof require('node:http').IncomingMessage && res instanceof require('node:http').ServerResponse })))`,
      async ({ call }) => {
        const headers = {
          'X-Two': ['a', 'b'],
          'x-forwarded-for': '10.1.2.3, 10.0.0.1',
          'x-forwarded-proto': 'https',
        };
        const seen = JSON.parse((await call('/a?b=c', { method: 'PUT', headers, body: 'grüß' })).text);
        assert.deepEqual([seen.text, seen.url, seen.method, seen.version], ['grüß', '/a?b=c', 'PUT', '1.1']);
        assert.deepEqual([seen.headers['x-two'], seen.raw.slice(0, 2)], ['a, b', ['host', 'example.test']]);
        assert.deepEqual(
          [seen.address, seen.encrypted, seen.complete, seen.real],
          ['10.1.2.3', true, true, true],
        );
      },
    ));

  test('an answer that ends in the middle of a body ends that connection and nothing else', () =>
    withHttp(
      `if (req.method === 'GET') return res.end('still here');
       res.write('begun'); req.on('data', (d) => String(d).includes('b') && res.end());`,
      async ({ host, call }) => {
        const side = await host.line();
        callStreaming(side, 1, '/');
        await side.write(chunk('a'));
        assert.equal((await next(side)).status, 200);
        assert.equal((await side.chunk())?.toString(), 'begun');
        // In one piece: what is behind the answer's end is looked at by nobody.
        await side.write(Buffer.concat([chunk('b'), chunk('c'), chunk('d')]));
        await side.ended();
        assert.equal((await call('/')).text, 'still here');
      },
    ));

  test('takes headers in every form', () =>
    withHttp(
      `res.setHeader('X-Set', ['a', 'b']); res.appendHeader('X-App', '1'); res.appendHeader('X-App', '2');
       res.writeHead(201, 'Made', { 'X-Head': 'h', 'x-set': 'over' });
       const late = (() => { try { res.setHeader('a', 'b') } catch (e) { return e.code } })();
       res.end(JSON.stringify({ sent: res.headersSent, late, has: res.hasHeader('x-head'), names: res.getHeaderNames() }))`,
      async ({ call }) => {
        const answer = await call('/');
        assert.equal(answer.status, 201);
        assert.deepEqual(
          [answer.headers('x-set'), answer.headers('x-app'), answer.headers('x-head')],
          [['over'], ['1', '2'], ['h']],
        );
        assert.deepEqual(JSON.parse(answer.text), {
          sent: true,
          late: 'ERR_HTTP_HEADERS_SENT',
          has: true,
          names: ['x-set', 'x-app', 'x-head'],
        });
      },
    ));

  test('says finish and close, and keeps its states', () =>
    withHttp(
      `const seen = []; for (const e of ['finish', 'close', 'error']) res.on(e, () => seen.push(e));
       res.on('close', () => console.log(JSON.stringify({ seen, ended: res.writableEnded, finished: res.writableFinished, closed: res.closed })));
       res.write('a', () => seen.push('written')); res.end('b', 'utf8', () => seen.push('ended'));
       res.write('late', (e) => seen.push(e.code))`,
      async ({ call, host }) => {
        assert.equal((await call('/')).text, 'ab');
        await host.printed('"closed"');
        const state = JSON.parse(host.stdout);
        assert.deepEqual([state.ended, state.finished, state.closed], [true, true, true]);
        assert.ok(state.seen.includes('finish') && state.seen.at(-1) === 'close', state.seen.join());
      },
    ));

  test('works with pipeline, both ways', () =>
    withHttp(
      `require('node:stream').pipeline(req, require('node:zlib').createGzip(), res, (e) => console.log('pipeline', e?.code ?? 'fine'))`,
      async ({ call, host }) => {
        const answer = await call('/', { method: 'POST', body: 'x'.repeat(50_000) });
        const { gunzipSync } = await import('node:zlib');
        assert.equal(gunzipSync(answer.bytes).length, 50_000);
        await host.printed('pipeline fine\n');
      },
    ));

  test('has no body where HTTP has none', () =>
    withHttp(
      `res.statusCode = req.url === '/304' ? 304 : 204; res.write('no'); res.end('no')`,
      async ({ call }) => {
        for (const target of ['/304', '/204']) assert.equal((await call(target)).text, '');
      },
    ));

  test('keeps the length for HEAD', () =>
    withHttp(
      `res.setHeader('Content-Length', 5); res.end(req.method === 'HEAD' ? undefined : 'hello')`,
      async ({ call }) => {
        const head = await call('/', { method: 'HEAD' });
        assert.deepEqual([head.header('content-length'), head.text], ['5', '']);
        assert.equal((await call('/')).header('content-length'), undefined);
      },
    ));

  test('faults on throwing, rejecting, next(error), destroying, and a status that is none', () =>
    withHttp(
      `switch (req.url) {
         case '/throw': throw new Error('boom');
         case '/reject': return Promise.reject(new Error('boom'));
         case '/next': return next(new Error('boom'));
         case '/destroy': return res.destroy(new Error('boom'));
         case '/socket': return req.socket.destroy(new Error('boom'));
         default: res.statusCode = 700; res.end('boom'); }`,
      async ({ call }) => {
        for (const target of ['/throw', '/reject', '/next', '/destroy', '/socket', '/status']) {
          const answer = await call(target);
          assert.deepEqual([answer.status, answer.flags & FAULT], [500, FAULT], target);
          assert.match(answer.text, /boom|700/);
        }
      },
    ));

  test('answers 404 when next is called', () =>
    withHttp('next()', async ({ call }) => assert.equal((await call('/none')).status, 404)));
});

/** Frameworks are tried where they are installed: WHERRY_TEST_MODULES names a folder with a node_modules. */
const from = createRequire(`${process.env.WHERRY_TEST_MODULES ?? import.meta.dirname}/x.js`);
function place(name: string): string | undefined {
  try {
    return from.resolve(name);
  } catch {
    return undefined;
  }
}

const frameworks: [string, string][] = [
  [
    'express',
    `const app = m(); app.use(m.json()); app.get('/json', (q, s) => s.status(201).cookie('a', '1').json({ ip: q.ip, q: q.query }));
     app.post('/echo', (q, s) => s.send(q.body)); app.get('/bad', () => { throw new Error('boom') });
     app.get('/file', (q, s) => s.sendFile(__filename)); module.exports = app`,
  ],
  [
    'koa',
    `const app = new (m.default ?? m)(); app.silent = true; app.use(async (ctx) => {
     if (ctx.path === '/json') { ctx.status = 201; ctx.cookies.set('a', '1'); ctx.body = { ip: ctx.ip, q: { ...ctx.query } } }
     else if (ctx.path === '/echo') { let t = ''; for await (const d of ctx.req) t += d; ctx.type = 'json'; ctx.body = t }
     else if (ctx.path === '/file') ctx.body = require('node:fs').createReadStream(__filename)
     else ctx.throw(500, 'boom') }); module.exports = app`,
  ],
];

describe('frameworks', () => {
  for (const [name, source] of frameworks) {
    const at = place(name);
    test(name, { skip: at === undefined && `${name} is not installed` }, () =>
      withHandler(`const m = require(${JSON.stringify(at)}); ${source}`, async ({ call, loaded }) => {
        assert.equal(loaded.signature, 'http');
        const json = await call('/json?a=b', { headers: { 'x-forwarded-for': '10.1.2.3' } });
        assert.equal(json.status, 201, json.text);
        assert.deepEqual(JSON.parse(json.text), { ip: '10.1.2.3', q: { a: 'b' } });
        assert.match(json.headers('set-cookie')[0] ?? '', /^a=1/);
        const headers = { 'content-type': 'application/json', 'content-length': '7' };
        assert.deepEqual(JSON.parse((await call('/echo', { headers, body: '{"a":1}' })).text), { a: 1 });
        assert.match((await call('/file')).text, /module\.exports/);
        assert.equal((await call('/bad')).status, 500);
        assert.equal((await call('/json', { method: 'HEAD' })).text, '');
      }),
    );
  }
});
