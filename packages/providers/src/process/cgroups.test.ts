import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findGroups } from './cgroups.ts';
import { enterGroups } from './enter-groups.ts';
import { withDescendants } from './family.ts';
import { noFences } from './machine.fixtures.ts';

const missing = noFences();
const mebibyte = 2 ** 20;

/** A tree of plain files that looks like the second generation. Files that the kernel would make are made by the test. */
function fakeV2(body: (root: string, self: string) => Promise<void> | void, own = '/') {
  return async () => {
    const root = mkdtempSync(join(tmpdir(), 'wherry-cgroups-'));
    try {
      writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory pids\n');
      mkdirSync(join(root, own), { recursive: true });
      writeFileSync(join(root, 'self'), `0::${own}\n`);
      await body(root, join(root, 'self'));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
}

const said = (...path: string[]) => readFileSync(join(...path), 'utf8');

test(
  'second generation: a group has its limits before anybody enters, swap none',
  fakeV2((root, self) => {
    const groups = findGroups('wherry-x', root, self);
    assert.equal(groups?.generation, 'v2');
    const group = groups?.make('i1');
    const at = join(root, 'wherry-x/i1');
    writeFileSync(join(at, 'memory.swap.max'), 'max');
    writeFileSync(join(at, 'cpu.max'), 'max 100000');
    group?.limit({ memoryBytes: 64 * mebibyte, processes: 100, cpus: 0.5 });
    assert.deepEqual(
      ['memory.max', 'memory.swap.max', 'pids.max', 'cpu.max'].map((name) => said(at, name)),
      [String(64 * mebibyte), '0', '104', '50000 100000'],
    );
    group?.limit({ memoryBytes: 64 * mebibyte, processes: 100 });
    assert.equal(said(at, 'cpu.max'), 'max 100000');
    writeFileSync(join(at, 'cpu.weight'), '100');
    group?.weigh(1 / 32);
    assert.equal(said(at, 'cpu.weight'), '3');
    assert.match(said(root, 'cgroup.subtree_control'), /\+memory \+pids/);
    assert.match(said(root, 'wherry-x/cgroup.subtree_control'), /\+memory \+pids/);
  }),
);

test(
  'second generation: usage is what the kernel counts, without what it can drop',
  fakeV2((root, self) => {
    const group = findGroups('wherry-x', root, self)?.make('i1');
    const at = join(root, 'wherry-x/i1');
    assert.deepEqual(group?.usage(), { outOfMemory: false }, 'where nothing is told, nothing is said');
    writeFileSync(join(at, 'memory.current'), '30000000\n');
    writeFileSync(join(at, 'memory.stat'), 'anon 1\ninactive_file 10000000\nactive_file 2\n');
    writeFileSync(join(at, 'memory.peak'), '40000000\n');
    writeFileSync(join(at, 'cpu.stat'), 'usage_usec 1500000\nuser_usec 1\n');
    writeFileSync(join(at, 'pids.current'), '7\n');
    writeFileSync(join(at, 'memory.events'), 'low 0\noom 1\noom_kill 0\noom_group_kill 0\n');
    assert.deepEqual(group?.usage(), {
      outOfMemory: false,
      memoryBytes: 20_000_000,
      peakMemoryBytes: 40_000_000,
      cpuMs: 1500,
      processes: 7,
    });
    writeFileSync(join(at, 'memory.events'), 'oom 1\noom_kill 2\n');
    assert.equal(group?.usage().outOfMemory, true);
  }),
);

test(
  'second generation: what a killed gateway left is removed, and what is another’s is not',
  fakeV2(async (root, self) => {
    mkdirSync(join(root, 'wherry-x/old'), { recursive: true });
    mkdirSync(join(root, 'wherry-y/theirs'), { recursive: true });
    const groups = findGroups('wherry-x', root, self);
    await groups?.sweep();
    assert.equal(existsSync(join(root, 'wherry-x/old')), false);
    assert.equal(existsSync(join(root, 'wherry-y/theirs')), true);
  }),
);

test(
  'second generation: removing a group kills all in it first',
  fakeV2(async (root, self) => {
    const group = findGroups('wherry-x', root, self)?.make('i1');
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const at = join(root, 'wherry-x/i1');
    writeFileSync(join(at, 'cgroup.procs'), `${child.pid}\n`);
    const removing = group?.remove();
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL');
    // The kernel's own files go with their group; plain ones have to be taken away.
    rmSync(join(at, 'cgroup.procs'));
    await removing;
    assert.equal(existsSync(at), false);
  }),
);

test(
  'a file of process ids that is hostile kills nobody else',
  fakeV2(async (root, self) => {
    const group = findGroups('wherry-x', root, self)?.make('i1');
    const at = join(root, 'wherry-x/i1');
    writeFileSync(join(at, 'cgroup.procs'), `0\n1\n-1\n${process.pid}\nx\n\n`);
    const removing = group?.remove();
    await new Promise<void>((resolve) => setTimeout(resolve, 30));
    rmSync(join(at, 'cgroup.procs'));
    await removing;
  }),
);

test('a machine that gives no groups says so', () => {
  const root = mkdtempSync(join(tmpdir(), 'wherry-cgroups-'));
  writeFileSync(join(root, 'self'), '0::/\n');
  assert.equal(findGroups('wherry-x', root, join(root, 'self')), undefined);
  assert.equal(findGroups('wherry-x', join(root, 'nowhere'), join(root, 'nothing')), undefined);
  rmSync(root, { recursive: true });
});

test('first generation: limits hold, usage is counted, and nothing is left', {
  skip: missing,
  timeout: 30_000,
}, async (t) => {
  const name = `wherry-test-${process.pid}`;
  const groups = findGroups(name);
  if (groups?.generation !== 'v1') {
    t.skip('this machine has the second generation');
    return;
  }
  const folders = () =>
    execFileSync('find', ['/sys/fs/cgroup', '-type', 'd', '-path', `*${name}*`], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  try {
    const group = groups.make('i1');
    group.limit({ memoryBytes: 32 * mebibyte, processes: 20, cpus: 0.25 });
    const memory = folders().find((path) => path.includes('/memory/') && path.endsWith('/i1')) ?? '';
    assert.equal(said(memory, 'memory.limit_in_bytes').trim(), String(32 * mebibyte));
    group.limit({ memoryBytes: 64 * mebibyte, processes: 20 });
    group.limit({ memoryBytes: 48 * mebibyte, processes: 20 });
    assert.equal(said(memory, 'memory.limit_in_bytes').trim(), String(48 * mebibyte), 'up and down again');
    group.weigh(1 / 32);
    const cpu = folders().find(
      (path) => /\/cpu[^/]*\//.test(path) && existsSync(join(path, 'cpu.shares')) && path.endsWith('/i1'),
    );
    if (cpu !== undefined) assert.equal(said(cpu, 'cpu.shares').trim(), '32');
    const child = spawn('sh', ['-c', 'read go; exec sleep 1000'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    await group.enter(child.pid as number);
    assert.equal(group.usage().processes, 1);
    child.stdin.end('go\n');
    for (let turn = 0; turn < 400 && group.usage().peakMemoryBytes === 0; turn++)
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
    assert.ok((group.usage().peakMemoryBytes ?? 0) > 0);
    const ended = once(child, 'exit');
    await group.remove();
    assert.equal((await ended)[1], 'SIGKILL');
    assert.deepEqual(
      folders().filter((path) => path.endsWith('/i1')),
      [],
    );
  } finally {
    await groups.close();
  }
  assert.deepEqual(folders(), []);
});

test('who enters a group takes along what it has started, also what it starts meanwhile', {
  skip: missing,
  timeout: 10_000,
}, async () => {
  const groups = findGroups(`wherry-test-enter-${process.pid}`);
  // A family of processes that each start the next for a while, as a fence does.
  const deeper =
    'n=$1; [ $n -gt 0 ] && sh -c "$2" sh $((n-1)) "$2" & [ $1 -gt 0 ] || echo all; exec sleep 20';
  const child = spawn('sh', ['-c', deeper, 'sh', '15', deeper], { stdio: ['ignore', 'pipe', 'inherit'] });
  // It is closed when nobody is left who could write.
  const nobodyLeft = once(child.stdout, 'close');
  try {
    const group = groups?.make('i1');
    await Promise.all([group?.enter(child.pid as number), once(child.stdout, 'data')]);
    await group?.enter(child.pid as number);
    await group?.remove();
    await nobodyLeft;
  } finally {
    await groups?.close();
  }
});

test('a fence whose script forks for each of its many steps gets in', async () => {
  const proc = mkdtempSync(join(tmpdir(), 'wherry-proc-'));
  // Who ends just before it is moved is never listed in the group, and each step of the script is a process that does so.
  symlinkSync('/dev/null', join(proc, 'cgroup.procs'));
  mkdirSync(join(proc, '10'));
  writeFileSync(join(proc, '10', 'stat'), '10 (mount) S 1 1 1 0\n');
  setTimeout(() => rmSync(join(proc, '10'), { recursive: true }), 100);
  await enterGroups([proc], 10, proc);
  assert.deepEqual(withDescendants(10, proc), [], 'it went on until the last step was over');
  rmSync(proc, { recursive: true });
});

test('entering is refused loudly: what cannot be moved must not run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-cgroups-'));
  mkdirSync(join(folder, 'cgroup.procs'));
  await assert.rejects(enterGroups([folder], process.pid), /EISDIR/);
  rmSync(folder, { recursive: true });
});

test('a process that has ended already is no reason to fail', async () => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'close');
  await enterGroups(['/nowhere'], child.pid as number);
});

test('a sweep finds what an earlier gateway of the same data folder left', {
  skip: missing,
  timeout: 30_000,
}, async () => {
  const name = `wherry-test-sweep-${process.pid}`;
  const before = findGroups(name);
  const group = before?.make('left');
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await group?.enter(child.pid as number);
  const ended = once(child, 'exit');
  const after = findGroups(name);
  await after?.sweep();
  assert.equal((await ended)[1], 'SIGKILL');
  await after?.close();
  assert.equal(readdirSync('/sys/fs/cgroup').includes(name), false);
});
