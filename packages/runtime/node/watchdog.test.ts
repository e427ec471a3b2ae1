// Programs that are started for each call, or once: what OpenFaaS's two watchdogs do.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CANCEL, CALL, DONE } from '../conformance/driver.ts';
import { next } from '../conformance/host-under-test.ts';
import { callStreaming } from '../conformance/side.ts';
import { type Deployed, withFunction } from './function-in-test.ts';

/** A command with its variables; `files` lie in its working directory. */
async function withProgram(
  env: Record<string, string>,
  use: (deployed: Deployed) => Promise<void>,
  files: Record<string, string> = { 'nothing.txt': '' },
): Promise<void> {
  await withFunction({ files, entry: '.', signature: 'process', env }, async (deployed) => {
    assert.equal(deployed.loaded['ok'], true, JSON.stringify(deployed.loaded));
    await use(deployed);
  });
}

/** Looks again with each turn of the loop; the runner's own limit ends what never comes. */
async function until(there: () => boolean): Promise<void> {
  while (!there()) await turn();
}

/** A process has ended, also where nobody has asked how. */
function gone(pid: string): Promise<void> {
  return until(() => {
    try {
      return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return true;
    }
  });
}

async function refusedWith(
  env: Record<string, string>,
  files: Record<string, string> = { 'a.txt': '' },
): Promise<string> {
  let said = '';
  await withFunction({ files, entry: '.', signature: 'process', env }, async ({ loaded }) => {
    assert.equal(loaded['ok'], false);
    said = `${loaded['message']}\n${loaded['detail']}`;
  });
  return said;
}

test('classic: the body goes to standard input, what comes out is the answer, its type that of the request', async () => {
  await withProgram({ fprocess: 'tr a-z A-Z' }, async ({ host, loaded, call }) => {
    assert.deepEqual([loaded['signature'], loaded['concurrency']], ['process', 1]);
    const answer = await call('/', { body: 'shout', headers: { 'Content-Type': 'text/x-mine' } });
    assert.deepEqual(
      [answer.status, answer.text, answer.header('content-type')],
      [200, 'SHOUT', 'text/x-mine'],
    );
    assert.match(
      host.stderr,
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Forking fprocess\.\n.* Wrote 5 Bytes - Duration: \d+\.\d+s\n$/,
    );
    assert.equal((await call('/', { method: 'OPTIONS' })).status, 405);
    assert.equal((await call('/_/health')).text, 'OK');
    assert.equal((await call('/_/ready', { body: 'run' })).text, 'RUN', 'the classic one knows no readiness');
  });
});

test('a program finds the request in its environment', async () => {
  await withProgram({ fprocess: 'env', OWN: 'kept' }, async ({ call }) => {
    const { text } = await call('/some/path%20x?a=1&b=2', {
      body: 'x',
      headers: { 'X-CALL-id': 'c1', Accept: ['text/a', 'text/b'], 'Content-Length': '1' },
    });
    const seen = new Map(text.split('\n').map((line) => line.split(/=(.*)/s) as [string, string]));
    for (const [name, value] of Object.entries({
      OWN: 'kept',
      Http_Method: 'POST',
      Http_Path: '/some/path x',
      Http_Query: 'a=1&b=2',
      Http_X_Call_Id: 'c1',
      Http_Accept: 'text/a',
      Http_Host: 'example.test',
      Http_ContentLength: '1',
      Http_Content_Length: '1',
    }))
      assert.equal(seen.get(name), value, name);
    const plain = await call('/', { headers: { Query: 'spoofed', Path: '/spoofed', Method: 'SPOOFED' } });
    assert.doesNotMatch(plain.text, /Http_Query|spoofed/i, 'no query, no variable, whatever a header says');
  });
  await withProgram({ fprocess: 'env', cgi_headers: 'false' }, async ({ call }) => {
    assert.doesNotMatch((await call('/x')).text, /Http_/);
  });
});

test('a header cannot take the place of a variable of the function', async () => {
  await withProgram(
    { fprocess: 'sh show.sh', Http_Secret: 'mine' },
    async ({ call }) =>
      assert.equal((await call('/', { body: '', headers: { Secret: 'theirs' } })).text, 'mine\n'),
    { 'show.sh': 'echo "$Http_Secret"\n' },
  );
});

test('classic: a failure is 500 with what was said, and both outputs come together unless they shall not', async () => {
  const files = { 'fail.sh': 'echo out; echo err >&2; exit 3\n', 'both.sh': 'echo out; echo err >&2\n' };
  await withProgram(
    { fprocess: 'sh fail.sh' },
    async ({ host, call }) => {
      const answer = await call('/', { body: '' });
      assert.deepEqual([answer.status, answer.text], [500, 'exit status 3\nout\nerr\n']);
      assert.match(host.stderr, /exit status 3/);
    },
    files,
  );
  await withProgram(
    { fprocess: 'sh both.sh' },
    async ({ call }) => {
      assert.equal((await call('/', { body: '' })).text, 'out\nerr\n');
    },
    files,
  );
  await withProgram(
    { fprocess: 'sh both.sh', combine_output: 'false' },
    async ({ host, call }) => {
      assert.equal((await call('/', { body: '' })).text, 'out\n');
      await host.printed('err\n', 'stderr');
    },
    files,
  );
  await withProgram({ fprocess: 'not-there --flag' }, async ({ call }) => {
    const answer = await call('/', { body: '' });
    assert.deepEqual(
      [answer.status, answer.text],
      [500, 'exec: "not-there": executable file not found in $PATH'],
    );
  });
});

test('what takes too long is killed with all it has started: 408 classic, 500 serializing', async () => {
  const files = { 'slow.sh': 'sleep 987 & echo $! > child.pid; sleep 987\n', 'pid.sh': 'cat child.pid\n' };
  for (const [mode, status] of [
    ['', 408],
    ['serializing', 500],
  ] as const)
    await withProgram(
      { fprocess: 'sh slow.sh', exec_timeout: '3s', mode },
      async ({ folder, call }) => {
        const answer = await call('/', { body: '' });
        assert.equal(answer.status, status);
        assert.match(answer.text, /illed/);
        await gone(readFileSync(`${folder}/child.pid`, 'utf8').trim());
      },
      files,
    );
});

test('a call that nobody waits for any more ends its process', async () => {
  await withProgram(
    { fprocess: 'sh wait.sh' },
    async ({ lane, folder }) => {
      lane.send({ type: CALL, id: 7, aux: 60_000, head: 'POST /\nhost:x\n', body: Buffer.from('x') });
      await until(() => existsSync(`${folder}/pid`) && readFileSync(`${folder}/pid`, 'utf8') !== '');
      lane.send({ type: CANCEL, id: 7 });
      assert.equal((await next(lane)).type, DONE);
      await gone(readFileSync(`${folder}/pid`, 'utf8').trim());
    },
    { 'wait.sh': 'echo $$ > pid; exec sleep 987\n' },
  );
});

test('serializing: of-watchdog’s type and words, no line for each call', async () => {
  await withProgram({ fprocess: 'cat', mode: 'serializing' }, async ({ host, call }) => {
    const answer = await call('/', { body: 'x', headers: { 'Content-Type': 'text/plain' } });
    assert.deepEqual([answer.text, answer.header('content-type')], ['x', 'application/octet-stream']);
    assert.equal(host.stderr, '');
    assert.equal((await call('/_/ready')).text, 'OK');
  });
});

test('streaming: bytes come out as they are written, while others still go in', async () => {
  await withProgram({ fprocess: 'cat', mode: 'streaming', content_type: 'text/plain' }, async ({ host }) => {
    const side = await host.line();
    callStreaming(side, 1, '/');
    await side.write(Buffer.concat([Buffer.from([0, 0, 0, 5]), Buffer.from('first')]));
    const head = await next(side);
    assert.equal(head.status, 200);
    assert.equal((await side.chunk())?.toString(), 'first');
    await side.write(Buffer.concat([Buffer.from([0, 0, 0, 6]), Buffer.from('second'), Buffer.alloc(4)]));
    assert.equal((await side.chunk())?.toString(), 'second');
    assert.equal((await side.chunk())?.length, 0, 'the end');
  });
  await withProgram({ fprocess: 'false', mode: 'streaming' }, async ({ host, call }) => {
    assert.equal(
      (await call('/', { body: '' })).status,
      200,
      'it was started: what it ends with comes too late',
    );
    await host.printed('exit status 1', 'stderr');
  });
});

const server = `
const http = require('node:http');
http.createServer((request, response) => {
  if (request.url === '/redirect') return response.writeHead(302, { Location: '/elsewhere' }).end();
  if (request.url === '/slow') return;
  if (request.url === '/exit') process.exit(9);
  if (request.url === '/ready') return response.writeHead(202).end('nearly');
  let body = '';
  request.on('data', (piece) => (body += piece));
  request.on('end', () => {
    response.setHeader('X-Mine', ['a', 'b']);
    response.writeHead(201, { Connection: 'close' });
    response.end(request.method + ' ' + request.url + ' ' + body);
  });
}).listen(process.env.PORT, '127.0.0.1', () => console.log('I listen'));
`;

test('http: a program that listens itself is started once and given every call', async () => {
  const env = { mode: 'http', fprocess: `${process.execPath} server.js`, exec_timeout: '10s' };
  await withProgram(
    env,
    async ({ host, loaded, call }) => {
      assert.equal(loaded['concurrency'], 100);
      await host.printed('stdout: I listen');
      const answer = await call('/a%2Fb?c=d', { body: 'hello', method: 'PUT' });
      assert.deepEqual(
        [answer.status, answer.text, answer.headers('x-mine')],
        [201, 'PUT /a%2Fb?c=d hello', ['a', 'b']],
      );
      assert.equal(answer.header('connection'), undefined);
      const redirect = await call('/redirect');
      assert.deepEqual([redirect.status, redirect.header('location')], [302, '/elsewhere']);
      const late = await call('/slow', { headers: { 'X-Timeout': '200ms' } });
      assert.deepEqual([late.status, late.header('x-openfaas-internal')], [504, 'of-watchdog']);
      assert.equal((await call('/_/health')).text, 'OK');
      assert.match(host.stdout, /^[\d/]+ [\d:]+ stdout: I listen\n$/, 'once for all of them');
      assert.match(
        host.stderr,
        /^[\d/]+ [\d:]+ PUT \/a%2Fb\?c=d - 201 Created - ContentLength: -1B \(\d+\.\d{4}s\)$/m,
      );
    },
    { 'server.js': server },
  );
  await withProgram(
    { ...env, prefix_logs: 'false', log_callid: 'true' },
    async ({ host, call }) => {
      await host.printed('I listen');
      assert.equal(host.stdout, 'I listen\n');
      await call('/redirect', { headers: { 'X-Call-Id': 'c7' } });
      await host.printed('[c7]', 'stderr');
      assert.match(
        host.stderr,
        /^GET \/redirect - 302 Found - ContentLength: -?\d+B \(\d+\.\d{4}s\) \[c7\]\n$/,
      );
    },
    { 'server.js': server },
  );
  await withProgram(
    { ...env, ready_path: '/ready' },
    async ({ call }) => {
      const ready = await call('/_/ready');
      assert.deepEqual([ready.status, ready.text], [202, 'nearly']);
    },
    { 'server.js': server },
  );
});

test('http: a program that ends before it listens is no function, and its last words say why', async () => {
  const said = await refusedWith(
    { mode: 'http', fprocess: `${process.execPath} broken.js` },
    { 'broken.js': 'console.error("no such database"); process.exit(4);' },
  );
  assert.match(
    said,
    /the process ended: exit status 4 before it listened on port \d+[\s\S]*no such database/,
  );
});

test('http: the host ends with its program', async () => {
  await withProgram(
    { mode: 'http', fprocess: `${process.execPath} server.js` },
    async ({ host, lane }) => {
      lane.send({ type: CALL, id: 1, aux: 60_000, head: 'GET /exit\nhost:x\n', body: Buffer.alloc(0) });
      const { code } = await host.exited;
      assert.equal(code, 9);
    },
    { 'server.js': server },
  );
});

test('static: files of the folder and nothing else', async () => {
  const files = { 'public/index.html': '<p>home', 'public/a/b.css': 'p {}', 'secret.txt': 'no' };
  await withProgram(
    { mode: 'static', static_path: 'public' },
    async ({ folder, call }) => {
      symlinkSync(`${folder}/secret.txt`, `${folder}/public/link.txt`);
      const home = await call('/');
      assert.deepEqual(
        [home.status, home.text, home.header('content-type')],
        [200, '<p>home', 'text/html; charset=utf-8'],
      );
      assert.equal((await call('/a/b.css?v=1')).text, 'p {}');
      for (const path of [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/link.txt',
        '/a',
        '/none',
        '/%00',
        '/%',
      ])
        assert.equal((await call(path)).status, 404, path);
      assert.equal((await call('/', { body: 'x' })).text, '<p>home', 'whatever the method');
      const part = await call('/', { headers: { Range: 'bytes=3-6' } });
      assert.deepEqual([part.status, part.text, part.header('content-range')], [206, 'home', 'bytes 3-6/7']);
      assert.equal((await call('/', { headers: { Range: 'bytes=-2' } })).text, 'me');
      assert.equal((await call('/', { headers: { Range: 'bytes=9-' } })).status, 416);
      assert.equal((await call('/', { headers: { Range: 'lines=1-2' } })).status, 200);
      const changed = home.header('last-modified') ?? '';
      assert.equal((await call('/', { headers: { 'If-Modified-Since': changed } })).status, 304);
    },
    files,
  );
});

test('max_inflight refuses what is beyond it, in the words that clients know', async () => {
  await withProgram(
    { fprocess: 'cat', mode: 'streaming', max_inflight: '1' },
    async ({ host, loaded, call }) => {
      assert.equal(loaded['concurrency'], 100);
      const side = await host.line();
      callStreaming(side, 1, '/');
      await next(side);
      const second = await call('/', { body: 'x' });
      assert.deepEqual(
        [second.status, second.text, second.header('x-openfaas-internal')],
        [429, 'Concurrent request limit exceeded. Max concurrent requests: 1\n', 'faas-middleware'],
      );
      assert.equal((await call('/_/ready')).status, 429);
      side.close();
    },
  );
});

test('settings that cannot be are told when it is loaded', async () => {
  assert.match(await refusedWith({}), /no process is named/);
  assert.match(await refusedWith({ fprocess: 'cat', mode: 'afterburn' }), /mode: "afterburn" is none of/);
  assert.match(
    await refusedWith({ fprocess: 'cat', exec_timeout: 'soon' }),
    /exec_timeout: "soon" is not a duration/,
  );
  assert.match(
    await refusedWith({ fprocess: 'cat', mode: 'http', upstream_url: 'http://10.0.0.1:80' }),
    /upstream_url/,
  );
  assert.match(await refusedWith({ mode: 'static', static_path: 'nowhere' }), /ENOENT/);
});

test('a request as one piece of JSON has its headers as Go spells them', async () => {
  await withProgram({ fprocess: 'cat', marshal_request: 'true' }, async ({ call }) => {
    const answer = await call('/', { body: 'hi', headers: { 'content-type': 'text/x', 'X-API-KEY': 'k' } });
    const { header, body } = JSON.parse(answer.text) as {
      header: Record<string, string[]>;
      body: { raw: string };
    };
    assert.deepEqual(
      [header['Content-Type'], header['X-Api-Key'], header['Host']],
      [['text/x'], ['k'], undefined],
    );
    assert.equal(Buffer.from(body.raw, 'base64').toString(), 'hi');
  });
});

test('an error is plain text, whatever was sent; of-watchdog’s modes say where a line comes from', async () => {
  await withProgram({ fprocess: 'false' }, async ({ call }) => {
    const failed = await call('/', { body: '{}', headers: { 'Content-Type': 'application/json' } });
    assert.deepEqual([failed.status, failed.header('content-type')], [500, 'text/plain; charset=utf-8']);
  });
  for (const mode of ['streaming', 'serializing'])
    await withProgram(
      { fprocess: 'sh say.sh', mode },
      async ({ host, call }) => {
        await call('/');
        await host.printed('stderr: aside', 'stderr');
        assert.match(host.stderr, /^[\d/]+ [\d:]+ stderr: aside$/m);
      },
      { 'say.sh': 'echo aside >&2; echo done' },
    );
});

test('a killed process is said as Go says it', async () => {
  await withProgram(
    { fprocess: 'sh die.sh' },
    async ({ call }) => {
      assert.match((await call('/')).text, /^signal: killed\n/);
    },
    { 'die.sh': 'kill -9 $$' },
  );
});
