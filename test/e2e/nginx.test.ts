import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import tls from 'node:tls';
import { certify, noCertificates } from './certificate.ts';
import { freshHome, Gateway } from './gateway.ts';
import { freePort } from '@wherry/testkit/free-port';

// A real nginx in front, with the very lines that docs/public.md gives.

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
const noNginx = spawnSync('nginx', ['-v'], { env }).error === undefined ? false : 'nginx is not installed';
const missing = noNginx === false ? noCertificates : noNginx;

const folder = freshHome();
const gateway = await Gateway.start(
  { after },
  {
    args: ['--trusted-proxies', '127.0.0.1', '--allowed-hosts', 'functions.test', '--isolation', 'none'],
  },
);
let nginx: ChildProcess | undefined;
let port = 0;
let ca: Buffer;

after(async () => {
  nginx?.kill('SIGTERM');
  if (nginx !== undefined && nginx.exitCode === null) await once(nginx, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

const handler = `
const zeros = Buffer.alloc(65536);
let release, leave;
const left = new Promise((resolve) => (leave = resolve));
module.exports = (req, res) => {
  if (req.url === '/count') {
    let bytes = 0;
    req.on('data', (piece) => (bytes += piece.length));
    return req.on('end', () => res.end(String(bytes)));
  }
  if (req.url === '/zeros') {
    let pieces = 16384;
    const more = () => {
      while (pieces > 0) {
        pieces -= 1;
        if (!res.write(zeros)) return res.once('drain', more);
      }
      res.end();
    };
    return more();
  }
  if (req.url === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: first\\n\\n');
    release = () => res.end('data: second\\n\\n');
    return;
  }
  if (req.url === '/wait') {
    res.write('waiting');
    return res.on('close', leave);
  }
  if (req.url === '/left') return left.then(() => res.end('left'));
  if (req.url === '/release') release();
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ url: req.url, headers: req.headers }));
};`;
const talker = `
const server = require('node:http').createServer();
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n');
  socket.pipe(socket);
});
module.exports = server;`;

before(async () => {
  if (missing !== false) return;
  const open = { annotations: { 'com.wherry.visibility': 'public', 'com.wherry.timeout': '10m' } };
  await gateway.deploy({ name: 'open', files: { 'handler.js': handler }, spec: open });
  await gateway.deploy({ name: 'silent', files: { 'handler.js': handler } });
  await gateway.deploy({ name: 'talker', files: { 'handler.js': talker }, spec: open });
  certify(join(folder, 'site'), 'functions.test');
  ca = readFileSync(join(folder, 'site.crt'));
  port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration());
  const at = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'];
  execFileSync('nginx', ['-t', ...at], { env, stdio: 'pipe' });
  nginx = spawn('nginx', at, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await listening();
});

/** The documented part, at this test's addresses, inside the least that nginx needs around it. */
function configuration(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/public.md'), 'utf8');
  const documented = /```nginx\n([\s\S]*?)```/.exec(page)?.[1];
  assert.ok(documented, 'docs/public.md has the lines for nginx');
  const here = documented
    .replace('127.0.0.1:8080', new URL(gateway.url).host)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('functions.example', 'functions.test')
    .replace('/etc/nginx/fullchain.pem', join(folder, 'site.crt'))
    .replace('/etc/nginx/key.pem', join(folder, 'site.key'));
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${name};`,
  );
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user} daemon off; worker_processes 1; pid nginx.pid; error_log stderr;
events {}
http { access_log off; ${kept.join(' ')}
${here}
}
`;
}

/** nginx says nothing when it is ready: it is asked until it answers. */
async function listening(): Promise<void> {
  for (;;) {
    try {
      return void (await ask('open', '/')).resume();
    } catch (error) {
      if (nginx?.exitCode !== null || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await later(20);
    }
  }
}

interface Asked {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: Readable;
}

async function ask(
  name: string,
  path: string,
  { body, headers, ...asked }: Asked = {},
): Promise<http.IncomingMessage> {
  const request = https.request({
    host: '127.0.0.1',
    port,
    path: `/function/${name}${path}`,
    ca,
    servername: 'functions.test',
    agent: false,
    headers: { host: 'functions.test', ...headers },
    ...asked,
  });
  if (body === undefined) request.end();
  else body.pipe(request);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  return answer;
}

async function text(answer: http.IncomingMessage): Promise<string> {
  let all = '';
  for await (const piece of answer.setEncoding('utf8')) all += String(piece);
  return all;
}

test('a function sees who called and how, and headers of any size', { skip: missing }, async () => {
  const answer = await ask('open', '/a%2Fb?c=%20d', {
    headers: { 'x-forwarded-for': '203.0.113.5', 'x-long': 'x'.repeat(40_000) },
  });
  const { url, headers } = JSON.parse(await text(answer)) as { url: string; headers: Record<string, string> };
  assert.equal(url, '/a%2Fb?c=%20d');
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers['x-forwarded-host'], 'functions.test');
  assert.equal(headers['x-forwarded-for'], '203.0.113.5, 127.0.0.1');
  assert.equal(headers['x-long']?.length, 40_000);
  assert.ok(answer.headers['x-call-id']);
});

test('behind a proxy a gateway on loopback is public: what says nothing is private', {
  skip: missing,
}, async () => {
  assert.equal((await ask('silent', '/')).resume().statusCode, 401);
  assert.equal((await ask('silent', '/', { headers: gateway.admin })).resume().statusCode, 200);
});

test('events come as they are sent', { skip: missing }, async () => {
  const events = (await ask('open', '/events')).setEncoding('utf8')[Symbol.asyncIterator]();
  assert.equal((await events.next()).value, 'data: first\n\n');
  (await ask('open', '/release')).resume();
  assert.equal((await events.next()).value, 'data: second\n\n');
});

test('1 GiB goes up, and 1 GiB comes down', { skip: missing }, async () => {
  const piece = Buffer.alloc(65_536);
  const gibibyte = Readable.from(
    (function* () {
      for (let i = 0; i < 16_384; i++) yield piece;
    })(),
    { objectMode: false },
  );
  const up = await ask('open', '/count', {
    method: 'POST',
    headers: { 'content-length': 2 ** 30 },
    body: gibibyte,
  });
  assert.equal(await text(up), String(2 ** 30));
  let bytes = 0;
  for await (const part of await ask('open', '/zeros')) bytes += (part as Buffer).length;
  assert.equal(bytes, 2 ** 30);
});

test('a conversation goes both ways', { skip: missing }, async () => {
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'functions.test' });
  socket.setEncoding('utf8');
  socket.write(
    'GET /function/talker HTTP/1.1\r\nHost: functions.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const pieces = socket[Symbol.asyncIterator]();
  assert.match(String((await pieces.next()).value), /^HTTP\/1\.1 101 .*\r\n\r\n$/s);
  socket.write('there and back');
  assert.equal((await pieces.next()).value, 'there and back');
  socket.destroy();
});

test('a caller that goes away ends its call', { skip: missing }, async () => {
  const waiting = await ask('open', '/wait');
  const told = ask('open', '/left');
  await once(waiting, 'readable');
  waiting.destroy();
  assert.equal(await text(await told), 'left');
});
