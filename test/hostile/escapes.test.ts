// A function that looks for a way out. Each probe is tried without a fence too: one that finds nothing there proves nothing here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';

const skip =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'fences of level full need Linux and root'
    : ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'].some((path) => existsSync(path))
      ? false
      : 'bubblewrap is not installed';

/** In the environment of the gateway, and so of everything that inherits it. */
const needle = 'planted-where-no-function-may-look';
const source = readFileSync(join(import.meta.dirname, 'fixtures/escape.js'), 'utf8');

const env = { PLANTED: needle, AWS_SECRET_ACCESS_KEY: needle };
const started: readonly Gateway[] =
  skip === false
    ? await Promise.all([
        Gateway.start({ after }, { env }),
        Gateway.start({ after }, { env, args: ['--isolation', 'none'] }),
      ])
    : [];
const [fenced, open] = started as [Gateway, Gateway];
await Promise.all(started.map(prepare));

async function prepare(gateway: Gateway): Promise<void> {
  writeFileSync(join(gateway.home, 'planted'), needle, { mode: 0o600 });
  await gateway.deploy({ name: 'good', files: { 'handler.js': 'module.exports = () => "good";' } });
  await gateway.deploy({
    name: 'victim',
    files: { 'handler.js': `module.exports = () => "good"; // ${needle}` },
    spec: { envVars: { PASSWORD: needle } },
  });
  await gateway.deploy({ name: 'escape', files: { 'handler.js': source } });
}

async function probe(gateway: Gateway, name: string, given: object = {}): Promise<unknown> {
  const response = await gateway.call('escape', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ probe: name, ...given }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const started = performance.now();
  assert.equal(await gateway.said('good'), 'good');
  assert.ok(performance.now() - started < 10_000, 'another function answers');
  return (JSON.parse(text) as { got: unknown }).got;
}

/** What is the gateway's, another function's, or the machine's. */
function secrets(gateway: Gateway): readonly string[] {
  const { home } = gateway;
  const packages = readdirSync(join(home, 'packages')).map((name) => join(home, 'packages', name));
  const slots = readdirSync(join(home, 'run', 'instances')).map((name) =>
    join(home, 'run', 'instances', name),
  );
  return [
    home,
    join(home, 'admin.token'),
    join(home, 'wherry.db'),
    join(home, 'planted'),
    join(home, 'run'),
    ...packages,
    ...slots,
    `/proc/${gateway.process.pid}/environ`,
    `/proc/${gateway.process.pid}/root/`,
    '/etc/shadow',
    '/root',
    '/var/log',
    import.meta.filename,
  ].filter((path) => existsSync(path));
}

describe('a function in its fence', { skip }, () => {
  test('reads nothing of the gateway, of other functions, of the machine, however it spells the path', async () => {
    for (const way of ['read', 'read through links']) {
      assert.deepEqual(await probe(fenced, way, { files: secrets(fenced) }), [], way);
      const unfenced = (await probe(open, way, { files: secrets(open) })) as string[];
      assert.ok(unfenced.length >= secrets(open).length - 1, `control: ${unfenced.length} without a fence`);
    }
  });

  test('finds no secret in anything that it can read at all', async () => {
    const inside = (await probe(fenced, 'search', { needle })) as { found: string[]; looked: number };
    assert.deepEqual(inside.found, []);
    assert.ok(inside.looked > 10, 'it did look');
    assert.deepEqual(await probe(fenced, 'environments in sight', { needle }), []);
    assert.notDeepEqual(await probe(open, 'environments in sight', { needle }), [], 'control');
  });

  test('has no handle, signal or memory of anybody else', async () => {
    assert.deepEqual(await probe(fenced, 'handles'), []);
    assert.deepEqual(await probe(fenced, 'memory of others'), []);
    assert.notDeepEqual(await probe(open, 'memory of others'), [], 'control');
    assert.equal(await probe(fenced, 'signal', { pid: fenced.process.pid }), 'ESRCH');
    assert.equal(await probe(open, 'signal', { pid: open.process.pid }), true, 'control');
  });

  test('gets nothing that was left open when the gateway was started', async (t) => {
    const secret = openSync(join(fenced.home, 'planted'), 'r');
    t.after(() => closeSync(secret));
    const gateway = await Gateway.start(t, { descriptor: secret });
    const script = `import os
def handle(event, context):
    found = []
    for fd in range(3, 100):
        try: found.append(os.pread(fd, 99, 0).decode())
        except OSError: pass
    return {'statusCode': 200, 'body': repr(found)}`;
    await gateway.deploy({ name: 'reads', files: { 'handler.py': script } });
    assert.doesNotMatch(await gateway.said('reads'), new RegExp(needle));
  });

  test('has the variables that it was given, and none of the gateway’s', async () => {
    for (const gateway of [fenced, open]) {
      const environment = (await probe(gateway, 'environment')) as Record<string, string>;
      assert.deepEqual(
        Object.keys(environment).filter((name) => /WHERRY|PLANTED|AWS|NODE_|SUDO|SSH|npm_/i.test(name)),
        ['WHERRY_SECRETS', 'WHERRY_NETWORK'],
        'where its own secrets are, and what network it has',
      );
      assert.equal(JSON.stringify(environment).includes(needle), false);
    }
  });

  test('reaches no listener of the machine: TCP, UDP, sockets in files, sockets without', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'listener-'));
    const inFile = join(folder, 'listener.sock');
    const without = `\0wherry-test-${process.pid}`;
    const tcp = net.createServer().listen(0, '127.0.0.1');
    const servers = [tcp, net.createServer().listen(inFile), net.createServer().listen(without)];
    await Promise.all(servers.map((server) => once(server, 'listening')));
    t.after(() => {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const { port } = tcp.address() as net.AddressInfo;
    const ask = (gateway: Gateway) =>
      probe(gateway, 'connect', {
        ports: [port, Number(new URL(gateway.url).port), Number(new URL(gateway.metricsUrl).port)],
        sockets: [inFile, without],
      }) as Promise<Record<string, string>>;
    const inside = await ask(fenced);
    for (const [to, how] of Object.entries(inside)) assert.notEqual(how, 'connected', to);
    const outside = await ask(open);
    assert.equal(outside[`127.0.0.1:${port}`], 'connected', 'control');
    assert.equal(outside[inFile], 'connected', 'control');
    assert.equal(outside[without.replace('\0', '@')], 'connected', 'control');
    assert.equal(await probe(fenced, 'routes'), 0, 'there is no way to any address');
    assert.deepEqual(await probe(fenced, 'files of sockets in sight'), []);
  });

  test('writes to its scratch folder and nowhere else, least of all its own code', async () => {
    const folders = [
      '/',
      '/usr',
      '/etc',
      '/function',
      '/function/code',
      '/proc',
      '/sys',
      '/dev',
      '/var',
      '/home',
      '/root',
      '/opt',
      '/run',
    ];
    assert.deepEqual(await probe(fenced, 'write', { folders }), []);
    assert.deepEqual(await probe(fenced, 'write', { folders: ['/tmp'] }), ['/tmp'], 'control');
    const changes = (await probe(fenced, 'change its code')) as string[];
    for (const outcome of changes) assert.match(outcome, /EROFS|EACCES|EPERM|EXDEV|EBUSY/);
    assert.deepEqual(await probe(fenced, 'the machine’s settings'), []);
  });

  test('gains no rights', async () => {
    const tried = (await probe(fenced, 'gain rights')) as Record<string, unknown>;
    for (const [how, outcome] of Object.entries(tried))
      assert.ok(outcome !== 0 && outcome !== 'done', `${how}: ${outcome}`);
  });

  test('may not make system calls that reach beyond itself', {
    skip: process.arch !== 'x64' && 'the numbers are those of x64',
  }, async () => {
    const calls = {
      acct: 163,
      add_key: 248,
      adjtimex: 159,
      bpf: 321,
      chroot: 161,
      clock_adjtime: 305,
      clock_settime: 227,
      clone3: 435,
      delete_module: 176,
      fanotify_init: 300,
      finit_module: 313,
      fsconfig: 431,
      fsmount: 432,
      fsopen: 430,
      fspick: 433,
      init_module: 175,
      io_uring_enter: 426,
      io_uring_register: 427,
      io_uring_setup: 425,
      ioperm: 173,
      iopl: 172,
      kcmp: 312,
      kexec_file_load: 320,
      kexec_load: 246,
      keyctl: 250,
      lookup_dcookie: 212,
      mbind: 237,
      memfd_secret: 447,
      migrate_pages: 256,
      modify_ldt: 154,
      mount: 165,
      mount_setattr: 442,
      move_mount: 429,
      move_pages: 279,
      name_to_handle_at: 303,
      nfsservctl: 180,
      open_by_handle_at: 304,
      open_tree: 428,
      perf_event_open: 298,
      personality: 135,
      pidfd_getfd: 438,
      pivot_root: 155,
      process_madvise: 440,
      process_vm_readv: 310,
      process_vm_writev: 311,
      ptrace: 101,
      quotactl: 179,
      reboot: 169,
      request_key: 249,
      set_mempolicy: 238,
      setdomainname: 171,
      sethostname: 170,
      setns: 308,
      settimeofday: 164,
      swapoff: 168,
      swapon: 167,
      syslog: 103,
      umount2: 166,
      uselib: 134,
      userfaultfd: 323,
      vhangup: 153,
    };
    const inside = await probe(fenced, 'python', { calls });
    assert.equal(typeof inside, 'object', `${inside}`);
    const [eperm, enosys] = [1, 38];
    for (const [name, outcome] of Object.entries(inside as object))
      assert.ok(outcome === eperm || outcome === enosys, `${name}: ${outcome}`);
    // Only what harms nobody is tried without a fence.
    const { ptrace, personality, name_to_handle_at, userfaultfd, keyctl } = calls;
    const outside = (await probe(open, 'python', {
      calls: { ptrace, personality, name_to_handle_at, userfaultfd, keyctl },
    })) as Record<string, unknown>;
    assert.ok(
      Object.values(outside).filter((outcome) => outcome !== eperm && outcome !== enosys).length >= 3,
      `control: ${JSON.stringify(outside)}`,
    );
  });

  test('may not open sockets of other kinds than it can have a use for', async () => {
    const kinds = (await probe(fenced, 'families', {
      families: Array.from({ length: 46 }, (_, i) => i),
    })) as number[][];
    const useful = new Set([1, 2, 10, 16]);
    const [done, eperm] = [0, 1];
    // Refused before the kernel looks whether it knows them: what one kernel lacks another has.
    for (const [family, outcome] of kinds)
      if (!useful.has(family as number)) assert.equal(outcome, eperm, `family ${family}`);
    for (const family of useful)
      assert.ok(
        kinds.some(([one, outcome]) => one === family && outcome === done),
        `control: ${family}`,
      );
  });

  test('calls itself what it likes, and is stopped all the same', async () => {
    assert.equal(await probe(fenced, 'title'), 'done');
    await fenced.system('POST', '/system/scale-function/escape', { replicas: 0 });
    const instances = (await (await fenced.system('GET', '/system/instances')).json()) as { name: string }[];
    assert.deepEqual(
      instances.filter(({ name }) => name === 'escape'),
      [],
    );
  });
});
