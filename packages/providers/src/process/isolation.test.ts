import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FunctionSpec } from '@wherry/core/function';
import { Machine, noFences, type Sandboxed, which } from './machine.fixtures.ts';

// What a function can see and do, asked inside of real fences and looked at from outside of them.

const missing = noFences();

interface On {
  readonly machine: Machine;
  readonly fence: 'best' | 'util-linux';
  python(spec?: Partial<FunctionSpec>): Promise<Sandboxed>;
}

/** Declares a test for each tool that builds fences. */
function fenced(
  sentence: string,
  body: (on: On) => Promise<void>,
  fences: readonly ('best' | 'util-linux')[] = ['best', 'util-linux'],
): void {
  for (const fence of fences)
    test(`${fence === 'best' ? 'bubblewrap' : 'util-linux'}: ${sentence}`, {
      skip: missing,
      timeout: 60_000,
    }, async () => {
      const machine = await Machine.open({ fence });
      try {
        await body({ machine, fence, python: (spec) => machine.python(spec) });
      } finally {
        await machine.close();
      }
    });
}

/** A line of /proc/PID/status of a process on the host. */
function status(pid: number, field: string): string {
  return (
    new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  );
}

/** The host's view of the process that runs the function. */
function hostProcess(sandboxed: Sandboxed): number {
  const found = sandboxed.pids.filter(
    (pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('host.py') &&
      !/^\0*(?:setpriv|bwrap|unshare|setsid|sh)\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) &&
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('python'),
  );
  assert.equal(found.length, 1, 'one process runs the function');
  return found[0] as number;
}

const tries = `
import os, errno, socket
def tried(act):
    try:
        act(); return 'ok'
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e.errno))
    except Exception as e:
        return type(e).__name__
`;

fenced(
  'every instance is a host user of its own, never root, without capabilities or ways to get any',
  async ({ python }) => {
    const [one, two] = [await python(), await python({ name: 'other' })];
    const users = [one, two].map((sandboxed) => {
      const pid = hostProcess(sandboxed);
      const ids = new Set(`${status(pid, 'Uid')}\t${status(pid, 'Gid')}`.split('\t'));
      assert.equal(ids.size, 1, 'real, effective, saved and file system ids, of user and group');
      assert.equal(status(pid, 'Groups').trim(), '');
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        assert.match(status(pid, set), /^0+$/, set);
      assert.equal(status(pid, 'NoNewPrivs'), '1');
      return Number([...ids][0]);
    });
    assert.ok(
      users.every((user) => user > 1_900_000_000),
      users.join(),
    );
    assert.notEqual(users[0], users[1]);
    assert.deepEqual(
      await one.run('import os; out = [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()]'),
      [users[0], users[0], users[0], []],
    );
  },
);

fenced(
  'the filter is on the process that runs the function, with bubblewrap',
  async ({ python }) => {
    assert.equal(status(hostProcess(await python()), 'Seccomp'), '2');
  },
  ['best'],
);

fenced(
  'the namespaces of an instance are its own: not the host’s, not another instance’s',
  async ({ python }) => {
    const [one, two] = [hostProcess(await python()), hostProcess(await python())];
    for (const space of ['mnt', 'pid', 'net', 'ipc', 'uts']) {
      const [host, first, second] = ['self', one, two].map((pid) => readlinkSync(`/proc/${pid}/ns/${space}`));
      assert.notEqual(first, host, space);
      assert.notEqual(first, second, space);
    }
  },
);

fenced('no two functions share a process: each sees only its own', async ({ python }) => {
  const [one, two] = [await python(), await python({ name: 'other' })];
  assert.equal(one.pids.filter((pid) => two.pids.includes(pid)).length, 0);
  const seen = await one.run<string[]>(`
import os
out = [open('/proc/%s/cmdline' % p).read() for p in os.listdir('/proc') if p.isdigit()]`);
  assert.ok(seen.length >= 1 && seen.length <= 6, seen.join(' | '));
  assert.ok(!seen.join().includes(two.id), 'nor what belongs to the other');
  const pids = new Set(one.pids);
  assert.ok(seen.length <= pids.size + 1);
  // By the host's numbers there is nobody, whatever is tried.
  const result = await one.run<string[]>(`${tries}
import signal
out = [tried(lambda: os.kill(${hostProcess(two)}, 0)), tried(lambda: os.kill(${process.pid}, 0)), tried(lambda: open('/proc/${process.pid}/cmdline'))]`);
  assert.deepEqual(result, ['ESRCH', 'ESRCH', 'ENOENT']);
});

fenced('the root, the system and its own code cannot be written; only scratch can', async ({ python }) => {
  const sandboxed = await python();
  const places = [
    '/',
    '/usr',
    '/usr/bin',
    '/etc',
    '/function',
    '/function/code',
    '/function/code/handler.py',
    '/opt/wherry/host',
    '/opt/wherry/host/host.py',
    '/proc/sys/kernel/hostname',
    '/dev',
    '/var',
    '/home',
    '/root/.ssh',
    '/root/.wherry',
    '/sys',
    '/run',
  ];
  const results = await sandboxed.run<Record<string, string>>(`${tries}
def write(path):
    if os.path.isdir(path): open(os.path.join(path, 'wherry-was-here'), 'w')
    else: open(path, 'a')
out = {path: tried(lambda: write(path)) for path in ${JSON.stringify(places)}}`);
  for (const place of places) assert.notEqual(results[place], 'ok', place);
  // Rights alone would hold too; the mounts hold whoever it is that tries.
  const writable = await sandboxed.run<string[]>(`
import os
out = [p for p in ['/', '/usr', '/etc', '/function', '/function/code', '/opt/wherry/host', '/run', '/tmp'] if not os.statvfs(p).f_flag & os.ST_RDONLY]`);
  assert.deepEqual(writable, ['/tmp']);
  const changes = await sandboxed.run<string[]>(`${tries}
out = [tried(lambda: os.chmod('/function/code/handler.py', 0o777)), tried(lambda: os.rename('/function/code', '/tmp/code')), tried(lambda: os.link('/function/code/handler.py', '/tmp/l')),
  tried(lambda: os.mkdir('/function/x')), tried(lambda: open('/tmp/mine', 'w').write('x'))]`);
  assert.deepEqual(
    changes.slice(0, 4).map((one) => one !== 'ok'),
    [true, true, true, true],
    changes.join(),
  );
  assert.equal(changes[4], 'ok', 'the control: scratch is for writing');
});

fenced(
  'scratch is as large as it may be, and the disk of the host is not reached in another way',
  async ({ machine, python }) => {
    const sandboxed = await python({ annotations: { 'com.wherry.scratch': '4Mi' } });
    const [results, writable] = await sandboxed.run<[Record<string, string>, string[]]>(`${tries}
writable = []
for root, folders, files in os.walk('/'):
    if root.startswith(('/proc', '/sys')): folders[:] = []; continue
    if os.access(root, os.W_OK): writable.append(root)
def fill(path):
    with open(path, 'wb', buffering=0) as f:
        for i in range(64): f.write(bytes(1 << 20))
results = {}
for folder in writable:
    results[folder] = tried(lambda: fill(os.path.join(folder, 'big')))
out = [results, writable]`);
    assert.ok(writable.includes('/tmp'));
    assert.equal(results['/tmp'], 'ENOSPC');
    for (const folder of writable) assert.equal(results[folder], 'ENOSPC', `${folder} takes 64 MiB`);
    const used = Number(
      execFileSync('du', ['-sk', join(machine.folder, 'run')], { encoding: 'utf8' }).split('\t')[0],
    );
    assert.ok(used < 4 * 1024, `${used} KiB of the host's disk`);
  },
);

fenced(
  'what other instances have is not there: no folder, file or socket of theirs',
  async ({ machine, python }) => {
    const [one, two] = [await python(), await python({ name: 'other' })];
    await two.run('open("/tmp/note-of-another", "w").write("the other’s"); out = 1');
    const seen = await one.run<string[]>(`
import os
out = []
for root, folders, files in os.walk('/'):
    if root.startswith(('/proc', '/sys', '/usr', '/dev', '/root')): folders[:] = []; continue
    out += [os.path.join(root, f) for f in files + folders]`);
    const text = seen.join('\n');
    assert.doesNotMatch(text, new RegExp(`note-of-another|${two.id}|wherry-providers|admin\\.token`));
    assert.match(text, /\/function\/code\/handler\.py/, 'the control: its own is there');
    const hidden = [
      machine.folder,
      join(machine.folder, 'run/instances'),
      realpathSync('/proc/self/cwd'),
      '/root/.ssh',
      '/root/.wherry',
      '/home',
      '/etc/shadow',
      '/etc/hostname',
      '/sys/fs/cgroup',
      '/run/docker.sock',
      '/dev/sda',
      '/dev/vda',
      '/dev/mem',
      '/dev/kmsg',
    ];
    assert.deepEqual(
      await one.run(`import os; out = [p for p in ${JSON.stringify(hidden)} if os.path.exists(p)]`),
      [],
    );
  },
);

fenced('the environment is the function’s own and nothing of the gateway’s', async ({ python }) => {
  process.env['WHERRY_TEST_SECRET'] = 'do not tell';
  const env = await (await python({ env: { MINE: 'yes' } })).run<Record<string, string>>(
    'import os; out = dict(os.environ)',
  );
  delete process.env['WHERRY_TEST_SECRET'];
  assert.equal(env['MINE'], 'yes');
  assert.deepEqual(
    Object.keys(env).filter((key) => /SECRET|WHERRY|SSH|TOKEN/.test(key)),
    ['WHERRY_SECRETS', 'WHERRY_NETWORK'],
  );
});

fenced(
  'there is no network: only a loopback with nobody on it, and a listener on the host is not reached',
  async ({ python }) => {
    const server = net.createServer((socket) => socket.end('hello'));
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const name = `wherry-test-${process.pid}-${port}`;
    const abstract = net.createServer((socket) => socket.end('hello')).listen(`\0${name}`);
    await once(abstract, 'listening');
    try {
      const script = `${tries}
def connect(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind); s.settimeout(3); s.connect(address)
    if kind == socket.SOCK_STREAM: assert s.recv(5) == b'hello'
out = {
  'interfaces': sorted(n for _, n in socket.if_nameindex()),
  'loopback': tried(lambda: connect(('127.0.0.1', ${port}))),
  'outside': tried(lambda: connect(('192.0.2.1', 80))),
  'metadata': tried(lambda: connect(('169.254.169.254', 80))),
  'abstract': tried(lambda: connect('\\0${name}', socket.AF_UNIX)),
  'own loopback': tried(lambda: (lambda s: (s.bind(('127.0.0.1', 0)), s.listen(), socket.create_connection(s.getsockname(), 2)))(socket.socket())),
}`;
      const inside = await (await python()).run<Record<string, unknown>>(script);
      assert.deepEqual(inside['interfaces'], ['lo']);
      assert.equal(inside['loopback'], 'ECONNREFUSED');
      assert.match(String(inside['outside']), /^(ENETUNREACH|EHOSTUNREACH)$/);
      assert.match(String(inside['metadata']), /^(ENETUNREACH|EHOSTUNREACH)$/);
      assert.equal(inside['abstract'], 'ECONNREFUSED');
      assert.equal(inside['own loopback'], 'ok', 'what talks to itself can');
      // The control: the same script where the network is granted.
      const granted = await (await python({ annotations: { 'com.wherry.network': 'host' } })).run<
        Record<string, unknown>
      >(script);
      assert.deepEqual([granted['loopback'], granted['abstract']], ['ok', 'ok']);
    } finally {
      server.close();
      abstract.close();
    }
  },
);

fenced(
  'raw packets and the hypervisor cannot be spoken to, also where the network is granted',
  async ({ python }) => {
    const sandboxed = await python({ annotations: { 'com.wherry.network': 'host' } });
    const result = await sandboxed.run<string[]>(`${tries}
out = [tried(lambda: socket.socket(17, 3)), tried(lambda: socket.socket(40, 1)), tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))]`);
    for (const one of result) assert.match(one, /^(EPERM|EACCES|EAFNOSUPPORT)$/);
    assert.equal(result[1], 'EPERM');
  },
  ['best'],
);

fenced(
  'no new user namespace: neither unshare nor clone makes one',
  async ({ python }) => {
    const program = which('unshare') as string;
    const script = `
import subprocess, ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
run = subprocess.run([${JSON.stringify(program)}, '-U', 'true'], capture_output=True, text=True)
pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
out = [run.returncode, 'made' if pid > 0 else os.strerror(ctypes.get_errno())]`;
    assert.deepEqual(await (await python()).run(script), [1, 'Operation not permitted']);
  },
  ['best'],
);

fenced(
  'the control: without the filter the same calls make one',
  async ({ python }) => {
    const program = which('unshare') as string;
    const result = await (await python()).run<number>(`
import subprocess
out = subprocess.run([${JSON.stringify(program)}, '-U', 'true'], capture_output=True, text=True).returncode`);
    // Some machines forbid it to everybody; then there is nothing for the filter to show.
    const allowed = readFileSync('/proc/sys/user/max_user_namespaces', 'utf8').trim() !== '0';
    assert.equal(result === 0, allowed);
  },
  ['util-linux'],
);

fenced('programs with a setuid bit give nobody anything', async ({ python }) => {
  const result = await (await python()).run<string[]>(`
import subprocess, os
found = [os.path.join('/usr/bin', f) for f in os.listdir('/usr/bin') if os.lstat(os.path.join('/usr/bin', f)).st_mode & 0o4000]
mounts = [line for line in open('/proc/self/mounts') if line.split()[1] in ('/usr', '/tmp', '/run/wherry')]
out = [str(len(found))] + [m for m in mounts if 'nosuid' not in m.split()[3].split(',')]`);
  assert.deepEqual(result.slice(1), [], 'no-new-privs is one lock, nosuid the other');
});

fenced(
  'the terminal that started the gateway is not there: the function is a session of its own',
  async ({ python }) => {
    const sandboxed = await python();
    const pid = hostProcess(sandboxed);
    assert.equal(
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[4],
      '0',
      'no controlling terminal',
    );
    assert.match(
      await sandboxed.run<string>(`${tries}\nout = tried(lambda: open('/dev/tty'))`),
      /^(ENXIO|ENOENT)$/,
    );
  },
);

test('a function’s own folders are closed to other users of the machine', { skip: missing }, async () => {
  const machine = await Machine.open();
  try {
    const sandboxed = await machine.python();
    const slots = join(machine.folder, 'run/instances');
    assert.equal(statSync(slots).mode & 0o077, 0);
    assert.equal(statSync(join(slots, sandboxed.id)).mode & 0o077, 0);
    writeFileSync(join(machine.folder, 'x'), '');
  } finally {
    await machine.close();
  }
});

fenced(
  'localhost and its own name lead to itself, and the machine’s name is not told',
  async ({ python }) => {
    const said = await (await python()).run<string[]>(`
import socket, os
l = socket.socket(); l.bind(('localhost', 0)); l.listen()
socket.create_connection(('localhost', l.getsockname()[1]), 2)
out = [socket.gethostname(), os.uname().nodename, socket.gethostbyname(socket.gethostname()), socket.getaddrinfo('localhost', 80, socket.AF_INET6)[0][4][0]]`);
    assert.deepEqual(said, ['function', 'function', '127.0.0.1', '::1']);
  },
);
