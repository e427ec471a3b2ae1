import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { FailingDisk } from './failing-disk.ts';
import type { Operation } from './trace.ts';

const write = (path: string, at: number, text: string): Operation => ({
  kind: 'write',
  path,
  at,
  bytes: Buffer.from(text),
});
const create = (path: string): Operation => ({ kind: 'create', path });
const flush = (path: string): Operation => ({ kind: 'flush', path });

/** Everything that is found after many power cuts: file contents by name, each once. */
function found(operations: readonly Operation[], count = 500): Set<string> {
  const disk = new FailingDisk();
  for (const operation of operations) disk.apply(operation);
  const random = seeded(seed);
  const all = new Set<string>();
  for (let turn = 0; turn < count; turn += 1) {
    const { files } = disk.cut(turn, random);
    all.add([...files].map(([name, content]) => `${name}=${content.toString()}`).join(' '));
  }
  return all;
}

const stored = [create('a'), write('a', 0, 'old'), flush('a'), flush('')];

test(`what was flushed is found, and nothing else (seed ${seed})`, () => {
  assert.deepEqual(found(stored), new Set(['a=old']));
});

test('what was not flushed is found or not', () => {
  assert.deepEqual(found([...stored, write('a', 0, 'new')]), new Set(['a=old', 'a=new']));
});

test('of several writes any may be missing, also the first', () => {
  const all = found([...stored, write('a', 0, 'x'), write('a', 1, 'y')]);
  for (const one of ['a=old', 'a=xld', 'a=oyd', 'a=xyd']) assert.ok(all.has(one), one);
});

test('of two writes to one place the first may be what is found', () => {
  assert.deepEqual(
    found([...stored, write('a', 0, '1'), write('a', 0, '2')]),
    new Set(['a=old', 'a=1ld', 'a=2ld']),
  );
});

test('a large write is torn between sectors and never within one', () => {
  const before = 'o'.repeat(1536);
  const all = found([
    create('a'),
    write('a', 0, before),
    flush('a'),
    flush(''),
    write('a', 0, 'n'.repeat(1536)),
  ]);
  const sectors = [...all].map((one) => one.slice(2).match(/.{512}/gs) ?? []);
  assert.equal(all.size, 8);
  assert.ok(sectors.flat().every((one) => new Set(one).size === 1));
});

test('a name that was made or removed needs a flush of the folder', () => {
  assert.deepEqual(found([create('a'), write('a', 0, 'x'), flush('a')]), new Set(['', 'a=x']));
  assert.deepEqual(found([...stored, { kind: 'remove', path: 'a' }]), new Set(['', 'a=old']));
  const renamed: Operation[] = [
    create('b'),
    write('b', 0, 'new'),
    flush('b'),
    { kind: 'rename', path: 'b', to: 'a' },
  ];
  const all = found([...stored, ...renamed]);
  assert.ok(all.has('a=old') && all.has('a=new') && ![...all].includes(''));
});

test('a file that grew without a flush is as long as before, or as long as after, with zeros where nothing was written', () => {
  const all = found([...stored, write('a', 3, 'more')]);
  assert.ok(all.has('a=old') && all.has('a=oldmore') && all.has('a=old\0\0\0\0'), [...all].join());
});
