import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceReader } from './trace.ts';

const hex = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const on = (descriptor: number, path: string) => `${descriptor}<${hex(path)}>`;

function read(lines: readonly string[]) {
  const reader = new TraceReader('/home', '/marks');
  for (const line of lines) reader.line(line);
  return reader.operations;
}

test('writes, flushes, names and marks are found, in the order in which they counted', () => {
  const operations = read([
    `7 openat(AT_FDCWD<${hex('/')}>, "${hex('/home/a')}", O_RDWR|O_CREAT, 0600) = ${on(5, '/home/a')}`,
    `7 pwrite64(${on(5, '/home/a')}, "${hex('hello')}", 5, 10 <unfinished ...>`,
    `8 write(${on(9, '/marks')}, "${hex('done 1\n')}", 7 <unfinished ...>`,
    `7 <... pwrite64 resumed>) = 5`,
    `8 <... write resumed>) = 7`,
    `7 fsync(${on(5, '/home/a')}) = 0`,
    `7 ftruncate(${on(5, '/home/a')}, 3) = 0`,
    `7 rename("${hex('/home/a')}", "${hex('/home/b')}") = 0`,
    `7 fsync(${on(6, '/home')}) = 0`,
    `7 unlink("${hex('/home/b')}") = 0`,
  ]);
  assert.deepEqual(operations, [
    { kind: 'create', path: 'a' },
    { kind: 'mark', text: 'done 1' },
    { kind: 'write', path: 'a', at: 10, bytes: Buffer.from('hello') },
    { kind: 'flush', path: 'a' },
    { kind: 'truncate', path: 'a', size: 3 },
    { kind: 'rename', path: 'a', to: 'b' },
    { kind: 'flush', path: '' },
    { kind: 'remove', path: 'b' },
  ]);
});

test('writes without a place go where the descriptor stands, and appending ones to the end', () => {
  const open = (descriptor: number, flags: string) =>
    `7 openat(AT_FDCWD<${hex('/')}>, "${hex('/home/a')}", ${flags}, 0600) = ${on(descriptor, '/home/a')}`;
  const write = (descriptor: number, text: string) =>
    `7 write(${on(descriptor, '/home/a')}, "${hex(text)}", ${text.length}) = ${text.length}`;
  const operations = read([
    open(5, 'O_WRONLY|O_CREAT'),
    write(5, 'abc'),
    write(5, 'def'),
    open(6, 'O_WRONLY|O_APPEND'),
    write(6, 'g'),
  ]);
  assert.deepEqual(
    operations.map((one) => (one.kind === 'write' ? one.at : one.kind)),
    ['create', 0, 3, 6],
  );
});

test('what failed and what is elsewhere is left out; what cannot be understood is no record at all', () => {
  assert.deepEqual(
    read([
      `7 fsync(${on(5, '/home/a')}) = -1 EIO (Input/output error)`,
      `7 pwrite64(${on(5, '/elsewhere/a')}, "${hex('x')}", 1, 0) = 1`,
      `7 pwrite64(${on(5, '/home/a.db-shm')}, "${hex('x')}", 1, 0) = 1`,
      `7 pwritev(${on(5, '/elsewhere/a')}, [{iov_base="${hex('x')}", iov_len=1}], 1, 0) = 1`,
    ]),
    [],
  );
  assert.throws(
    () => read([`7 pwritev(${on(5, '/home/a')}, [{iov_base="${hex('x')}", iov_len=1}], 1, 0) = 1`]),
    /pwritev changes a/,
  );
  assert.throws(
    () => read([`7 pwrite64(${on(5, '/home/a')}, "${hex('x')}"..., 2, 0) = 2`]),
    /left out bytes/,
  );
});
