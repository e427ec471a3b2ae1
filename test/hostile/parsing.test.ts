// What is not quite HTTP: two readers must never find different requests in the same bytes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { type Answer, ask, Line, send } from './line.ts';

const gateway = await Gateway.start({ after }, { args: ['--max-body', '8Mi'] });
const { host } = new URL(gateway.url);
const echo = '/function/seen';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly ended: boolean;
}

/** What the function has been asked since the last time. */
const seen = async (): Promise<readonly Seen[]> =>
  JSON.parse(await gateway.said('seen', '', '/seen')) as Seen[];

before(async () => {
  const source = readFileSync(join(import.meta.dirname, 'fixtures/seen.js'), 'utf8');
  // What it has seen is in the memory of one.
  const spec = { labels: { 'com.openfaas.scale.max': '1' } };
  await gateway.deploy({ name: 'seen', files: { 'handler.js': source }, signature: 'http', spec });
});
beforeEach(async () => void (await seen()));

const inner = `GET ${echo}/smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const start = (...lines: readonly string[]): string =>
  `POST ${echo} HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const chunked = 'Transfer-Encoding: chunked';

/** Bytes in which some reader finds a second request. */
const smuggling: Readonly<Record<string, string>> = {
  'both lengths': start('Content-Length: 4', chunked) + `0\r\n\r\n${inner}`,
  'both lengths, the other way round': start(chunked, 'Content-Length: 4') + `0\r\n\r\n${inner}`,
  'both lengths, the first empty': start('Content-Length:', chunked) + `0\r\n\r\n${inner}`,
  'two lengths': start(`Content-Length: ${inner.length}`, 'Content-Length: 0') + inner,
  'two lengths that agree':
    start(`Content-Length: ${inner.length}`, `Content-Length: ${inner.length}`) + inner,
  'two lengths in other cases': start('content-length: 0', `CONTENT-LENGTH: ${inner.length}`) + inner,
  'a list of lengths': start(`Content-Length: 0, ${inner.length}`) + inner,
  'a list of one length': start(`Content-Length: ${inner.length}, ${inner.length}`) + inner,
  'a length in hexadecimal': start('Content-Length: 0x1') + inner,
  'a length with a sign': start('Content-Length: +0') + inner,
  'a negative length': start('Content-Length: -1') + inner,
  'a length with a point': start('Content-Length: 0.0') + inner,
  'a length with an exponent': start('Content-Length: 1e2') + inner,
  'a length in two words': start(`Content-Length: 0 ${inner.length}`) + inner,
  'a length that overflows': start('Content-Length: 18446744073709551616') + inner,
  'a length behind a line break': start('Content-Length:\r\n 0') + inner,
  'a length behind a vertical tab': start('Content-Length: \x0b0') + inner,
  'a length with a NUL': start('Content-Length: 0\0') + inner,
  'a length whose name has a blank behind': start(`Content-Length : ${inner.length}`) + inner,
  'a length whose name has a tab behind': start(`Content-Length\t: ${inner.length}`) + inner,
  'a length whose name has a NUL': start(`Content-Length\0: ${inner.length}`) + inner,
  'chunked, but not quite': start('Transfer-Encoding: xchunked') + `0\r\n\r\n${inner}`,
  'chunked in quotes': start('Transfer-Encoding: "chunked"') + `0\r\n\r\n${inner}`,
  'chunked with a parameter': start('Transfer-Encoding: chunked;q=1') + `0\r\n\r\n${inner}`,
  'chunked and then something else': start('Transfer-Encoding: chunked, identity') + `0\r\n\r\n${inner}`,
  'chunked twice, with identity behind': start(chunked, 'Transfer-Encoding: identity') + `0\r\n\r\n${inner}`,
  'chunked behind a vertical tab': start('Transfer-Encoding: \x0bchunked') + `0\r\n\r\n${inner}`,
  'chunked before a vertical tab': start('Transfer-Encoding: chunked\x0b') + `0\r\n\r\n${inner}`,
  'chunked with a NUL': start('Transfer-Encoding: chunked\0') + `0\r\n\r\n${inner}`,
  'chunked on a folded line': start('Transfer-Encoding:\r\n chunked') + `0\r\n\r\n${inner}`,
  'chunked on a line that belongs to another': start('X-A: b', ` ${chunked}`) + `0\r\n\r\n${inner}`,
  'chunked on a line that begins with a tab': start('X-A: b', `\t${chunked}`) + `0\r\n\r\n${inner}`,
  'chunked with a blank before the colon': start('Transfer-Encoding : chunked') + `0\r\n\r\n${inner}`,
  identity: start('Transfer-Encoding: identity') + inner,
  gzip: start('Transfer-Encoding: gzip') + inner,
  'an empty coding': start('Transfer-Encoding:') + inner,
  'a header line without a colon': start('X-A') + inner,
  'a header without a name': start(': x') + inner,
  'a header name with a blank': start('X A: b') + inner,
  'a header name in brackets': start('[X]: b') + inner,
  'a control character in a value': start('X-A: a\x01b') + inner,
  'a NUL in a value': start('X-A: a\0b') + inner,
  'a delete character in a value': start('X-A: a\x7fb') + inner,
  'a carriage return in a value': start(`X-A: a\rContent-Length: ${inner.length}`) + inner,
  'a bare line feed between headers': `POST ${echo} HTTP/1.1\r\nHost: ${host}\r\nX-A: b\nContent-Length: 3\r\n\r\nabc`,
  'bare line feeds only': `POST ${echo} HTTP/1.1\nHost: ${host}\nContent-Length: 0\n\n${inner}`,
  'bare carriage returns only': `POST ${echo} HTTP/1.1\rHost: ${host}\rContent-Length: 0\r\r${inner}`,
  'a bare line feed at the end of the head': `POST ${echo} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\n${inner}`,
  'a bare line feed behind the request line': `POST ${echo} HTTP/1.1\nHost: ${host}\r\n\r\n${inner}`,
  'something behind the version': `POST ${echo} HTTP/1.1 x\r\nHost: ${host}\r\n\r\n${inner}`,
  'a blank in the path': `POST ${echo} x HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'another version': `POST ${echo} HTTP/1.2\r\nHost: ${host}\r\n\r\n${inner}`,
  'version 2 in version 1': `POST ${echo} HTTP/2.0\r\nHost: ${host}\r\n\r\n${inner}`,
  'no version': `POST ${echo}\r\nHost: ${host}\r\n\r\n${inner}`,
  'a lower-case method': `post ${echo} HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'an unknown method': `BREW ${echo} HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'a NUL in the path': `POST ${echo}/\0 HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'a control character in the path': `POST ${echo}/\x01 HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'a line break in the path': `POST ${echo}/\r\nX: y HTTP/1.1\r\nHost: ${host}\r\n\r\n${inner}`,
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\0'.repeat(9)}`,
  'the beginning of TLS': `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\0'.repeat(32)}`,
  'the banner of SSH': 'SSH-2.0-OpenSSH_9.6\r\n',
  noise: Array.from({ length: 500 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join(''),
};

describe('ambiguous heads are answered by 400, the connection is closed, and no function sees a thing', () => {
  for (const [what, bytes] of Object.entries(smuggling)) {
    test(what, async () => {
      const answers = await send(gateway.url, bytes);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [400],
      );
      assert.deepEqual(answers[0]?.headers['connection'], ['close']);
      assert.deepEqual(answers[0]?.headers['x-wherry-error'], ['bad_request']);
      assert.deepEqual(await seen(), []);
    });
  }
});

/** The head is good; the body goes wrong after the function may have been called. */
const bodies: Readonly<Record<string, string>> = {
  'a size in hexadecimal notation': `0x5\r\nabcde\r\n0\r\n\r\n${inner}`,
  'a size with a sign': `+5\r\nabcde\r\n0\r\n\r\n${inner}`,
  'a negative size': `-1\r\n${inner}`,
  'a size behind a blank': ` 5\r\nabcde\r\n0\r\n\r\n${inner}`,
  'a size that is no number': `g\r\n${inner}`,
  'no size': `\r\n${inner}`,
  'a size that overflows': `fffffffffffffffff\r\n${inner}`,
  'a size that overflows to nothing': `10000000000000000\r\n\r\n${inner}`,
  'a line feed behind the size': `5\nabcde\r\n0\r\n\r\n${inner}`,
  'a carriage return behind the size': `5\rabcde\r\n0\r\n\r\n${inner}`,
  'a line feed in an extension': `5;a\nabcde\r\n0\r\n\r\n${inner}`,
  'a NUL in an extension': `5;a\0b\r\nabcde\r\n0\r\n\r\n${inner}`,
  'more data than announced': `1\r\nabcde\r\n0\r\n\r\n${inner}`,
  'less data than announced': `ff\r\nabcde\r\n0\r\n\r\n${inner}`,
  'a line feed behind the data': `5\r\nabcde\n0\r\n\r\n${inner}`,
  'nothing behind the data': `5\r\nabcde0\r\n\r\n${inner}`,
  'a length among the trailers': `0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  'a trailer that is none': `0\r\nx y\r\n\r\n${inner}`,
  'a trailer behind a line feed': `0\r\nX: y\nContent-Length: 5\r\n\r\n${inner}`,
  'a folded trailer': `0\r\nX: y\r\n z: a\r\n\r\n${inner}`,
};

describe('broken chunks: no second request, no complete body, and the connection is closed', () => {
  for (const [what, body] of Object.entries(bodies)) {
    test(what, async () => {
      const line = await Line.to(gateway.url);
      line.write(start(chunked) + body);
      line.socket.end();
      const answer = await line.answer();
      assert.ok(answer === undefined || answer.status === 400, `${answer?.status}`);
      assert.equal(await line.end(), '');
      for (const one of await seen()) {
        assert.equal(one.ended, false, 'what came is never taken for the whole');
        assert.doesNotMatch(one.url, /smuggled/);
      }
    });
  }

  test('control: the same request, spelled well, is served; and so is the one behind it', async () => {
    const answers = await send(gateway.url, `${start(chunked)}5\r\nabcde\r\n0\r\n\r\n${inner}`, 2);
    assert.deepEqual(
      answers.map(({ body }) => body),
      ['POST / abcde', 'GET /smuggled '],
    );
    assert.equal((await seen()).filter(({ url }) => url === '/smuggled').length, 1);
  });

  test('trailers never become headers', async () => {
    const trailers = 'X-Secret: 1\r\nAuthorization: Bearer x\r\nHost: evil.example\r\n';
    const [answer] = await send(
      gateway.url,
      `${start(chunked, 'Trailer: X-Secret')}1\r\na\r\n0\r\n${trailers}\r\n`,
      1,
    );
    assert.equal(answer?.status, 200);
    assert.doesNotMatch(JSON.stringify(await seen()), /secret|evil|bearer/i);
  });
});

describe('what is too much is refused as soon as it is', () => {
  test('a megabyte of headers: 431', async () => {
    assert.deepEqual(await refusedWith(`X: ${'a'.repeat(2 ** 20)}`), 431);
    assert.deepEqual(
      await refusedWith(...Array.from({ length: 1000 }, (_, i) => `X-${i}: ${'a'.repeat(1000)}`)),
      431,
    );
  });

  test('10,000 headers: 431, and none is silently left out before that', async () => {
    assert.deepEqual(await refusedWith(...Array.from({ length: 10_000 }, () => 'a: b')), 431);
    assert.deepEqual(await refusedWith(...Array.from({ length: 5_000 }, () => 'a:')), 431);
    const many = Array.from({ length: 900 }, (_, i) => `a${i}: b`);
    const [answer] = await send(gateway.url, start(...many, 'Content-Length: 0', 'X-Last: here'), 1);
    assert.equal(answer?.status, 200);
    assert.ok((await seen())[0]?.headers.includes('here'), 'the last of many is there');
  });

  test('a path of 100 KB: refused; one of 30 KB goes through whole', async () => {
    const [long] = await send(
      gateway.url,
      `GET ${echo}/${'a'.repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    );
    assert.equal(long?.status, 431);
    const path = `/${'b'.repeat(30_000)}`;
    assert.equal((await ask(gateway.url, 'GET', `${echo}${path}`)).body, `GET ${path} `);
  });

  test('10 GiB announced: 413 at once, with not a byte of it read', async () => {
    for (const target of [echo, '/system/functions']) {
      const lines = [`Content-Length: ${10 * 2 ** 30}`, `Authorization: Bearer ${gateway.token}`];
      const line = await Line.to(gateway.url);
      line.write(start(...lines).replace(echo, target));
      assert.equal((await line.answer())?.status, 413, target);
      assert.equal(await line.end(), '');
    }
    assert.deepEqual(await seen(), []);
  });

  test('a caller that sends all it has before it reads still gets the answer', async () => {
    const line = await Line.to(gateway.url);
    line.socket.pause();
    const [pieces, piece] = [128, Buffer.alloc(65_536)];
    line.write(
      `POST /function/nobody HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`,
    );
    for (let i = 0; i < pieces && !line.closed; i++) await taken(line, piece);
    line.socket.resume();
    assert.equal((await line.answer())?.status, 404);
    assert.equal(await line.end(), '');
  });

  test('chunks without an end: 413 at the limit, and memory stays where it was', async () => {
    const before = residentBytes();
    const line = await Line.to(gateway.url);
    line.write(start(chunked));
    const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 97), Buffer.from('\r\n')]);
    let sent = 0;
    let peak = 0;
    while (!line.closed && line.bytes === 0 && sent < 2 ** 30) {
      sent += 65_536;
      await taken(line, piece);
      peak = Math.max(peak, residentBytes());
    }
    const answer = await line.answer();
    line.close();
    assert.equal(answer?.status, 413);
    assert.ok(sent >= 8 * 2 ** 20, 'what is allowed was taken');
    assert.ok(sent < 64 * 2 ** 20, `${sent} bytes went in`);
    assert.ok(peak - before < 64 * 2 ** 20, `${Math.round((peak - before) / 2 ** 20)} MiB more`);
    assert.ok((await seen()).every(({ ended }) => !ended));
  });

  test('extensions of chunks without an end are cut off', async () => {
    const line = await Line.to(gateway.url);
    line.write(`${start(chunked)}1;`);
    for (let i = 0; i < 1000 && !line.closed; i++) await taken(line, 'a'.repeat(10_000));
    const answer = await line.answer();
    assert.ok(answer === undefined || [400, 413].includes(answer.status), `${answer?.status}`);
    assert.equal(await line.end(), '');
  });

  test('trailers without an end are cut off', async () => {
    const line = await Line.to(gateway.url);
    line.write(`${start(chunked)}0\r\n`);
    for (let i = 0; i < 1000 && !line.closed; i++) await taken(line, `x-${i}: ${'a'.repeat(10_000)}\r\n`);
    await line.end();
    assert.ok((await seen()).every(({ ended }) => !ended));
  });

  test('a million small chunks are one body', async () => {
    const [answer] = await send(
      gateway.url,
      `${start(chunked)}${'1\r\na\r\n'.repeat(1_000_000)}0\r\n\r\n`,
      1,
    );
    assert.equal(answer?.status, 200);
  });
});

describe('bodies and their lengths', () => {
  for (const length of [10, 100_000]) {
    test(`${length} announced and half of it sent: no function takes it for the whole`, async () => {
      const line = await Line.to(gateway.url);
      line.write(start(`Content-Length: ${length}`) + 'a'.repeat(length / 2));
      line.socket.end();
      const answer = await line.answer();
      assert.ok(answer === undefined || answer.status === 400, `${answer?.status}`);
      await line.end();
      assert.ok((await seen()).every(({ ended }) => !ended));
    });
  }

  test('more sent than announced: the rest is a request of its own, or none', async () => {
    for (let i = 0; i < 200; i++) {
      const first = start('Content-Length: 3').replace(echo, `${echo}/first`);
      const answers = await send(gateway.url, `${first}abcdef\r\n\r\n`);
      // How far the first gets before the second is found out depends on who is faster: it is answered, or made, or
      // cut off at any byte. But it never holds what is not its own.
      assert.equal(answers.at(-1)?.status, 400);
      for (const { method, url, body, ended } of await seen()) {
        assert.equal(`${method} ${url}`, 'POST /first');
        assert.ok(ended ? body === 'abc' : 'abc'.startsWith(body), `${body}, ended: ${ended}`);
      }
    }
  });

  test('a body with GET and HEAD is no second request', async () => {
    const [got] = await send(
      gateway.url,
      start(`Content-Length: ${inner.length}`).replace('POST', 'GET') + inner,
      1,
    );
    assert.equal(got?.status, 200);
    // One that the test before had cut off may still have been on its way.
    const urls = (await seen()).map(({ url }) => url).filter((url) => url !== '/first');
    assert.deepEqual(urls, ['/']);
  });

  test('Expect: 100-continue is answered before the body, anything else by 417', async () => {
    const line = await Line.to(gateway.url);
    line.write(start('Expect: 100-continue', 'Content-Length: 3'));
    assert.equal((await line.answer())?.status, 100);
    line.write('abc');
    assert.equal((await line.answer())?.body, 'POST / abc');
    line.close();
    const [other] = await send(
      gateway.url,
      start('Expect: 200-maybe', 'Content-Length: 3', 'Connection: close'),
    );
    assert.equal(other?.status, 417);
  });
});

test('1,000 requests on one connection before the first answer: each is answered, in order', async () => {
  const paths = Array.from({ length: 1000 }, (_, i) => (i % 10 === 9 ? '/healthz' : `${echo}/${i}`));
  const bytes = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join('');
  const answers = await send(gateway.url, bytes, paths.length);
  assert.deepEqual(
    answers.map(({ body }) => body.trim()),
    paths.map((path, i) => (path === '/healthz' ? '' : `GET /${i}`)),
  );
});

test('what follows a broken request on the same connection is not read', async () => {
  const answers = await send(gateway.url, `${inner}BREW / HTTP/1.1\r\n\r\n${inner}${inner}`);
  assert.ok(answers.length <= 1);
  assert.ok((await seen()).length <= 1);
});

test('CONNECT and TRACE open nothing, OPTIONS * is nowhere, other methods reach the function as they are', async () => {
  assert.deepEqual(await send(gateway.url, `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`), []);
  assert.deepEqual(await send(gateway.url, `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: ${host}\r\n\r\n`), []);
  assert.equal((await ask(gateway.url, 'OPTIONS', '*')).status, 404);
  assert.equal((await ask(gateway.url, 'TRACE', '/system/functions', { 'X-A': 'b' })).status, 405);
  await seen();
  for (const method of ['PATCH', 'PROPFIND', 'M-SEARCH', 'QUERY', 'PURGE'])
    assert.match((await ask(gateway.url, method, echo)).body, new RegExp(`^${method} / `));
});

test('a byte at a time is the same request', async () => {
  const line = await Line.to(gateway.url);
  for (const byte of start('Content-Length: 3') + 'abc') {
    line.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await line.answer())?.body, 'POST / abc');
  line.close();
});

test('names that objects already have are headers like others', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const [answer] = await send(
    gateway.url,
    start(...names.map((name) => `${name}: x`), 'Content-Length: 0'),
    1,
  );
  assert.equal(answer?.status, 200, answer?.body);
  const [one] = await seen();
  for (const name of names) assert.ok(one?.headers.includes(name), name);
  for (const name of names) {
    const query = await ask(gateway.url, 'GET', `/system/functions?${name}=x&namespace[${name}]=y`, {
      Authorization: `Bearer ${gateway.token}`,
      [name]: 'x',
    });
    assert.equal(query.status, 200);
  }
});

async function refusedWith(...lines: readonly string[]): Promise<number | undefined> {
  const line = await Line.to(gateway.url);
  line.write(start(...lines, 'Content-Length: 0'));
  const answer: Answer | undefined = await line.answer();
  await line.end();
  assert.deepEqual(await seen(), []);
  return answer?.status;
}

function residentBytes(): number {
  const status = readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Writes, and goes on once there is room for more, or something came: without a look in between nothing would ever be read. */
async function taken(line: Line, bytes: string | Uint8Array): Promise<void> {
  const room = line.write(bytes);
  await new Promise(setImmediate);
  if (room || !line.socket.writableNeedDrain || line.closed) return;
  const drained = new Promise((resolve) => line.socket.once('drain', resolve));
  await Promise.race([drained, line.news()]);
}
