import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

const deploy = async (service: string, image: string, more: object = {}): Promise<void> => {
  const response = await gateway.system('POST', '/system/functions', { service, image, ...more });
  assert.equal(response.status, 202, await response.text());
};

test('OpenFaaS’s alpine image runs the command it is given, under every name it has', async () => {
  await deploy('shasum', 'functions/alpine:latest', { envProcess: 'sha512sum' });
  const sum = createHash('sha512').update('hello').digest('hex');
  assert.equal(await gateway.said('shasum', 'hello'), `${sum}  -\n`);
  for (const [i, image] of [
    'functions/alpine',
    'docker.io/functions/alpine:3.19',
    'ghcr.io/openfaas/alpine:latest',
    `ghcr.io/openfaas/alpine@sha256:${'a'.repeat(64)}`,
  ].entries()) {
    await deploy(`cat-${i}`, image);
    assert.equal(await gateway.said(`cat-${i}`, 'the same'), 'the same', image);
    const status = (await (await gateway.system('GET', `/system/function/cat-${i}`)).json()) as {
      image: string;
    };
    assert.equal(status.image, image, 'what was sent is what is given back');
  }
});

test('env shows the request and the function’s own variables', async () => {
  await deploy('env', 'ghcr.io/openfaas/alpine:latest', { envProcess: 'env', envVars: { MINE: 'yes' } });
  const text = await gateway.said('env', 'x', '/a?b=c');
  for (const line of [
    'MINE=yes',
    'fprocess=env',
    'Http_Method=POST',
    'Http_Path=/a',
    'Http_Query=b=c',
    'OPENFAAS_NAME=env',
  ])
    assert.match(text, new RegExp(`^${line.replace(/[?]/g, '\\?')}$`, 'm'));
});

test('each call has a process of its own, and none is left', async () => {
  await deploy('pids', 'functions/alpine', { envProcess: 'sh -c echo${IFS}$$' });
  const pids = new Set<string>();
  for (let n = 0; n < 5; n++) pids.add((await gateway.said('pids')).trim());
  assert.equal(pids.size, 5);
});

test('a command that does not exist fails its calls with the reason, and its deploy is not to blame', async () => {
  await deploy('missing', 'functions/alpine', { envProcess: 'no-such-program' });
  const response = await gateway.call('missing', { method: 'POST', body: 'x' });
  assert.equal(response.status, 500);
  assert.match(await response.text(), /"no-such-program": executable file not found/);
});

test('nodeinfo, printer and sleep answer as their images do', async () => {
  await deploy('nodeinfo', 'functions/nodeinfo:latest');
  assert.match(
    await gateway.said('nodeinfo'),
    /^Hostname: .*\n\nArch: .*\nCPUs: \d+\nTotal mem: \d+MB\nPlatform: linux\nUptime: \d/,
  );
  assert.match(await gateway.said('nodeinfo', 'verbose'), /model:/);
  await deploy('printer', 'ghcr.io/openfaas/printer:latest');
  const printed = await gateway.call('printer', {
    method: 'POST',
    body: 'seen',
    headers: { 'x-mark': 'here' },
  });
  assert.equal(printed.status, 202);
  let logs = '';
  while (!/x-mark=here[\s\S]*seen/.test(logs))
    logs = await (await gateway.system('GET', '/system/logs?name=printer')).text();
  await deploy('sleep', 'functions/sleep', { envVars: { sleep_duration: '10ms' } });
  assert.equal(await gateway.said('sleep'), 'Slept for: 0.01s\n');
  const asked = await gateway.call('sleep', { headers: { 'X-Sleep': '20ms' } });
  assert.equal(await asked.text(), 'Slept for: 0.02s\n');
});

test('an image that needs an engine says so, and what to do instead', async () => {
  for (const image of [
    'nginx:latest',
    'functions/not-bundled',
    'evil.example/functions/alpine',
    'functions/../alpine',
  ]) {
    const response = await gateway.system('POST', '/system/functions', { service: 'engine', image });
    assert.equal(response.status, 400, image);
    assert.match(await response.text(), /image_needs_engine[\s\S]*Deploy the source instead/);
  }
});

test('a script of one’s own is a function, in any language', async () => {
  await gateway.deploy({
    name: 'script',
    runtime: 'process',
    entry: 'handler.sh',
    files: { 'handler.sh': 'read name\necho "ahoy $name, $GREETING"\n' },
    spec: { envProcess: 'sh handler.sh', envVars: { GREETING: 'welcome' } },
  });
  assert.equal(await gateway.said('script', 'Ada\n'), 'ahoy Ada, welcome\n');
  const broken = await gateway.tryDeploy({
    name: 'listens',
    runtime: 'process',
    entry: 'server.js',
    files: { 'server.js': 'console.error("port is wrong"); process.exit(3);' },
    spec: { envProcess: 'node server.js', envVars: { mode: 'http' } },
  });
  assert.equal(broken.status, 400);
  assert.match(await broken.text(), /exit status 3 before it listened[\s\S]*port is wrong/);
});

test('a program that listens itself streams both ways', async () => {
  const python = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.send_response(201)
        self.send_header('X-Path', self.path)
        self.end_headers()
        self.wfile.write(body[::-1])
    def do_GET(self):
        self.send_response(302)
        self.send_header('Location', 'https://example.com/')
        self.end_headers()
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
`;
  await gateway.deploy({
    name: 'own-server',
    runtime: 'process',
    entry: 'server.py',
    files: { 'server.py': python },
    spec: { envProcess: 'python3 server.py', envVars: { mode: 'http' } },
  });
  const answer = await gateway.call('own-server', { method: 'POST', body: 'abc' }, '/x%2Fy?z');
  assert.deepEqual(
    [answer.status, answer.headers.get('x-path'), await answer.text()],
    [201, '/x%2Fy?z', 'cba'],
  );
  const redirect = await gateway.call('own-server');
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'https://example.com/']);
  const large = Buffer.alloc(3_000_000, 'x');
  const echoed = await gateway.call('own-server', { method: 'POST', body: large });
  assert.equal((await echoed.arrayBuffer()).byteLength, large.length);
});

test('bodies and outputs of any size go through; what fails once it has begun breaks off', async () => {
  await gateway.deploy({
    name: 'echo',
    runtime: 'process',
    files: { 'echo.sh': 'cat' },
    spec: { envProcess: 'sh echo.sh' },
  });
  const body = Buffer.alloc(40 * 2 ** 20, 'x');
  const answer = await gateway.call('echo', {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain' },
  });
  assert.deepEqual([answer.status, (await answer.arrayBuffer()).byteLength], [200, body.length]);
  const failing = '#!/bin/sh\nhead -c 40000000 /dev/zero\nexit 3';
  await gateway.deploy({
    name: 'half',
    runtime: 'process',
    files: { 'half.sh': failing },
    spec: { envProcess: 'sh half.sh' },
  });
  await assert.rejects(async () => {
    const half = await gateway.call('half');
    assert.equal(half.status, 200);
    await half.arrayBuffer();
  });
  const small = '#!/bin/sh\necho partial\nexit 3';
  await gateway.deploy({
    name: 'half',
    runtime: 'process',
    files: { 'half.sh': small },
    spec: { envProcess: 'sh half.sh' },
  });
  const failed = await gateway.call('half');
  assert.deepEqual([failed.status, await failed.text()], [500, 'exit status 3\npartial\n'], 'the control');
});

test('a script of shell finds the length of what it is sent, and the lock file of health checks', async () => {
  const script =
    '#!/bin/sh\necho "$Http_ContentLength $Http_Content_Length $Http_Transfer_Encoding"\nls /tmp/.lock';
  await gateway.deploy({
    name: 'lengths',
    runtime: 'process',
    files: { 'lengths.sh': script },
    spec: { envProcess: 'sh lengths.sh' },
  });
  assert.equal(await gateway.said('lengths', 'four'), '4 4 \n/tmp/.lock\n');
  assert.equal(await (await gateway.call('lengths')).text(), '0 0 \n/tmp/.lock\n');
  const chunks = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('some'));
      controller.close();
    },
  });
  const init = { method: 'POST', body: chunks, duplex: 'half' } as RequestInit;
  assert.equal(await (await gateway.call('lengths', init)).text(), '-1 -1 chunked\n/tmp/.lock\n');
});

test('figlet, cows and markdown answer as their images do', async () => {
  for (const name of ['figlet', 'cows', 'markdown'])
    await gateway.system('POST', '/system/functions', {
      service: name,
      image: `ghcr.io/openfaas/${name}:latest`,
    });
  assert.equal(
    await gateway.said('figlet', 'Hi!\n'),
    [' _   _ _ _ ', '| | | (_) |', '| |_| | | |', '|  _  | |_|', '|_| |_|_(_)', '           ', ''].join('\n'),
  );
  assert.match(await gateway.said('cows'), /\n/);
  assert.match(await gateway.said('cows', 'moo'), /^ _+\n\( moo \)\n -+\n/);
  const html = await gateway.said(
    'markdown',
    '# Hi\n\n*you* <script>alert(1)</script> [a](javascript:alert(2)) [b](https://x.example)',
  );
  assert.match(html, /<h1>Hi<\/h1>\n<p><em>you<\/em> &lt;script&gt;/);
  assert.match(html, /<a href="https:\/\/x\.example">b<\/a>/);
  assert.doesNotMatch(html, /<script|javascript:/);
  for (const hidden of [
    '[x](javascript&colon;alert(1))',
    '[x](&#106;avascript:alert(1))',
    '![x](data&#58;text/html,x)',
    '[x][r]\n\n[r]: javascript&colon;alert(1)',
  ])
    assert.doesNotMatch(await gateway.said('markdown', hidden), /(?:href|src)="[^"]*&(?!amp;)/, hidden);
  const aliases = await gateway.system('POST', '/system/functions', {
    service: 'md',
    image: 'functions/markdown-render:0.1',
  });
  assert.equal(aliases.status, 202);
});
