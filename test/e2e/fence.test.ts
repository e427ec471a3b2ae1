import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { processesUnder } from './machine.ts';

// What a function can do and see, tried by a hostile one. Every probe is tried a second time by the same function without a fence: a probe
// that comes to nothing there too would prove nothing here.
const lacking =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'fences of level full need Linux and root'
    : ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'].some((path) => existsSync(path))
      ? false
      : 'bubblewrap is not installed';

const probe = `
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const { spawnSync } = require('node:child_process');
const attempt = (act) => { try { const result = act(); return result === undefined ? 'done' : result; } catch (error) { return error.code || error.message; } };
const status = (name) => new RegExp('^' + name + ':\\\\s+(\\\\S+)', 'm').exec(fs.readFileSync('/proc/self/status', 'latin1'))[1];
module.exports = async (event) => {
  const { home, pid, port } = event.body;
  const connected = await new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); resolve('connected'); });
    socket.on('error', (error) => resolve(error.code));
  });
  return {
    user: process.getuid(),
    capabilities: status('CapEff'),
    bounding: status('CapBnd'),
    noNewPrivileges: status('NoNewPrivs'),
    filter: status('Seccomp'),
    connected,
    interfaces: Object.keys(os.networkInterfaces()).filter((name) => name !== 'lo').length,
    token: attempt(() => fs.readFileSync(home + '/admin.token', 'utf8').length),
    database: attempt(() => fs.readFileSync(home + '/wherry.db').length > 0),
    gatewayEnvironment: attempt(() => fs.readFileSync('/proc/' + pid + '/environ').length >= 0),
    processes: fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length,
    ownCode: attempt(() => fs.writeFileSync(__dirname + '/mine.txt', 'x')),
    system: attempt(() => fs.writeFileSync('/usr/mine.txt', 'x')),
    scratch: attempt(() => { for (let i = 0; i < 80; i++) fs.appendFileSync(os.tmpdir() + '/fill', Buffer.alloc(1 << 20)); fs.rmSync(os.tmpdir() + '/fill'); }),
    userNamespace: spawnSync('unshare', ['--user', 'true']).status,
    environment: Object.keys(process.env).sort(),
  };
};`;

type Found = Record<string, unknown>;

async function found(gateway: Gateway): Promise<Found> {
  await gateway.deploy({ name: 'probe', files: { 'probe.js': probe } });
  const body = JSON.stringify({
    home: gateway.home,
    pid: gateway.process.pid,
    port: Number(new URL(gateway.url).port),
  });
  const response = await gateway.call('probe', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Found;
}

test('a function in its fence sees and reaches nothing that is not its own', { skip: lacking }, async (t) => {
  const inside = await found(await Gateway.start(t));
  assert.notEqual(inside['user'], 0);
  assert.match(String(inside['capabilities']), /^0+$/);
  assert.match(String(inside['bounding']), /^0+$/);
  assert.equal(inside['noNewPrivileges'], '1');
  assert.equal(inside['filter'], '2');
  assert.equal(inside['connected'], 'ECONNREFUSED');
  assert.equal(inside['interfaces'], 0);
  assert.equal(inside['token'], 'ENOENT');
  assert.equal(inside['database'], 'ENOENT');
  assert.equal(inside['gatewayEnvironment'], 'ENOENT');
  assert.ok(Number(inside['processes']) <= 4, `${inside['processes']} processes in sight`);
  assert.equal(inside['ownCode'], 'EROFS');
  assert.equal(inside['system'], 'EROFS');
  assert.equal(inside['scratch'], 'ENOSPC');
  assert.notEqual(inside['userNamespace'], 0);
  const own =
    /^(HOME|LANG|LC_CTYPE|PATH|PWD|TMPDIR|OPENFAAS_NAME|OPENFAAS_NAMESPACE|WHERRY_SECRETS|WHERRY_NETWORK|MALLOC_\w+)$/;
  assert.deepEqual(
    (inside['environment'] as string[]).filter((name) => !own.test(name)),
    [],
  );

  const outside = await found(await Gateway.start(t, { args: ['--isolation', 'none'] }));
  assert.equal(outside['user'], 0);
  assert.equal(outside['connected'], 'connected');
  assert.ok(Number(outside['token']) > 0);
  assert.equal(outside['database'], true);
  assert.equal(outside['gatewayEnvironment'], true);
  assert.ok(Number(outside['processes']) > 4);
  assert.equal(outside['ownCode'], 'done');
  assert.equal(outside['scratch'], 'done');
  assert.equal(outside['userNamespace'], 0);
});

test('without bubblewrap the fence is built by util-linux: the same view, without the filter', {
  skip: lacking,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: ['--fence', 'util-linux'] });
  const report = (await (await gateway.system('GET', '/system/doctor')).json()) as {
    provider: { isolation: string; fences: { name: string; present: boolean }[] };
  };
  assert.equal(report.provider.isolation, 'partial');
  assert.deepEqual(
    report.provider.fences.filter(({ present }) => !present).map(({ name }) => name),
    ['system-call filter'],
  );
  const inside = await found(gateway);
  assert.notEqual(inside['user'], 0);
  assert.match(String(inside['capabilities']), /^0+$/);
  assert.equal(inside['filter'], '0');
  assert.match(String(inside['connected']), /^(ECONNREFUSED|ENETUNREACH)$/);
  assert.equal(inside['token'], 'ENOENT');
  assert.equal(inside['gatewayEnvironment'], 'ENOENT');
  assert.equal(inside['ownCode'], 'EROFS');
  assert.equal(inside['system'], 'EROFS');
  assert.equal(inside['scratch'], 'ENOSPC');
});

test('two functions never share a process or a host user', { skip: lacking }, async (t) => {
  const gateway = await Gateway.start(t);
  const files = { 'handler.js': 'module.exports = () => String(process.getuid());' };
  const users = [];
  for (const name of ['one', 'two', 'three']) {
    await gateway.deploy({ name, files });
    users.push(Number(await gateway.said(name)));
  }
  assert.equal(new Set(users).size, 3, String(users));
  const hosts = processesUnder(gateway.process.pid as number).filter(
    ({ command }) =>
      /host\.(cjs|py) --socket/.test(command) && !/bwrap|sh -c/.test(command.split(' ')[0] as string),
  );
  for (const user of users) {
    assert.ok(user >= 1_900_000_000);
    assert.equal(
      hosts.filter((host) => host.user === user).length,
      1,
      'seen from the host: one process, that user',
    );
  }
});

const bombs: Readonly<Record<string, { readonly source: string; readonly said: RegExp }>> = {
  memory: {
    source: 'module.exports = () => { const held = []; for (;;) held.push(Buffer.alloc(8 << 20, 1)); };',
    said: /function_crashed[\s\S]*out of memory/,
  },
  heap: {
    source: 'module.exports = () => { const held = []; for (;;) held.push({ a: [1, 2, 3, held.length] }); };',
    said: /function_crashed/,
  },
  processes: {
    source: `const { spawn } = require('node:child_process');
      module.exports = () => new Promise((resolve) => {
        let refused = 0;
        for (let i = 0; i < 300; i++) { const child = spawn('sleep', ['60']); child.on('error', () => { refused += 1; }); }
        setTimeout(() => { process.stdout.write('refused ' + refused + '\\n'); resolve(refused > 0 ? 'refused' : 'all started'); }, 500);
      });`,
    said: /^refused$/,
  },
  descriptors: {
    source: `const fs = require('node:fs');
      module.exports = () => { try { for (;;) fs.openSync('/dev/null', 'r'); } catch (error) { return error.code; } };`,
    said: /^EMFILE$/,
  },
};

test('bombs of memory, processes and descriptors hurt only who lights them', { skip: lacking }, async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.deploy({ name: 'neighbour', files: { 'handler.js': 'module.exports = () => "unharmed";' } });
  for (const [kind, { source, said }] of Object.entries(bombs)) {
    await gateway.deploy({ name: kind, files: { 'bomb.js': source } });
    const response = await gateway.call(kind);
    assert.match(await response.text(), said, kind);
    assert.equal(await gateway.said('neighbour'), 'unharmed', `after ${kind}`);
  }
  const state = (await (await gateway.system('GET', '/system/function/memory/state')).json()) as {
    exits: { kind: string; peakMemoryBytes: number }[];
  };
  assert.equal(state.exits[0]?.kind, 'out-of-memory');
  assert.ok((state.exits[0]?.peakMemoryBytes ?? 0) > 200 * 2 ** 20);
});

test('a function that ignores the signal to stop is killed with all it started', {
  skip: lacking,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: ['--stop-grace', '500ms'] });
  const source = `
    process.on('SIGTERM', () => {});
    const { spawn } = require('node:child_process');
    const stubborn = ['-c', 'trap "" TERM HUP INT; (setsid sh -c "trap : TERM; sleep 300" &) ; sleep 300'];
    module.exports = () => new Promise((resolve) => { spawn('sh', stubborn, { stdio: 'ignore', detached: true }).on('spawn', () => resolve('started')); });`;
  await gateway.deploy({ name: 'stubborn', files: { 'handler.js': source } });
  assert.equal(await gateway.said('stubborn'), 'started');
  const user = processesUnder(gateway.process.pid as number).find(({ command }) =>
    /sleep 300/.test(command),
  )?.user;
  assert.ok((user ?? 0) > 0);
  await gateway.system('POST', '/system/scale-function/stubborn', { replicas: 0 });
  assert.deepEqual(
    processesUnder(1)
      .filter((one) => one.user === user)
      .map(({ command }) => command),
    [],
  );
});
