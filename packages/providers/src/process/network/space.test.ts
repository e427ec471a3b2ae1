import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { noFences, processesOf, until } from '../machine.fixtures.ts';
import { makeSpace, type Space, type SpaceMaking } from './space.ts';
import { steeringObject } from './steering.ts';

// An instance's network by itself: what connections to anywhere arrive at, with and without steering, with and without rights of our own.

const missing = noFences();
const folder = mkdtempSync(join(tmpdir(), 'wherry a space-'));
before(() => writeFileSync(join(folder, 'steering.o'), steeringObject()));
after(() => rmSync(folder, { recursive: true, force: true }));

const steering = join(folder, 'steering.o');

/** Runs Python inside and resolves with what it printed. */
async function inside(space: Space, script: string): Promise<string> {
  const [command = '', ...args]: readonly string[] = [...space.enter, 'python3', '-c', script];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  await once(child, 'close');
  return said.trim();
}

const connecting = `
import socket
for target in [('1.2.3.4', 80), ('2001:db8::5', 5432), ('8.8.8.8', 8443), ('127.0.0.1', 4), ('::1', 4)]:
    try:
        with socket.create_connection(target, 3) as s: print(s.recv(99).decode())
    except OSError as e: print(type(e).__name__)`;

async function withSpace(making: SpaceMaking, body: (space: Space) => Promise<void>): Promise<void> {
  const space = await makeSpace(making, [80, 5432]);
  try {
    for (const listener of space.listeners)
      listener.on('connection', (socket) => socket.end(`${socket.localAddress} ${socket.localPort}`));
    await body(space);
  } finally {
    space.forget();
    space.names.close();
    for (const listener of space.listeners) listener.close();
  }
}

test(
  'steered: every connection arrives at one socket, which bears the address and the port that were meant',
  { skip: missing },
  () =>
    withSpace({ steering, own: false }, async (space) => {
      assert.equal(space.listeners.length, 1);
      const said = (await inside(space, connecting)).split('\n');
      const nobody = 'ConnectionRefusedError';
      assert.deepEqual(said, [
        '::ffff:1.2.3.4 80',
        '2001:db8::5 5432',
        '::ffff:8.8.8.8 8443',
        nobody,
        nobody,
      ]);
    }),
);

for (const own of [false, true])
  test(
    `not steered${own ? ', in a user namespace' : ''}: connections to the ports that are listened on arrive`,
    { skip: missing },
    () =>
      withSpace({ steering: undefined, own }, async (space) => {
        const said = (await inside(space, connecting)).split('\n');
        const nobody = 'ConnectionRefusedError';
        assert.deepEqual(said, ['::ffff:1.2.3.4 80', '2001:db8::5 5432', nobody, nobody, nobody]);
      }),
  );

test('once it is there, nobody but the gateway could accept what arrives in it', {
  skip: missing,
}, async () => {
  for (let round = 0; round < 5; round += 1)
    await withSpace({ steering, own: false }, () => {
      const ours = new Set(socketsOf('self'));
      assert.notEqual(ours.size, 0);
      // Those that made it may be ending still.
      const shared = processesOf(steering).flatMap((pid) => socketsOf(pid).filter((one) => ours.has(one)));
      assert.deepEqual(shared, []);
      return Promise.resolve();
    });
});

/** As `socket:[INODE]`. What ends while it is looked at has none. */
function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => readlink(`/proc/${pid}/fd/${fd}`))
      .filter((name) => name.startsWith('socket:'));
  } catch {
    return [];
  }
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

test('nothing is in it but a loopback, and nothing of it is outside', { skip: missing }, () =>
  withSpace({ steering, own: false }, async (space) => {
    const lines = await inside(space, "print(open('/proc/net/dev').read())");
    assert.deepEqual(
      lines.match(/^ *\w+:/gm)?.map((name) => name.trim()),
      ['lo:'],
    );
    assert.doesNotMatch(
      readFileSync('/proc/net/tcp6', 'utf8'),
      /:0001 0{32}:0000 0A/,
      'nobody listens at port 1 here',
    );
  }),
);

test('what the machine cannot do is said in its own words, and nothing is left', {
  skip: missing,
}, async () => {
  const before = process.getActiveResourcesInfo().length;
  await assert.rejects(makeSpace({ steering: join(folder, 'none.o'), own: false }, []), /ELF/);
  assert.ok(process.getActiveResourcesInfo().length <= before + 1);
});

test('what makes a network ends with a gateway that is killed in the middle of it', {
  skip: missing,
}, async () => {
  const script = `
const { makeSpace } = await import(${JSON.stringify(join(import.meta.dirname, 'space.ts'))});
const making = { steering: ${JSON.stringify(steering)}, own: false };
for (let i = 0; i < 4; i++) void makeSpace(making, []);
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 15);`;
  for (let rounds = 0; rounds < 3; rounds++)
    await once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' }), 'exit');
  await until('none is left', () => processesOf(steering).length === 0);
});
