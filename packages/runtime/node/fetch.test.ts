// The `fetch` signature: Request in, Response out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CANCEL, DONE, FAULT } from '../conformance/driver.ts';
import { call as send, next } from '../conformance/host-under-test.ts';
import { withHandler } from './function-in-test.ts';

const withFetch = (body: string, use: Parameters<typeof withHandler>[1]) =>
  withHandler(`module.exports = { async fetch(request) { ${body} } }`, use);

describe('fetch', { concurrency: 4 }, () => {
  test('sees the whole request', () =>
    withFetch(
      `return Response.json({ url: request.url, method: request.method, headers: [...request.headers], body: await request.text() })`,
      async ({ call }) => {
        const headers = { host: 'shop.test:8443', 'x-forwarded-proto': 'https', 'X-Two': ['a', 'b'] };
        const answer = await call('/p/a%20b?q=1', { method: 'PATCH', headers, body: 'grüß' });
        const seen = JSON.parse(answer.text);
        assert.equal(answer.header('content-type'), 'application/json');
        assert.equal(seen.url, 'https://shop.test:8443/p/a%20b?q=1');
        assert.deepEqual([seen.method, seen.body], ['PATCH', 'grüß']);
        assert.ok(
          seen.headers.some(([name, value]: [string, string]) => name === 'x-two' && value === 'a, b'),
        );
        // A path must never be taken for a host, nor a broken Host header for one.
        assert.equal(JSON.parse((await call('//evil.test/x')).text).url, 'http://example.test//evil.test/x');
        assert.match(
          JSON.parse((await call('/', { headers: { host: 'a b/c' } })).text).url,
          /^http:\/\/localhost\/$/,
        );
      },
    ));

  test('answers status, headers, several cookies and a body of any kind', () =>
    withFetch(
      `const headers = new Headers({ 'x-a': '1', 'set-cookie': 'a=1' });
       headers.append('set-cookie', 'b=2');
       const { pathname } = new URL(request.url);
       if (pathname === '/empty') return new Response(null, { status: 204, headers });
       if (pathname === '/bytes') return new Response(new Uint8Array([1, 2, 3]), { status: 201, headers });
       if (pathname === '/form') { const f = new FormData(); f.set('a', 'b'); return new Response(f); }
       return new Response('text', { status: 404, headers });`,
      async ({ call }) => {
        const text = await call('/');
        assert.deepEqual([text.status, text.text, text.header('x-a')], [404, 'text', '1']);
        assert.deepEqual(text.headers('set-cookie'), ['a=1', 'b=2']);
        assert.match(text.header('content-type') ?? '', /^text\/plain/);
        assert.deepEqual([(await call('/empty')).status, (await call('/empty')).text], [204, '']);
        assert.deepEqual([...(await call('/bytes')).bytes], [1, 2, 3]);
        assert.match((await call('/form')).header('content-type') ?? '', /^multipart\/form-data/);
        const head = await call('/', { method: 'HEAD' });
        assert.deepEqual([head.status, head.text], [404, '']);
      },
    ));

  test('faults on what is no Response, and on rejections', () =>
    withFetch(
      `if (request.url.endsWith('/throw')) throw new Error('boom'); return request.url.endsWith('/error') ? Response.error() : 'text'`,
      async ({ call }) => {
        for (const [target, text] of [
          ['/', /must answer a Response.*string/],
          ['/throw', /boom/],
          ['/error', /status 0/],
        ] as const) {
          const answer = await call(target);
          assert.deepEqual([answer.status, answer.flags & FAULT], [500, FAULT]);
          assert.match(answer.text, text);
        }
      },
    ));

  test('aborts request.signal, also of one that was taken along', () =>
    withFetch(
      `const { signal } = new Request(request, { headers: { more: '1' } });
       console.log('waiting');
       await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
       console.log('aborted ' + request.signal.reason.name);
       return new Response('late');`,
      async ({ host, lane }) => {
        send(lane, 5, '/');
        await host.printed('waiting');
        lane.send({ type: CANCEL, id: 5 });
        assert.equal((await next(lane)).type, DONE);
        await host.printed('aborted AbortError');
      },
    ));
});
