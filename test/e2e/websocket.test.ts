import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const missing =
  major > 24 || (major === 24 && minor >= 9) ? false : 'this Node cannot tell one upgrade from another';

const gateway = await Gateway.start({ after });

/** A server that speaks just enough of RFC 6455 to send every message back. */
const echo = `
const http = require('node:http');
const { createHash } = require('node:crypto');
const server = http.createServer((request, response) => response.end('plain ' + request.url));
server.on('upgrade', (request, socket) => {
  if (request.url === '/refuse') return socket.end('HTTP/1.1 403 Forbidden\\r\\nX-Why: no\\r\\n\\r\\nnot here');
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  if (request.url === '/leave') return socket.destroy();
  let held = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      if (held.length < 6) return;
      let size = held[1] & 127, at = 2;
      if (size === 126) { size = held.readUInt16BE(2); at = 4; }
      else if (size === 127) { size = Number(held.readBigUInt64BE(2)); at = 10; }
      if (held.length < at + 4 + size) return;
      const mask = held.subarray(at, at + 4);
      const data = Buffer.from(held.subarray(at + 4, at + 4 + size));
      for (let i = 0; i < size; i++) data[i] ^= mask[i & 3];
      const head = size < 126 ? Buffer.from([held[0], size]) : Buffer.from([held[0], 127, 0, 0, 0, 0, 0, 0, 0, 0]);
      if (size >= 126) head.writeBigUInt64BE(BigInt(size), 2);
      socket.write(Buffer.concat([head, data]));
      const close = (held[0] & 15) === 8;
      held = held.subarray(at + 4 + size);
      if (close) return socket.end();
    }
  });
  socket.on('close', () => console.log('the conversation is over'));
  socket.on('error', () => {});
});
`;
await gateway.deploy({ name: 'exported', files: { 'handler.js': `${echo}\nmodule.exports = server;` } });
await gateway.deploy({
  name: 'program',
  runtime: 'process',
  entry: 'server.js',
  files: { 'server.js': `${echo}\nserver.listen(process.env.PORT, '127.0.0.1');` },
  spec: { envProcess: 'node server.js', envVars: { mode: 'http' } },
});
const asgi = `
async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        return
    if scope['type'] == 'http':
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        return await send({'type': 'http.response.body', 'body': ('plain ' + scope['path']).encode()})
    assert (await receive())['type'] == 'websocket.connect'
    if scope['path'] == '/refuse':
        return await send({'type': 'websocket.close'})
    protocol = scope['subprotocols'][0] if scope['subprotocols'] else None
    await send({'type': 'websocket.accept', 'subprotocol': protocol, 'headers': [(b'x-mine', b'yes')]})
    if scope['path'] == '/leave':
        return
    while True:
        message = await receive()
        if message['type'] == 'websocket.disconnect':
            return print('the conversation is over', message['code'], flush=True)
        if message.get('text') == 'bye':
            return await send({'type': 'websocket.close', 'code': 4001, 'reason': 'as you wish'})
        await send({'type': 'websocket.send', 'text': message.get('text'), 'bytes': message.get('bytes')})
`;
await gateway.deploy({ name: 'asgi', files: { 'handler.py': asgi }, signature: 'asgi' });
await gateway.deploy({ name: 'plain', files: { 'handler.js': 'module.exports = () => "no sockets";' } });

const address = (name: string, path = ''): string =>
  `${gateway.url.replace(/^http/, 'ws')}/function/${name}${path}`;

async function opened(name: string, path = ''): Promise<WebSocket> {
  const socket = new WebSocket(address(name, path));
  socket.binaryType = 'arraybuffer';
  await once(socket, 'open');
  return socket;
}

async function said(socket: WebSocket, message: string | Uint8Array<ArrayBuffer>): Promise<unknown> {
  const answer = once(socket, 'message');
  socket.send(message);
  return ((await answer) as [MessageEvent])[0].data;
}

for (const name of ['exported', 'program'])
  test(`a WebSocket of a function (${name}): messages go both ways, small and large, and its end is an end`, {
    skip: missing,
  }, async () => {
    const socket = await opened(name, '/chat?room=1');
    assert.equal(await said(socket, 'ahoy'), 'ahoy');
    const large = new Uint8Array(3_000_000).fill(7);
    assert.equal(((await said(socket, large)) as ArrayBuffer).byteLength, large.length);
    const second = await opened(name);
    assert.equal(await said(second, 'another'), 'another', 'one does not keep others waiting');
    const closed = once(socket, 'close');
    socket.close(1000);
    assert.equal(((await closed) as [CloseEvent])[0].code, 1000);
    second.close();
    assert.equal(await (await gateway.call(name)).text(), 'plain /', 'and it answers plain HTTP as before');
    // The record is written once it is over.
    for (let found = 0; found === 0; ) {
      const calls = (await (await gateway.system('GET', `/system/calls?function=${name}`)).json()) as {
        status: number;
        path: string;
      }[];
      found = calls.filter(({ status, path }) => status === 101 && path === '/chat').length;
    }
  });

test('a function that goes away takes its conversations with it; a caller that goes away is noticed', {
  skip: missing,
}, async () => {
  const left = new WebSocket(address('exported', '/leave'));
  const [end] = (await once(left, 'close')) as [CloseEvent];
  assert.equal(end.code, 1006);
  const raw = net.connect(Number(new URL(gateway.url).port), '127.0.0.1');
  raw.write(handshake('/function/exported'));
  assert.match(String(await once(raw, 'data')), /^HTTP\/1\.1 101 /);
  raw.destroy();
  let logs = '';
  while (!logs.includes('the conversation is over'))
    logs = await (await gateway.system('GET', '/system/logs?name=exported')).text();
});

const handshake = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

/** Everything that a bare connection is answered until it is closed. */
async function answered(request: string): Promise<string> {
  const socket = net.connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write(request);
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}

test('a gateway that stops ends conversations, and does not wait for them', {
  skip: missing,
  timeout: 120_000,
}, async (t) => {
  const own = await Gateway.start(t);
  await own.deploy({ name: 'exported', files: { 'handler.js': `${echo}\nmodule.exports = server;` } });
  const socket = new WebSocket(`${own.url.replace(/^http/, 'ws')}/function/exported`);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const from = performance.now();
  assert.equal(await own.stop(), 0);
  await closed;
  assert.ok(performance.now() - from < 30_000, 'no grace is used up');
});

test('what does not become a conversation is answered as any call is', { skip: missing }, async () => {
  assert.match(
    await answered(handshake('/function/exported/refuse')),
    /^HTTP\/1\.1 403 [\s\S]*X-Why: no[\s\S]*not here$/i,
  );
  assert.match(await answered(handshake('/function/plain')), /^HTTP\/1\.1 400 [\s\S]*upgrade_refused/);
  assert.match(await answered(handshake('/function/nobody')), /^HTTP\/1\.1 404 [\s\S]*function_unknown/);
  assert.match(
    await answered(handshake('/function/plain').replace('127.0.0.1', 'evil.example')),
    /^HTTP\/1\.1 421 /,
  );
});

test('a page of another origin may not begin one, unless the function names it', {
  skip: missing,
}, async () => {
  const foreign = 'Origin: https://evil.example\r\n';
  assert.match(
    await answered(handshake('/function/exported', foreign)),
    /^HTTP\/1\.1 403 [\s\S]*foreign_origin/,
  );
  await gateway.deploy({
    name: 'exported',
    files: { 'handler.js': `${echo}\nmodule.exports = server;` },
    spec: { annotations: { 'com.wherry.cors': 'https://shop.example' } },
  });
  assert.match(
    await answered(handshake('/function/exported/refuse', foreign)),
    /^HTTP\/1\.1 403 [\s\S]*foreign_origin/,
  );
  const named = 'Origin: https://shop.example\r\n';
  assert.match(await answered(handshake('/function/exported/refuse', named)), /X-Why: no/i);
});

test('other upgrades, which some clients offer by habit, change nothing', { skip: missing }, async () => {
  const offer =
    'GET /function/plain HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n';
  assert.match(await answered(offer), /^HTTP\/1\.1 200 [\s\S]*no sockets$/);
  const api = handshake('/healthz', 'X-A: b\r\n').replace(
    'Connection: Upgrade',
    'Connection: Upgrade, close',
  );
  assert.match(await answered(api), /^HTTP\/1\.1 200 /);
});

test('a WebSocket of an ASGI application: messages, protocols, and both ways to end it', {
  skip: missing,
}, async () => {
  assert.equal(await (await gateway.call('asgi', {}, '/x')).text(), 'plain /x');
  const socket = new WebSocket(address('asgi', '/chat?room=1'), ['chat.v2', 'chat.v1']);
  socket.binaryType = 'arraybuffer';
  await once(socket, 'open');
  assert.equal(socket.protocol, 'chat.v2');
  assert.equal(await said(socket, 'ahoy \u2603'), 'ahoy \u2603');
  const large = new Uint8Array(3_000_000).map((_, i) => i % 251);
  assert.deepEqual(new Uint8Array((await said(socket, large)) as ArrayBuffer), large);
  for (let i = 0; i < 200; i++) assert.equal(await said(socket, String(i)), String(i));
  socket.close(4000, 'enough');
  const [closed] = (await once(socket, 'close')) as [CloseEvent];
  assert.deepEqual([closed.code, closed.wasClean], [4000, true]);
  const second = await opened('asgi');
  second.send('bye');
  const [ended] = (await once(second, 'close')) as [CloseEvent];
  assert.deepEqual([ended.code, ended.reason], [4001, 'as you wish']);
  const third = await opened('asgi', '/leave');
  assert.equal(((await once(third, 'close')) as [CloseEvent])[0].code, 1000, 'it returned without a word');
  const refused = new WebSocket(address('asgi', '/refuse'));
  await once(refused, 'error');
  const logs = await gateway.system('GET', '/system/logs?name=asgi');
  assert.match(await logs.text(), /the conversation is over 4000/);
});

test('a caller that breaks the rules of WebSocket is told by which, and the application that it has gone', {
  skip: missing,
}, async () => {
  const { hostname, port } = new URL(gateway.url);
  for (const [sent, code] of [
    [Buffer.from([0x81, 0x01, 0x41]), 1002], // not masked
    [Buffer.from([0xc1, 0x81, 0, 0, 0, 0, 0x41]), 1002], // a bit of an extension
    [Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002], // a kind that there is not
    [Buffer.from([0x80, 0x80, 0, 0, 0, 0]), 1002], // goes on with nothing
    [Buffer.from([0x09, 0x80, 0, 0, 0, 0]), 1002], // a ping in pieces
    [Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007], // no UTF-8
    [Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]), 1009], // larger than any
  ] as const) {
    const socket = net.connect(Number(port), hostname);
    socket.write(
      'GET /function/asgi HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let got = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      if (got.length === 0) socket.write(sent);
      got = Buffer.concat([got, bytes]);
    });
    await once(socket, 'close');
    const head = got.indexOf('\r\n\r\n') + 4;
    assert.match(
      got.toString('latin1', 0, head),
      /101 [\s\S]*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i,
      'the sample of RFC 6455',
    );
    assert.deepEqual([got[head], got.readUInt16BE(head + 2)], [0x88, code], sent.toString('hex'));
  }
});
