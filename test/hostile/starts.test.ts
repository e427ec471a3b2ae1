// Starts that must not happen, and what a start leaves behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { configuration } from '@wherry/gateway/config/resolve';
import { freshHome, Gateway, type Options } from '../e2e/gateway.ts';
import { processesUnder } from '../e2e/machine.ts';

const root = process.getuid?.() === 0;

/** A folder that goes with the tests. */
function home(files: Readonly<Record<string, string>> = {}): string {
  const folder = freshHome();
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

/** Refuses, with one line that says why and what to do, and shows no secret. */
async function refused(options: Options, why: RegExp): Promise<void> {
  const { code, output } = await Gateway.refused(options);
  assert.equal(code, 1, output);
  assert.match(output, /^wherry: [^\n]+\. Next: [^\n]+\n$/, 'one line with a next step');
  assert.match(output, why);
  assert.doesNotMatch(output, /wherry_[\w-]{20,}|node:internal|\.ts:\d+/);
}

describe('starts that are refused', { concurrency: 2 }, () => {
  test('a port that is taken, for each listener', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    after(() => other.close());
    const { port } = other.address() as net.AddressInfo;
    await refused({ args: ['--port', String(port)] }, new RegExp(`port ${port}.*taken.*WHERRY_PORT=`));
    await refused(
      { args: ['--metrics-port', String(port)] },
      /taken.*--metrics-port \d+ or WHERRY_METRICS_PORT=/,
    );
  });

  test('--port 0 is enough beside another one, and a port that was asked for stays', async () => {
    const settings = (origins: readonly { key: string; value: string }[]) =>
      ['port', 'dashboardPort', 'metricsPort'].map((key) => origins.find((one) => one.key === key)?.value);
    const from = async (...args: string[]) =>
      settings((await configuration(args, { WHERRY_HOME: home() }, '')).origins);
    assert.deepEqual(await from(), ['8080', '8081', '8082']);
    assert.deepEqual(await from('--port', '0'), ['0', '0', '0']);
    assert.deepEqual(await from('--port', '0', '--metrics-port', '9082'), ['0', '0', '9082']);
    assert.deepEqual(await from('--port', '9080'), ['9080', '8081', '8082']);
  });

  test('a data folder that is a file, lies below one, or cannot be written', async () => {
    const folder = home({ file: '' });
    await refused({ home: join(folder, 'file') }, /data folder/);
    await refused({ home: join(folder, 'file', 'deeper') }, /data folder/);
    await refused({ home: join(folder, 'a\0b'.replace('\0', '\n'), 'x'.repeat(300)) }, /data folder/);
    // Where writing is refused to root as well.
    if (existsSync('/proc/self/net')) await refused({ home: '/proc/self/net' }, /cannot|no such file/);
    if (!root) {
      const closed = home();
      chmodSync(closed, 0o500);
      await refused({ home: closed }, /data folder|cannot/);
      chmodSync(closed, 0o700);
    }
  });

  test('a second gateway on one data folder; the first does not notice', async (t) => {
    const first = await Gateway.start(t, { home: home() });
    const token = first.token;
    await refused({ home: first.home }, /is used by process \d+/);
    assert.equal((await first.system('GET', '/system/functions')).status, 200);
    assert.equal(first.token, token);
    assert.ok(existsSync(join(first.home, 'server.json')), 'clients still find the first');
  });

  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    test(`an admin token that others can reach: mode ${mode.toString(8)}`, async () => {
      const folder = home({ 'admin.token': 'wherry_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n' });
      chmodSync(join(folder, 'admin.token'), mode);
      await refused({ home: folder }, /admin\.token.*chmod 600/);
    });
  }

  for (const text of ['', '   \n', '\0\0\0', 'short-token-of-21-cha']) {
    test(`an admin token that is none: ${JSON.stringify(text)}`, async () => {
      await refused({ home: home({ 'admin.token': text }) }, /admin\.token holds no token/);
    });
  }

  test('an admin token that is a folder', async () => {
    const folder = home();
    mkdirSync(join(folder, 'admin.token'), { mode: 0o700 });
    await refused({ home: folder }, /admin\.token/);
  });

  test('an admin token that somebody else made', {
    skip: !root && 'only root can give files away',
  }, async () => {
    const folder = home({ 'admin.token': 'wherry_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n' });
    chownSync(join(folder, 'admin.token'), 12_345, 12_345);
    await refused({ home: folder }, /admin\.token.*another user/);
  });

  for (const mode of [0o770, 0o722, 0o1777]) {
    test(`a data folder that others can write to: mode ${mode.toString(8)}`, async () => {
      const folder = home();
      chmodSync(folder, mode);
      await refused({ home: folder }, /can be written by others.*chmod 700/);
    });
  }

  test('a database that a newer Wherry wrote, or that is none', async (t) => {
    const folder = home();
    await (await Gateway.start(t, { home: folder })).stop();
    const file = join(folder, 'wherry.db');
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 9999; UPDATE sizes SET rows = 9999 WHERE origin = 'schema'");
    database.close();
    const before = readFileSync(file);
    await refused({ home: folder }, /newer/);
    assert.deepEqual(readFileSync(file), before, 'nothing was changed');
    writeFileSync(file, 'no database at all, but long enough to be taken for one'.repeat(100));
    for (const name of readdirSync(folder)) if (/-(?:wal|shm)$/.test(name)) rmSync(join(folder, name));
    const { code, output } = await Gateway.refused({ home: folder });
    assert.equal(code, 1);
    assert.match(output, /^wherry: [^\n]+\. Next: [^\n]+\n$/, output);
  });

  for (const host of [
    '0.0.0.0',
    '::',
    '[::]',
    '',
    '*',
    '192.0.2.1',
    '2001:db8::1',
    '0',
    '::ffff:0.0.0.0',
    'localhost.example',
  ]) {
    test(`an address that others reach, without TLS in front: ${host}`, async () => {
      await refused({ args: [`--host=${host}`] }, /TLS proxy|not an address|cannot listen/);
    });
  }

  const flags: readonly (readonly [readonly string[], RegExp])[] = [
    [['--frobnicate'], /--frobnicate is not a flag/],
    [['--frobnicate=1'], /--frobnicate is not a flag/],
    [['surplus'], /surplus is not a flag/],
    [['--port'], /--port needs a value/],
    [['--port', '-1'], /port/],
    [['--port', '65536'], /port/],
    [['--port', 'http'], /port/],
    [['--port', '8080x'], /port/],
    [['--port', ''], /port/],
    [['--isolation', 'most'], /isolation.*full/],
    [['--isolation', 'FULL'], /isolation.*full/],
    [['--max-body', 'lots'], /maxBody/],
    [['--functions-timeout', 'soon'], /functions\.timeout/],
    [['--functions-visibility', 'everybody'], /functions\.visibility/],
    [['--functions-network', 'everything'], /functions\.network/],
    [['--max-waiting', '-1'], /maxWaiting/],
    [['--trusted-proxies', 'everywhere'], /trustedProxies/],
    [['--trusted-proxies', '10.0.0.0/33'], /trustedProxies/],
    [['--trusted-proxies', '10.0.0.0/'], /trustedProxies/],
    [['--trusted-proxies', '10.0.0.0/8/8'], /trustedProxies/],
    [['--access-log', '/nowhere/access.log'], /accessLog: .*no such file/],
    [['--api-networks', 'office'], /apiNetworks: "office" is not a network/],
  ];
  for (const [args, why] of flags) test(`wherry server ${args.join(' ')}`, () => refused({ args }, why));

  test('a bad value in a variable says which', async () => {
    await refused({ env: { WHERRY_MAX_BODY: 'x' } }, /WHERRY_MAX_BODY/);
    await refused({ env: { WHERRY_ISOLATION: 'x' } }, /WHERRY_ISOLATION/);
  });

  const configs: readonly (readonly [string, RegExp])[] = [
    ['isolaton: full\n', /isolaton is not a setting/],
    ['functions:\n  visiblity: private\n', /functions\.visiblity is not a setting/],
    ['constructor: x\n', /constructor is not a setting/],
    ['toString: x\n', /toString is not a setting/],
    ['__proto__:\n  isolation: none\n', /is not a setting/],
    ['isolation: [\n', /config\.yaml/],
    ['isolation: full\nisolation: none\n', /config\.yaml/],
    ['- isolation\n', /config\.yaml/],
    ['just text\n', /config\.yaml/],
    ['isolation: most\n', /isolation.*config\.yaml/],
    ['maxBody: {a: 1}\n', /config\.yaml/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]\n`).join('')}`,
      /config\.yaml/,
    ],
    ['isolation: !!js/function "function(){}"\n', /config\.yaml|isolation/],
  ];
  for (const [text, why] of configs)
    test(`config.yaml: ${JSON.stringify(text.slice(0, 60))}`, () =>
      refused({ home: home({ 'config.yaml': text }) }, why));

  test('a config.yaml that is a folder', async () => {
    const folder = home();
    mkdirSync(join(folder, 'config.yaml'));
    await refused({ home: folder }, /config\.yaml/);
  });
});

test('an empty WHERRY_HOME is none: no settings are taken from wherever the start happens', async () => {
  // The command runs in this folder; a file here must not be read.
  const folder = home({ 'config.yaml': 'isolaton: full\n' });
  const before = process.cwd();
  process.chdir(folder);
  try {
    // Refused for another reason, so that nothing is made in the real home folder.
    await refused({ env: { WHERRY_HOME: '' }, args: ['--frobnicate'] }, /--frobnicate/);
    await refused({ env: { WHERRY_HOME: '', WHERRY_ISOLATION: 'x' } }, /WHERRY_ISOLATION/);
  } finally {
    process.chdir(before);
  }
});

test('with a umask that hides nothing, everything is for its owner alone', async (t) => {
  const before = process.umask(0);
  const parent = home();
  const folder = join(parent, 'made', 'here');
  const starting = Gateway.start(t, { home: folder });
  process.umask(before);
  const gateway = await starting;
  await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = () => "hello";' } });
  assert.equal(await gateway.said('hello'), 'hello');
  assert.equal(lstatSync(folder).mode & 0o777, 0o700, 'nobody passes the door');
  assert.equal(lstatSync(join(folder, 'admin.token')).mode & 0o777, 0o600);
  for (const name of readdirSync(folder)) {
    const entry = lstatSync(join(folder, name));
    // Folders of packages are shown to functions, and lie behind that door all the same.
    const hidden = entry.isDirectory() ? 0o022 : 0o077;
    assert.equal(entry.mode & hidden, 0, `${name}: ${(entry.mode & 0o777).toString(8)}`);
  }
});

test('the admin token is in its file and nowhere else', async (t) => {
  const folder = home();
  const gateway = await Gateway.start(t, { home: folder });
  const { token } = gateway;
  assert.match(token, /^wherry_[\w-]{43}$/);
  await gateway.deploy({
    name: 'env',
    files: {
      'handler.js':
        'module.exports = (e) => { console.log(JSON.stringify(e.headers)); return JSON.stringify([e.headers, process.env]); };',
    },
  });
  const basic = `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`;
  for (const authorization of [`Bearer ${token}`, basic, `bearer  ${token}`]) {
    const answer = await gateway.call('env', { headers: { authorization } });
    assert.equal(answer.status, 200);
    assert.equal((await answer.text()).includes(token), false);
    await gateway.call('nobody', { headers: { authorization } });
    await fetch(`${gateway.url}/system/nothing`, { headers: { authorization } });
  }
  const hidden = [token, Buffer.from(`admin:${token}`).toString('base64')];
  const holds = (bytes: Buffer | string): boolean => hidden.some((text) => bytes.includes(text));
  for (const path of [
    '/system/functions',
    '/system/calls',
    '/system/logs?name=env',
    '/system/config',
    '/system/doctor',
    '/system/tokens',
    '/system/function/env/state',
  ])
    assert.equal(holds(await (await gateway.system('GET', path)).text()), false, path);
  assert.equal(holds(await (await fetch(`${gateway.metricsUrl}/metrics`)).text()), false);
  assert.equal(holds(gateway.output), false);
  const pids = [
    gateway.process.pid as number,
    ...processesUnder(gateway.process.pid as number).map(({ pid }) => pid),
  ];
  for (const pid of pids) {
    for (const file of ['cmdline', 'environ']) {
      const text = existsSync(`/proc/${pid}/${file}`) ? readFileSync(`/proc/${pid}/${file}`) : '';
      assert.equal(holds(text), false, `${pid} ${file}`);
    }
  }
  await gateway.stop();
  const found = filesUnder(folder).filter((path) => holds(readFileSync(path)));
  assert.deepEqual(found, [join(folder, 'admin.token')]);
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
