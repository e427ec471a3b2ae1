import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { placeCode } from './code-tree.ts';
import { Slot, socketName } from './slot.ts';
import { UserIds } from './user-ids.ts';

const notLinux = process.platform === 'linux' ? false : 'Linux only';
const notRoot = process.getuid?.() === 0 ? notLinux : 'needs root';

function inFolder(body: (folder: string) => Promise<void> | void) {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-slot-'));
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

async function listen(path: string, says: string) {
  const server = net.createServer((socket) => socket.end(says)).listen(path);
  await once(server, 'listening');
  return server;
}

async function hear(path: string): Promise<string> {
  const socket = net.connect(path);
  let said = '';
  for await (const bytes of socket) said += String(bytes);
  return said;
}

test(
  'the socket of an instance is held fast: a link in its place is not followed',
  { skip: notLinux },
  inFolder(async (folder) => {
    const [mine, theirs] = [new Slot(folder, 'mine', undefined), new Slot(folder, 'theirs', undefined)];
    const servers = [
      await listen(join(mine.socketFolder, socketName), 'mine'),
      await listen(join(theirs.socketFolder, socketName), 'theirs'),
    ];
    const pinned = mine.pinSocket();
    // As root anything may be put there; what a function could do is in isolation.test.ts.
    chmodSync(mine.socketFolder, 0o755);
    rmSync(join(mine.socketFolder, socketName));
    symlinkSync(join(theirs.socketFolder, socketName), join(mine.socketFolder, socketName));
    assert.equal(await hear(pinned), 'mine');
    assert.equal(
      await hear(join(mine.socketFolder, socketName)),
      'theirs',
      'the control: by its name it leads to the other',
    );
    for (const server of servers) server.close();
    mine.remove();
    theirs.remove();
  }),
);

test(
  'what is no socket is not taken for one, nor is a link to one',
  { skip: notLinux },
  inFolder(async (folder) => {
    const slot = new Slot(folder, 'a', undefined);
    const path = join(slot.socketFolder, socketName);
    assert.throws(() => slot.pinSocket(), { code: 'ENOENT' });
    chmodSync(slot.socketFolder, 0o755);
    writeFileSync(path, '');
    assert.throws(() => slot.pinSocket(), { code: 'start_failed' });
    rmSync(path);
    const other = await listen(join(folder, 'real.sock'), 'x');
    symlinkSync(join(folder, 'real.sock'), path);
    assert.throws(() => slot.pinSocket(), { code: 'start_failed' });
    other.close();
    slot.remove();
  }),
);

test(
  'descriptors of pinned sockets are given back',
  { skip: notLinux },
  inFolder(async (folder) => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 50; i++) {
      const slot = new Slot(folder, `s${i}`, undefined);
      const server = await listen(join(slot.socketFolder, socketName), '');
      slot.pinSocket();
      slot.remove();
      server.close();
      await once(server, 'close');
    }
    assert.ok(open() <= before + 2, `${open()} are open, ${before} were`);
  }),
);

test(
  'a slot is closed to everybody else; its function may pass into it but not list or keep what it may not',
  { skip: notRoot },
  inFolder((folder) => {
    const slot = new Slot(folder, 'a', 1_900_000_123);
    assert.equal(statSync(slot.folder).mode & 0o777, 0o700);
    assert.equal(statSync(slot.socketFolder).uid, 1_900_000_123);
    assert.equal(statSync(slot.functionFolder).uid, 0);
    assert.match(readFileSync(slot.passwd, 'utf8'), /^function:x:1900000123:1900000123:/m);
    slot.remove();
    slot.remove();
    assert.equal(existsSync(slot.folder), false);
  }),
);

test(
  'once the socket is made its folder is nobody’s to write',
  { skip: notRoot },
  inFolder(async (folder) => {
    const slot = new Slot(folder, 'a', 1_900_000_123);
    const server = await listen(join(slot.socketFolder, socketName), '');
    slot.pinSocket();
    assert.deepEqual([statSync(slot.socketFolder).uid, statSync(slot.socketFolder).mode & 0o022], [0, 0]);
    server.close();
    slot.remove();
  }),
);

test(
  'code is placed all at once, as the same files, folders and links and all',
  inFolder((folder) => {
    const [code, slot] = [join(folder, 'code'), join(folder, 'slot')];
    mkdirSync(join(code, 'a/b/c'), { recursive: true });
    mkdirSync(join(code, 'empty'));
    writeFileSync(join(code, 'index.js'), 'x');
    writeFileSync(join(code, 'a/b/c/deep.js'), 'y');
    writeFileSync(join(code, 'ünï cödé'), 'z');
    symlinkSync('/etc/passwd', join(code, 'a/link'));
    mkdirSync(join(slot, 'function'), { recursive: true });
    placeCode(code, slot, join(slot, 'function'));
    const placed = join(slot, 'function/code');
    assert.deepEqual(
      new Set(readdirSync(placed, { recursive: true, encoding: 'utf8' })),
      new Set(readdirSync(code, { recursive: true, encoding: 'utf8' })),
    );
    assert.equal(statSync(join(placed, 'index.js')).ino, statSync(join(code, 'index.js')).ino, 'no copy');
    assert.equal(readlinkSync(join(placed, 'a/link')), '/etc/passwd');
    assert.deepEqual(readdirSync(slot), ['function'], 'nothing half-made is left');
  }),
);

test(
  'where files can be linked no more they are copied, and a link is still a link',
  inFolder((folder) => {
    const [code, slot] = [join(folder, 'code'), join(folder, 'slot')];
    mkdirSync(code);
    mkdirSync(join(slot, 'function'), { recursive: true });
    writeFileSync(join(folder, 'secret'), 'of the machine');
    writeFileSync(join(code, 'full.js'), 'x');
    symlinkSync(join(folder, 'secret'), join(code, 'link'));
    // Files and links with as many names as their file system allows.
    for (const name of ['full.js', 'link']) {
      try {
        for (let i = 0; i < 70_000; i++) linkSync(join(code, name), join(folder, `${name}-${i}`));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'EMLINK');
      }
    }
    placeCode(code, slot, join(slot, 'function'));
    assert.equal(readFileSync(join(slot, 'function/code/full.js'), 'utf8'), 'x');
    assert.ok(
      lstatSync(join(slot, 'function/code/link')).isSymbolicLink(),
      'what it leads to is not the package’s',
    );
  }),
);

test('every instance has a user that no other has, and one given back is not the next to be given', () => {
  const users = new UserIds(7);
  const taken = Array.from({ length: 1000 }, () => users.take());
  assert.equal(new Set(taken).size, 1000);
  assert.ok(taken.every((id) => id > 1_900_000_000 && id < 2 ** 31));
  users.give(taken[0] as number);
  assert.ok(!taken.includes(users.take()));
});

test('users run out with an error and not with a second use', () => {
  const users = new UserIds(1);
  for (let i = 0; i < 65_535 - 1_024; i++) assert.notEqual(users.take(), users.builder('team'));
  assert.throws(() => users.take(), /all users/);
});

test('data folders have different users, whatever their number', () => {
  for (const seed of [0, 1, 1499, 1500, 2 ** 32 - 1]) {
    const id = new UserIds(seed).take();
    assert.ok(Number.isInteger(id) && id > 1_900_000_000 && id < 2 ** 31 - 1, `${seed}: ${id}`);
  }
  assert.notEqual(new UserIds(1).take(), new UserIds(2).take());
});
