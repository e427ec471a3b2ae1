import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Machine, noFences, which } from '../machine.fixtures.ts';
import { bubblewrap } from './bubblewrap.ts';
import { refusedCalls, seccompFilter } from './seccomp.ts';
import { systemFolders } from './system-folders.ts';

const missing = noFences();
const processor = process.arch === 'x64' || process.arch === 'arm64' ? process.arch : undefined;
const allow = 0x7fff0000;
const kill = 0x80000000;
const eperm = 0x00050001;
const enosys = 0x00050026;
const arch = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

/** What the kernel would do: a reading of classic BPF, as far as the filter needs it. */
function verdict(filter: Buffer, audit: number, number: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((value, i) => data.writeBigUInt64LE(BigInt(value), 16 + 8 * i));
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const [code, ifTrue, ifFalse, value] = [
      filter.readUInt16LE(at * 8),
      filter[at * 8 + 2] as number,
      filter[at * 8 + 3] as number,
      filter.readUInt32LE(at * 8 + 4),
    ];
    switch (code) {
      case 0x20:
        accumulator = data.readUInt32LE(value);
        break;
      case 0x06:
        return value;
      case 0x15:
        at += accumulator === value ? ifTrue : ifFalse;
        break;
      case 0x35:
        at += accumulator >= value ? ifTrue : ifFalse;
        break;
      case 0x45:
        at += (accumulator & value) !== 0 ? ifTrue : ifFalse;
        break;
      default:
        throw new Error(`instruction ${code.toString(16)}`);
    }
  }
  throw new Error('it ran off its end');
}

/** Numbers from the kernel's own headers, where the machine has them. */
function headerNumbers(name: keyof typeof arch): Map<string, number> | undefined {
  if (which('gcc') === undefined || name !== process.arch) return undefined;
  const defines = execFileSync('gcc', ['-E', '-dM', '-include', 'sys/syscall.h', '-x', 'c', '/dev/null'], {
    encoding: 'utf8',
  });
  return new Map(
    [...defines.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, call = '', number]) => [
      call,
      Number(number),
    ]),
  );
}

test('every refused call is refused under its number in the kernel’s headers, and ordinary ones are not', {
  skip: which('gcc') === undefined ? 'gcc is not installed' : false,
}, () => {
  const name = process.arch as keyof typeof arch;
  const filter = seccompFilter(name) as Buffer;
  const numbers = headerNumbers(name) as Map<string, number>;
  let known = 0;
  for (const call of refusedCalls) {
    const number = numbers.get(call);
    if (number === undefined) continue;
    known += 1;
    assert.equal(verdict(filter, arch[name], number), eperm, call);
  }
  assert.ok(known > 50, `${known} of ${refusedCalls.length} are in the headers`);
  for (const call of [
    'read',
    'write',
    'openat',
    'mmap',
    'futex',
    'execve',
    'clone',
    'socket',
    'connect',
    'ioctl',
    'kill',
    'exit_group',
    'getrandom',
    'epoll_wait',
    'rseq',
    'statx',
    'pidfd_open',
    'memfd_create',
    'wait4',
    'prctl',
    'seccomp',
  ]) {
    const number = numbers.get(call);
    if (number !== undefined) assert.equal(verdict(filter, arch[name], number, [1]), allow, call);
  }
  const refused = [...numbers]
    .filter(
      ([call, number]) => verdict(filter, arch[name], number, [1]) !== allow && !refusedCalls.includes(call),
    )
    .map(([call]) => call);
  assert.deepEqual(refused, ['clone3'], 'nothing is refused that is not on the list');
});

const generic = '/usr/include/asm-generic/unistd.h';

test('the numbers for arm64 are those of the kernel’s generic list', {
  skip: existsSync(generic) ? false : 'the headers are not installed',
}, () => {
  const filter = seccompFilter('arm64') as Buffer;
  const numbers = new Map(
    [...readFileSync(generic, 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(
      ([, call = '', number]) => [call, Number(number)],
    ),
  );
  const refused = [...numbers]
    .filter(([, number]) => verdict(filter, arch.arm64, number, [1]) === eperm)
    .map(([call]) => call);
  const listed = refusedCalls.filter((call) => numbers.has(call));
  assert.ok(listed.length > 50, `${listed.length} are in the headers`);
  assert.deepEqual(refused.toSorted(), listed.toSorted());
});

for (const name of ['x64', 'arm64'] as const) {
  const filter = seccompFilter(name) as Buffer;
  const [clone, ioctl, socket, socketpair] = name === 'x64' ? [56, 16, 41, 53] : [220, 29, 198, 199];
  const does = (number: number, ...args: number[]) => verdict(filter, arch[name], number, args);

  test(`${name}: clone may make processes and threads, but no namespace`, () => {
    for (const flags of [17, 0x003d0f00, 0x4111, 0])
      assert.equal(does(clone, flags), allow, flags.toString(16));
    for (const space of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
      for (const more of [0, 17, 0x003d0f00])
        assert.equal(does(clone, space | more), eperm, space.toString(16));
    assert.equal(does(435), enosys, 'clone3, whose flags cannot be looked at, does not exist');
  });

  test(`${name}: nothing types into a terminal, and other requests to devices pass`, () => {
    assert.equal(does(ioctl, 0, 0x5412), eperm);
    // The kernel looks at the lower half of the number only, and so does the filter.
    assert.equal(does(ioctl, 0, 2 ** 32 + 0x5412), eperm);
    for (const request of [0x5401, 0x5413, 0x541b, 0x8933]) assert.equal(does(ioctl, 0, request), allow);
  });

  test(`${name}: sockets are local, internet or netlink; all other families are refused`, () => {
    for (const call of [socket, socketpair])
      for (let family = 0; family < 64; family++)
        assert.equal(does(call, family), [1, 2, 10, 16].includes(family) ? allow : eperm, `family ${family}`);
    assert.equal(does(socket, 2 ** 32 + 40), eperm);
  });

  test(`${name}: another numbering of calls is no way around`, () => {
    for (const audit of [0x40000003, arch[name === 'x64' ? 'arm64' : 'x64'], 0])
      assert.equal(verdict(filter, audit, 1), kill);
    if (name === 'x64')
      for (const number of [0, 165, 272, 512, 547]) assert.equal(does(0x40000000 | number), enosys, 'x32');
  });
}

test('there is no filter for a processor that it was not written for', () => {
  for (const name of ['ia32', 'riscv64', 's390x', '', '__proto__'])
    assert.equal(seccompFilter(name), undefined);
});

/** Runs Python in a fence with a filter of its own, or none, and gives what it prints. */
function inFence(
  filter: Buffer | undefined,
  command: readonly string[],
  binds: readonly { from: string; to: string }[] = [],
) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'wherry-seccomp-'));
  try {
    chmodSync(folder, 0o711);
    mkdirSync(join(folder, 'run'), { mode: 0o711 });
    const file = join(folder, 'filter');
    writeFileSync(file, filter ?? '');
    const enclosure = {
      command,
      env: { PATH: '/usr/bin:/bin' },
      readOnly: binds,
      writable: [{ from: join(folder, 'run'), to: '/run/wherry' }],
      cwd: '/run/wherry',
      rootFolder: folder,
      scratchBytes: 2 ** 20,
      network: 'none',
      user: 1_999_999_999,
    } as const;
    const { argv } = bubblewrap(enclosure, systemFolders('none'), filter === undefined ? undefined : file);
    const handle = openSync(file, 'r');
    const [program = '', ...args] = argv;
    const result = spawnSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', handle],
      timeout: 30_000,
    });
    closeSync(handle);
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same filter, that says so in another way: to tell its refusals from those of the kernel. */
function marked(filter: Buffer): Buffer {
  const copy = Buffer.from(filter);
  for (let at = 0; at < copy.length; at += 8)
    if (copy.readUInt16LE(at) === 0x06 && copy.readUInt32LE(at + 4) === eperm)
      copy.writeUInt32LE(0x00050000 | 99, at + 4);
  return copy;
}

const noCompiler = missing === false && which('gcc') === undefined ? 'gcc is not installed' : missing;

/** A program that makes every call by its number, with nothing for arguments, and prints what came of it. */
function compiled(body: string): { path: string; remove(): void } {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'wherry-calls-'));
  chmodSync(folder, 0o755);
  writeFileSync(
    join(folder, 'calls.c'),
    `#define _GNU_SOURCE\n#include <errno.h>\n#include <stdio.h>\n#include <unistd.h>\n#include <sys/syscall.h>\nint main(void) {\n${body}\nreturn 0; }\n`,
  );
  execFileSync('gcc', ['-static', '-o', join(folder, 'calls'), join(folder, 'calls.c')], { stdio: 'ignore' });
  return { path: join(folder, 'calls'), remove: () => rmSync(folder, { recursive: true }) };
}

test('inside of a fence it is the filter that refuses every call on its list, and without the filter it is not', {
  skip: noCompiler,
  timeout: 60_000,
}, () => {
  const body = refusedCalls
    .map(
      (call) =>
        `#ifdef SYS_${call}\n{ errno = 0; long r = syscall(SYS_${call}, 0, 0, 0, 0, 0, 0); printf("${call} %d\\n", r == 0 ? 0 : errno); fflush(stdout); }\n#endif`,
    )
    .join('\n');
  const program = compiled(body);
  const filter = seccompFilter(processor as string) as Buffer;
  const run = (with_: Buffer | undefined) => {
    const { stdout, stderr } = inFence(with_, ['/opt/calls'], [{ from: program.path, to: '/opt/calls' }]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    assert.ok(lines.length > 50, stderr);
    return new Map(lines.map(([call = '', errno]) => [call, Number(errno)]));
  };
  try {
    const [refused, inWords, control] = [run(marked(filter)), run(filter), run(undefined)];
    for (const call of refused.keys()) {
      assert.equal(refused.get(call), 99, `${call}: the filter answers`);
      assert.equal(inWords.get(call), 1, `${call}: EPERM`);
      assert.notEqual(control.get(call), 99, `${call}: the control`);
    }
    const reachable = [...control].filter(([, errno]) => errno !== 1 && errno !== 38).map(([call]) => call);
    assert.ok(reachable.length > 5, `without the filter these are reached: ${reachable.join()}`);
  } finally {
    program.remove();
  }
});

test('inside of a fence the old 32-bit door ends the process', {
  skip: process.arch === 'x64' ? noCompiler : 'only x64 has it',
  timeout: 60_000,
}, () => {
  const program = compiled('long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(20)); printf("%ld\\n", r);');
  try {
    const filtered = inFence(
      seccompFilter('x64'),
      ['/opt/calls'],
      [{ from: program.path, to: '/opt/calls' }],
    );
    assert.equal(filtered.stdout, '');
    assert.ok(
      filtered.signal === 'SIGSYS' || filtered.status === 128 + 31,
      `${filtered.status} ${filtered.signal} ${filtered.stderr}`,
    );
    const control = inFence(undefined, ['/opt/calls'], [{ from: program.path, to: '/opt/calls' }]);
    // Kernels without the old door end it too, in another way.
    assert.ok(control.stdout !== '' || control.status !== 128 + 31);
  } finally {
    program.remove();
  }
});

test('a function of the provider meets the same filter', { skip: missing, timeout: 60_000 }, async () => {
  const machine = await Machine.open();
  try {
    assert.deepEqual(readFileSync(join(machine.folder, 'run/system-calls.bpf')), seccompFilter(process.arch));
    const numbers =
      process.arch === 'x64' ? [272, 165, 101, 425, 321, 250, 435] : [97, 40, 117, 425, 280, 219, 435];
    const results = await (await machine.python()).run<number[]>(`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
out = []
for number in ${JSON.stringify(numbers)}:
    ctypes.set_errno(0)
    libc.syscall(number, 0, 0, 0, 0, 0)
    out.append(ctypes.get_errno())`);
    assert.deepEqual(results, [1, 1, 1, 1, 1, 1, 38]);
  } finally {
    await machine.close();
  }
});
