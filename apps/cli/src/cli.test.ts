import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ended, Wherry } from './testing/run-wherry.ts';
import { ScriptedGateway } from './testing/scripted-gateway.ts';

const echo = {
  name: 'echo',
  namespace: 'openfaas-fn',
  image: 'x',
  labels: {},
  annotations: {},
  createdAt: '2026-01-01T00:00:00Z',
  replicas: 1,
  availableReplicas: 1,
  invocationCount: 7,
  wherryStatus: 'awake',
};

test('results go to standard output, hints to standard error', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /system/functions', [echo]);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const text = await wherry.run(['list']);
  assert.deepEqual([text.code, text.err], [0, '']);
  assert.match(text.out.toString(), /^NAME +STATUS +CALLS +INSTANCES\necho +awake +7 +1\n$/);
  assert.equal((await wherry.run(['ls', '-q'])).out.toString(), 'echo\n');
  assert.deepEqual(JSON.parse((await wherry.run(['list', '-o', 'json'])).out.toString()), [echo]);
  gateway.json('GET /system/functions', []);
  const empty = await wherry.run(['list']);
  assert.deepEqual([empty.code, empty.out.length], [0, 0]);
  assert.match(empty.err, /wherry deploy NAME --from PATH/);
});

test('a wrong command line is 2, with the flag or command that was meant', async (t) => {
  const wherry = new Wherry(t);
  for (const [line, hint] of [
    ['lits', /Did you mean list/],
    ['list --quite', /Did you mean --quiet.*\n.*wherry list --help/],
    ['token creat', /Did you mean create/],
    ['token --output json', /which of its commands\?.*: create, list/],
    ['list -o xml', /--output: "xml"/],
    ['scale echo many', /"many" is not a number/],
    ['invoke', /name of the function is missing/],
    ['deploy echo', /not said what to deploy/],
    ['list extra', /too many arguments/],
    ['list --gateway ftp://x', /not the address of a gateway/],
    ['logs echo --since 1h --since-time x', /exclude each other/],
    ['invoke echo -H nonsense', /is no header/],
  ] as const) {
    const ran = await wherry.run(line.split(' '));
    assert.equal(ran.code, 2, `${line}: ${ran.err}`);
    assert.equal(ran.out.length, 0, line);
    assert.match(ran.err, hint);
  }
  const json = await wherry.run(['list', '--quite', '-o', 'json']);
  assert.equal(JSON.parse(json.err).error.code, 'usage');
});

test('every kind of failure has an exit code of its own', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  for (const [code, exit] of [
    ['internal', 1],
    ['bad_value', 2],
    ['namespace_unknown', 3],
    ['unauthenticated', 4],
    ['forbidden', 4],
    ['unknown_host', 4],
    ['deploy_failed', 6],
    ['function_timeout', 7],
  ] as const) {
    gateway.fails('GET /system/functions', code, 'because');
    const ran = await wherry.run(['list']);
    assert.equal(ran.code, exit, code);
    assert.match(
      ran.err,
      new RegExp(`^✗ .* \\(${code}\\)\n {2}why {3}because\n {2}next .*\n {2}call {2}call-1\n$`),
      code,
    );
  }
  const away = await new Wherry(t, { OPENFAAS_URL: 'http://127.0.0.1:1' }).run(['list', '-o', 'json']);
  assert.equal(away.code, 5);
  assert.match(
    JSON.parse(away.err).error.cause,
    /^http:\/\/127\.0\.0\.1:1 \(from OPENFAAS_URL\): nothing listens there$/,
  );
});

test('the name that was meant is suggested', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /system/functions', [echo]);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  for (const line of ['describe ecoh', 'logs ech', 'scale echoo 1', 'rm ehco', 'invoke eco -d x']) {
    const ran = await wherry.run(line.split(' '));
    assert.equal(ran.code, 3, line);
    assert.match(ran.err, /Did you mean echo\?/, line);
  }
});

test('nothing is suggested where the function is there: what is missing says itself what to do', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /system/functions', [echo]);
  gateway.fails('POST /system/schedules/echo/run', 'schedule_unknown', 'echo has no schedule');
  gateway.fails('GET /system/logs', 'call_unknown', 'no call x');
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  for (const [line, next] of [
    ['schedule run echo', /next +See which are: wherry schedule list/],
    ['logs echo --call x', /next +Give the whole id; .*wherry calls/],
  ] as const) {
    const ran = await wherry.run(line.split(' '));
    assert.equal(ran.code, 3, line);
    assert.match(ran.err, next, line);
    assert.doesNotMatch(ran.err, /Did you mean/, line);
  }
});

test('invoke passes exactly the bytes, both ways', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /function/echo', (_, response, body) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'x-call-id': 'c-1' }).end(body);
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url, WHERRY_TOKEN: 'secret' });
  const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => (i * 7) % 256));
  const ran = await wherry.run(['invoke', 'echo', '-v'], bytes);
  assert.equal(ran.code, 0, ran.err);
  assert.ok(ran.out.equals(bytes));
  assert.match(ran.err, /^200 OK · .* · 4\.8 MiB · call c-1\n$/);
  assert.equal(gateway.seen[0]?.headers.authorization, 'Bearer secret');
  assert.equal(gateway.seen[0]?.headers['accept-encoding'], undefined);

  const small = await wherry.run(['invoke', 'echo'], Buffer.from([0, 255, 10]));
  assert.deepEqual([...small.out], [0, 255, 10]);
  assert.equal(small.err, '');
  assert.equal(gateway.seen[1]?.headers['content-length'], '3');
});

test('invoke sends path, query, headers and type as they were given', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('PUT /function/echo.team/a%2F..//b', (_, response) => response.end());
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const flags = [
    '-m',
    'put',
    '--path',
    '/a%2F..//b',
    '--query',
    'q=ä b',
    '--query',
    'r',
    '-H',
    'X-A: 1',
    '-H',
    'X-A: 2',
    '-H',
    'Authorization: mine',
  ];
  const ran = await wherry.run(['invoke', 'echo', '-n', 'team', '-d', '{"a":1}', ...flags]);
  assert.equal(ran.code, 0, ran.err);
  const [seen] = gateway.seen;
  assert.equal(seen?.url, '/function/echo.team/a%2F..//b?q=%C3%A4%20b&r');
  assert.equal(seen?.headers['x-a'], '1, 2');
  assert.equal(seen?.headers['content-type'], 'application/json');
  assert.equal(seen?.headers.authorization, 'mine');
});

test('an error of the function is 8, with its body on standard output', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /function/echo', (_, response) =>
    response.writeHead(418, { 'x-call-id': 'c-2' }).end('short'),
  );
  gateway.fails('POST /function/gone', 'function_crashed', 'exited with code 3');
  gateway.on('POST /function/moved', (_, response) => response.writeHead(302, { location: '/x' }).end());
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const own = await wherry.run(['invoke', 'echo', '-d', '']);
  assert.deepEqual([own.code, own.out.toString()], [8, 'short']);
  assert.match(own.err, /the function answered 418 .*call c-2/);
  const crashed = await wherry.run(['invoke', 'gone', '-d', '']);
  assert.deepEqual([crashed.code, crashed.out.length], [8, 0]);
  assert.match(crashed.err, /\(function_crashed\)\n {2}why {3}exited with code 3/);
  assert.equal((await wherry.run(['invoke', 'moved', '-d', ''])).code, 0, 'a redirect is an answer');
});

test('an answer that ends in the middle is a failure', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /function/echo', (_, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  });
  const ran = await new Wherry(t, { WHERRY_URL: gateway.url }).run(['invoke', 'echo', '-d', '']);
  assert.deepEqual([ran.code, ran.out.toString()], [1, 'half']);
  assert.match(ran.err, /answer_cut/);
});

test('a body that never ends flows, and its answer with it', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /function/echo streaming', (request, response) => request.pipe(response));
  const child = new Wherry(t, { WHERRY_URL: gateway.url }).start('invoke', 'echo');
  const done = once(child, 'exit');
  for (const word of ['one', 'two']) {
    child.stdin.write(word);
    assert.equal(String((await once(child.stdout, 'data'))[0]), word);
  }
  child.stdin.end();
  assert.deepEqual((await done)[0], 0);
});

test('logs: a reader that has seen enough is no failure', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const line = `${JSON.stringify({ name: 'echo', namespace: 'n', instance: 'i', timestamp: 't', text: 'x'.repeat(1000) })}\n`;
  gateway.on('GET /system/logs', (_, response) => {
    const pour = () => {
      while (!response.destroyed && response.write(line));
    };
    response.on('drain', pour);
    pour();
  });
  const child = new Wherry(t, { WHERRY_URL: gateway.url }).start('logs', 'echo', '-f');
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  assert.deepEqual([(await exit)[0], err], [0, '']);
});

test('ctrl-C ends anything at once, with 130 and without a word', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const asked = new Promise<void>((resolve) => {
    gateway.on('GET /system/logs', (_, response) => {
      response.write('\n');
      resolve();
    });
    gateway.on('POST /function/echo', () => resolve());
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const child = wherry.start('logs', 'echo', '-f');
  const end = ended(child);
  await asked;
  child.kill('SIGINT');
  const ran = await end;
  assert.deepEqual([ran.code, ran.err, ran.out.toString()], [130, '', '']);
});

test('what a function wrote cannot take over the terminal', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('GET /system/logs', (_, response) => {
    response.end(
      `${JSON.stringify({ name: 'a', namespace: 'n', instance: 'i', timestamp: 't', text: '\x1b]0;owned\x07\x1b[2J\u202edone\n' })}\n`,
    );
  });
  const ran = await new Wherry(t, { WHERRY_URL: gateway.url }).run(['logs', 'a']);
  assert.equal(ran.out.toString(), 't i \\x1b]0;owned\\x07\\x1b[2J\\u202edone\n');
});

test('deploy packs, uploads what is not there yet, and says what to do next', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  mkdirSync(join(wherry.home, 'code'));
  writeFileSync(join(wherry.home, 'code', 'handler.js'), 'module.exports = () => 1');
  gateway.json('PUT /system/packages', { digest: 'x' }).json('POST /system/functions', null, 202);
  const flags = [
    '-e',
    'A=b=c',
    '-l',
    'k=v',
    '--secret',
    's',
    '--memory-limit',
    '64Mi',
    '--timeout',
    '5s',
    '--replace=false',
    '--update=true',
    '--allow',
    '.env',
  ];
  const first = await wherry.run(['deploy', 'mine', '--from', 'code', ...flags]);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out.toString(), new RegExp(`^Deployed mine\n\n {2}${gateway.url}/function/mine\n$`));
  assert.match(first.err, /wherry invoke mine/);
  const calls = gateway.seen.map(({ method, url }) => `${method} ${url.replace(/[0-9a-f]{64}/, 'DIGEST')}`);
  assert.deepEqual(calls, [
    'GET /system/packages/DIGEST',
    'PUT /system/packages?allow=.env',
    'POST /system/builds',
    'PUT /system/functions',
    'POST /system/functions',
  ]);
  const sent = JSON.parse(gateway.seen[4]?.body.toString() ?? '');
  const digest = gateway.seen[0]?.url.split('/').at(-1);
  assert.deepEqual(sent, {
    service: 'mine',
    image: `wherry.local/mine@sha256:${digest}`,
    namespace: 'openfaas-fn',
    envVars: { A: 'b=c' },
    labels: { k: 'v' },
    annotations: { 'com.wherry.timeout': '5s' },
    secrets: ['s'],
    limits: { memory: '64Mi' },
  });

  gateway.seen.length = 0;
  gateway.json(`GET /system/packages/${digest}`, { digest }).json('PUT /system/functions', null, 202);
  const second = await wherry.run(['deploy', '--name', 'mine', '--from', 'code/handler.js', '-o', 'json']);
  assert.equal(JSON.parse(second.out.toString()).result, 'updated');
  assert.deepEqual(
    gateway.seen.map(({ method }) => method),
    ['GET', 'POST', 'PUT'],
    'the same code is not sent twice',
  );
  assert.equal(second.err, '');
});

test('deploy says what is wrong before anything is sent', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  writeFileSync(join(wherry.home, 'handler.js'), '');
  for (const [flags, hint] of [
    [['mine', '--from', 'nowhere'], /file.*\n.*nowhere/],
    [['Mine', '--from', 'handler.js'], /"Mine" cannot name a function/],
    [['mine', '--from', 'handler.js', '--memory-limit', 'lots'], /limits\.memory/],
    [['mine', '--from', 'handler.js', '--network', 'all'], /com\.wherry\.network/],
    [['mine', '--from', 'handler.js', '-e', 'novalue'], /KEY=VALUE/],
    [['mine', '--from', 'handler.js', '--entry', 'x.js'], /there is no x\.js/],
    [['mine', '--from', 'handler.js', '--image', 'x'], /exclude each other/],
    [['mine', '-f', 'stack.yaml'], /there is no stack\.yaml|no such file/],
  ] as const) {
    const ran = await wherry.run(['deploy', ...flags]);
    assert.notEqual(ran.code, 0);
    assert.match(ran.err, hint);
  }
  const plan = await wherry.run(['deploy', 'mine', '--from', 'handler.js', '--dry-run', '-o', 'json']);
  assert.deepEqual(JSON.parse(plan.out.toString()).files, [{ path: 'handler.js', size: 0 }]);
  assert.equal(gateway.seen.length, 0);
});

test('login keeps credentials that work, for their gateway and its owner only', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /system/functions', []);
  const wherry = new Wherry(t);
  const login = await wherry.run(['login', '-g', `${gateway.url}/`, '--password-stdin'], 'geheim\n');
  assert.equal(login.code, 0, login.err);
  const file = join(wherry.home, '.wherry', 'logins.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await wherry.run(['list', '-g', gateway.url]);
  const basic = `Basic ${Buffer.from('admin:geheim').toString('base64')}`;
  assert.deepEqual(
    gateway.seen.map(({ headers }) => headers.authorization),
    [basic, basic],
  );
  await wherry.run(['logout', '-g', gateway.url]);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).logins, []);

  gateway.fails('GET /system/functions', 'unauthenticated', 'no');
  assert.equal((await wherry.run(['login', '-g', gateway.url, '-p', 'x'])).code, 4);
  assert.match(
    (await wherry.run(['login', '-g', gateway.url])).err,
    /--password-stdin or --token/,
    'no prompt without a terminal',
  );
});

test('a token is alone on standard output', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('POST /system/tokens', {
    name: 'ci',
    scopes: ['deploy'],
    functions: '*',
    createdAt: 'x',
    token: 'T0KEN',
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const ran = await wherry.run(['token', 'create', 'ci', '--scope', 'deploy', '--expires', '2d']);
  assert.equal(ran.out.toString(), 'T0KEN\n');
  assert.match(ran.err, /only time/);
  assert.deepEqual(JSON.parse(gateway.seen[0]?.body.toString() ?? ''), {
    name: 'ci',
    scopes: ['deploy'],
    expiresInSeconds: 172_800,
  });
});

test('completion knows commands, flags and the functions that are deployed', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /system/functions', [echo]);
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url, SHELL: '/bin/bash' });
  const offered = async (...words: string[]) =>
    (await wherry.run(['complete', '--', ...words])).out.toString();
  assert.match(await offered('dep'), /^deploy\t/);
  assert.match(await offered('list', '--qu'), /^--quiet\t/);
  assert.match(await offered('describe', ''), /^echo\t/m);
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    assert.match((await wherry.run(['completion', 'script', shell])).out.toString(), /wherry/);
  }
  for (const _ of [1, 2]) assert.equal((await wherry.run(['completion', 'install'])).code, 0);
  assert.equal(readFileSync(join(wherry.home, '.bashrc'), 'utf8').split('\n').length, 2, 'one line, once');
});

test('help is for every command, on standard output', async (t) => {
  const wherry = new Wherry(t);
  const first = await wherry.run([]);
  assert.equal(first.code, 0);
  for (const name of [
    'deploy',
    'invoke',
    'list',
    'describe',
    'logs',
    'calls',
    'scale',
    'remove',
    'server',
    'doctor',
    'config',
    'version',
    'login',
    'logout',
    'token',
    'completion',
  ]) {
    assert.match(first.out.toString(), new RegExp(`^ {2}${name}\\b`, 'm'));
    const page = await wherry.run([name, '--help']);
    assert.deepEqual([page.code, page.err], [0, ''], name);
    assert.match(page.out.toString(), /^\S.*\.\n\nExamples:\n {2}wherry /, name);
  }
  assert.match((await wherry.run(['help', 'logs'])).out.toString(), /^Show what a function wrote/);
  assert.match((await wherry.run(['--version'])).out.toString(), /^wherry {3}\d+\.\d+\.\d+/);
});
