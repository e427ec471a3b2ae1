// Callers that take their time. All of these wait for deadlines of the gateway, so they wait together.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { ask, Line } from './line.ts';

const gateway = await Gateway.start({ after }, { args: ['--functions-timeout', '4s'] });
const { host } = new URL(gateway.url);

before(async () => {
  const source = readFileSync(join(import.meta.dirname, 'fixtures/seen.js'), 'utf8');
  await gateway.deploy({ name: 'seen', files: { 'handler.js': source }, signature: 'http' });
  await gateway.deploy({ name: 'small', files: { 'handler.js': 'module.exports = (event) => event.body;' } });
});

const head = (method: string, path: string, ...lines: readonly string[]): string =>
  `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

/** Writes a byte every so often until the other side has had enough. */
async function drip(line: Line, byte: string, everyMs: number): Promise<void> {
  const timer = setInterval(() => line.write(byte), everyMs);
  await line.end();
  clearInterval(timer);
}

const since = (started: number): number => performance.now() - started;

describe('who takes too long is cut off, and who waits is heard', { concurrency: true }, () => {
  test('2,000 half-open connections: the others are served as before, and each is ended with 408', async () => {
    const slow = await Promise.all(
      Array.from({ length: 2000 }, async () => {
        const line = await Line.to(gateway.url);
        line.write('GET /function/seen HTTP/1.1\r\nHost: 127');
        return line;
      }),
    );
    const times: number[] = [];
    for (let i = 0; i < 200; i++) {
      const started = performance.now();
      const answer = await ask(gateway.url, 'POST', '/function/small', { 'content-type': 'text/plain' }, 'x');
      assert.equal(answer.body, 'x');
      times.push(since(started));
    }
    times.sort((a, b) => a - b);
    // Of a process that opens 2,000 connections itself; who waited for one of them would wait ten seconds.
    assert.ok((times[197] ?? 0) < 5_000, `the slowest of a hundred took ${times[197]} ms`);
    for (const line of slow) {
      const answer = await line.answer();
      assert.equal(answer?.status, 408);
      await line.end();
    }
  });

  test('a connection that never says anything is ended', async () => {
    const line = await Line.to(gateway.url);
    await line.end();
  });

  test('headers that come byte by byte, for ever: 408', async () => {
    const line = await Line.to(gateway.url);
    line.write(`GET /function/seen HTTP/1.1\r\nHost: ${host}\r\nX-A: `);
    const started = performance.now();
    await drip(line, 'a', 500);
    assert.match(line.pending.toString(), /^HTTP\/1\.1 408 [\s\S]*request_slow/);
    assert.ok(since(started) < 20_000);
  });

  test('the second request on a connection has no more time than the first', async () => {
    const line = await Line.to(gateway.url);
    line.write(head('GET', '/healthz'));
    assert.equal((await line.answer())?.status, 200);
    line.write('GET /healthz HT');
    const started = performance.now();
    await line.end();
    assert.ok(since(started) < 20_000);
  });

  test('a small body that does not come: 408 with the reason, and the function is never called', async () => {
    const line = await Line.to(gateway.url);
    line.write(head('POST', '/function/seen/slow-body', 'Content-Length: 100') + 'half');
    const started = performance.now();
    await drip(line, 'a', 1000);
    assert.match(line.pending.toString(), /^HTTP\/1\.1 408 [\s\S]*request_slow/);
    assert.ok(since(started) > 10_000 && since(started) < 45_000, `${since(started)} ms`);
    assert.doesNotMatch(await gateway.said('seen', '', '/seen'), /slow-body/);
  });

  test('an upload that drips to the remote builder: 408, though it might be signed', async () => {
    const line = await Line.to(gateway.url);
    const signature = `X-Build-Signature: sha256=${'0'.repeat(64)}`;
    line.write(head('POST', '/build', 'Content-Length: 1000000', signature));
    const started = performance.now();
    await drip(line, 'a', 1000);
    assert.match(line.pending.toString(), /^HTTP\/1\.1 408 [\s\S]*request_slow/);
    assert.ok(since(started) < 45_000, `${since(started)} ms`);
  });

  test('control: a small body that takes its time, and comes, is served', async () => {
    const line = await Line.to(gateway.url);
    line.write(head('POST', '/function/small', 'Content-Length: 4', 'Content-Type: text/plain'));
    for (const byte of 'slow') {
      await new Promise((resolve) => setTimeout(resolve, 500));
      line.write(byte);
    }
    assert.equal((await line.answer())?.body, 'slow');
    line.close();
  });

  for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 1000000']) {
    test(`a body that drips in (${framing}) ends with the call’s deadline`, async () => {
      const line = await Line.to(gateway.url);
      line.write(head('POST', '/function/seen/drip', framing));
      const started = performance.now();
      await drip(line, framing.startsWith('T') ? '1\r\na\r\n' : 'a', 200);
      assert.match(line.pending.toString(), /^HTTP\/1\.1 504 [\s\S]*function_timeout/);
      assert.ok(since(started) > 3500 && since(started) < 12_000, `${since(started)} ms`);
    });
  }

  const unread = [
    ['GET', '/healthz', 200],
    ['POST', '/function/nobody', 404],
    ['POST', '/system/functions', 401],
    ['GET', '/nowhere', 404],
  ] as const;
  for (const [method, path, status] of unread) {
    for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 1000000']) {
      test(`${method} ${path} answers without the body (${framing}), and does not wait for it`, async () => {
        const line = await Line.to(gateway.url);
        line.write(head(method, path, framing));
        assert.equal((await line.answer())?.status, status);
        const started = performance.now();
        await drip(line, framing.startsWith('T') ? '1\r\na\r\n' : 'a', 100);
        assert.ok(since(started) < 10_000, `${since(started)} ms`);
      });
    }
  }
});

// Alone: what others hold would be counted, too.
test('who stops reading in the middle of an answer holds nothing but a buffer', async () => {
  await gateway.deploy({
    name: 'endless',
    files: {
      'handler.mjs':
        'let sent = 0; export const fetch = (r) => new URL(r.url).pathname === "/sent" ? new Response(String(sent)) : new Response(new ReadableStream({ pull(c) { sent += 65536; c.enqueue(new Uint8Array(65536)); } }));',
    },
    spec: { annotations: { 'com.wherry.timeout': '60s' } },
  });
  const before = residentBytes();
  const lines = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const line = await Line.to(gateway.url);
      line.socket.pause();
      line.write(head('GET', '/function/endless'));
      return line;
    }),
  );
  // The function is asked for more only while somebody takes it: when two looks agree, nobody does.
  let sent = -1;
  for (let same = 0; same < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = Number(await gateway.said('endless', '', '/sent'));
    same = now === sent ? same + 1 : 0;
    sent = now;
  }
  assert.ok(sent < 400 * 2 ** 20, `${sent} bytes for 20 callers who read nothing`);
  assert.ok(residentBytes() - before < 150 * 2 ** 20, `${(residentBytes() - before) / 2 ** 20} MiB more`);
  for (const line of lines) line.close();
});

function residentBytes(): number {
  const status = readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
