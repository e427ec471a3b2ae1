import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { childrenOf } from './family.ts';
import { callOn, Machine, noFences, processesOf, until } from './machine.fixtures.ts';

// How instances end, and that nothing of them is left.

const missing = noFences();
const fences = ['best', 'util-linux', 'none'] as const;
type FenceName = (typeof fences)[number];

/** Run as a program of its own by the tests below: a gateway that can be killed. */
if (process.env['WHERRY_TEST_GATEWAY'] !== undefined) {
  const [fence, folder] = (process.env['WHERRY_TEST_GATEWAY'] ?? '').split(' ') as [FenceName, string];
  const machine = await Machine.open({ fence, pool: true }, folder);
  const sandboxed = await machine.python();
  // Without a fence nothing holds the children of a function.
  if (fence !== 'none')
    await sandboxed.send(
      'import subprocess; subprocess.Popen(["sleep", "987654"], start_new_session=True); out = 1',
    );
  const pids = fence === 'none' ? processesOf(folder) : sandboxed.pids;
  process.stdout.write(`${JSON.stringify(pids)}\n`);
  await new Promise(() => setInterval(() => undefined, 1000));
}

function ending(
  sentence: string,
  body: (machine: Machine, fence: FenceName) => Promise<void>,
  which: readonly FenceName[] = fences,
): void {
  for (const fence of which)
    test(`fence ${fence}: ${sentence}`, { skip: missing, timeout: 60_000 }, async () => {
      const machine = await Machine.open({ fence });
      try {
        await body(machine, fence);
      } finally {
        await machine.close();
      }
    });
}

ending('an instance that is stopped ends by itself, with its reason, and leaves nothing', async (machine) => {
  const sandboxed = await machine.python();
  await sandboxed.stop(10_000);
  const exit = await machine.ended(sandboxed.id);
  assert.deepEqual([exit.kind, exit.reason], ['stopped', 'stopped']);
  assert.deepEqual(
    machine.leftovers().filter((one) => one.includes(sandboxed.id) || one.startsWith('process')),
    [],
  );
});

ending(
  'the function is told of the end, and has its time',
  async (machine) => {
    const sandboxed = await machine.python();
    await sandboxed.send(`
import signal, sys
def end(*_): print('goodbye', flush=True); sys.exit(0)
signal.signal(signal.SIGTERM, end); out = 1`);
    await sandboxed.stop(10_000);
    await machine.ended(sandboxed.id);
    assert.ok(
      machine.lines.some(({ text }) => text === 'goodbye') || machine.exits[0]?.lastWords.includes('goodbye'),
    );
  },
  ['best', 'util-linux'],
);

ending(
  'an instance that does not want to end is killed within its grace, with all its children',
  async (machine) => {
    const deaf = await machine.python();
    await deaf.send(`
import os, signal, subprocess, sys, time, threading
for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(s, signal.SIG_IGN)
deaf = 'import signal,time\\nfor s in (15,2,1): signal.signal(s, signal.SIG_IGN)\\nwhile True: time.sleep(600)'
subprocess.Popen([sys.executable, '-c', deaf], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, '-c', deaf])
    os._exit(0)
out = 1`);
    // Its loop is kept from hearing STOP.
    void deaf.send('import time\nwhile True: time.sleep(600)');
    const pids = deaf.pids;
    assert.ok(pids.length >= 3, `${pids.length} processes`);
    const from = performance.now();
    await deaf.stop(300);
    assert.ok(performance.now() - from < 5000);
    assert.match((await machine.ended(deaf.id)).kind, /^(killed|stopped)$/);
    for (const pid of pids) await until(`${pid} is gone`, () => !existsSync(`/proc/${pid}`));
  },
  ['best', 'util-linux'],
);

ending('a hanging instance is killed at the end of its grace and not before', async (machine) => {
  const hanging = await machine.start(
    machine.deployment({ 'index.js': 'module.exports = () => { for (;;); };' }),
  );
  const channel = await machine.forwarder.open(hanging.endpoint, () => undefined);
  const call = callOn(channel);
  assert.equal(await channel.ping(300), false);
  const from = performance.now();
  await machine.provider.stop(hanging.id, 700);
  const took = performance.now() - from;
  assert.ok(took >= 690 && took < 5000, `${took} ms`);
  assert.deepEqual(
    [(await machine.ended(hanging.id)).kind, (await call).failure?.startsWith('lost')],
    ['killed', true],
  );
});

ending('every kind of end is told by its kind', async (machine) => {
  const end = async (script: string) => {
    const sandboxed = await machine.python();
    void sandboxed.send(script);
    return machine.ended(sandboxed.id);
  };
  const left = await end('import os; print("last", flush=True); os._exit(7)');
  assert.deepEqual(
    [left.kind, left.exitCode, left.reason, left.lastWords.at(-1)],
    ['exited', 7, 'exited with code 7', 'last'],
  );
  const shot = await end('import os, signal; os.kill(os.getpid(), signal.SIGSEGV)');
  assert.deepEqual([shot.kind, shot.signal, shot.reason], ['signalled', 'SIGSEGV', 'ended by SIGSEGV']);
});

ending('what a function wrote just before its end is in its log, in order', async (machine) => {
  const sandboxed = await machine.python();
  void sandboxed.send(
    'import os\nfor i in range(1000): print("line", i)\nimport sys; sys.stdout.flush(); os.write(2, b"no line end"); os._exit(1)',
  );
  await machine.ended(sandboxed.id);
  const said = machine.lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
  assert.deepEqual(
    said,
    Array.from({ length: 1000 }, (_, i) => `line ${i}`),
  );
  assert.deepEqual(
    machine.lines.filter(({ stream }) => stream === 'stderr').map(({ text }) => text),
    ['no line end'],
  );
  const marks = machine.lines.filter(({ stream }) => stream === 'mark').map(({ text }) => text);
  assert.deepEqual(marks, ['started from scratch, version 1', 'exited with code 1']);
});

ending(
  'closing ends all that waits, starts and runs, and leaves no process, group, file or mount',
  async (machine) => {
    await machine.python();
    const starting = machine.start(
      machine.deployment(
        { 'index.js': 'module.exports = () => 1;' },
        {},
        { annotations: { 'com.wherry.scratch': '8Mi' } },
      ),
    );
    starting.catch(() => undefined);
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
    await machine.provider.close();
    assert.deepEqual(machine.leftovers(), []);
    assert.deepEqual(
      machine.exits.map(({ kind }) => kind),
      ['stopped'],
      'we ended it',
    );
  },
);

test('fence best: an instance that is killed while its fence is being built leaves nothing', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  for (let turn = 0; turn < 5; turn++) {
    const machine = await Machine.open();
    try {
      machine.start(machine.deployment({ 'index.js': 'module.exports = () => 1;' })).catch(() => undefined);
      const builder = await seen(() =>
        childrenOf(process.pid).find((pid) => commandOf(pid).includes(machine.folder)),
      );
      const first = await seen(() => childrenOf(builder)[0]);
      // Held where it has left its builder's group and, most often, not yet asked to die with it.
      for (const end = performance.now() + 10_000; sessionOf(first) !== first; )
        assert.ok(performance.now() < end, 'it has no session of its own');
      process.kill(first, 'SIGSTOP');
      await machine.provider.close();
      assert.deepEqual(machine.leftovers(), []);
    } finally {
      await machine.close();
    }
  }
});

ending('closing while the pool fills leaves nothing either', async (_, fence) => {
  const machine = await Machine.open({ fence, pool: true });
  await machine.start(machine.deployment({ 'index.js': 'module.exports = () => 1;' }));
  await machine.provider.close();
  assert.deepEqual(machine.leftovers(), []);
  rmSync(machine.folder, { recursive: true, force: true });
});

for (const fence of fences)
  test(`fence ${fence}: a gateway that is killed leaves no process behind, and the next one clears the rest`, {
    skip: missing,
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'wherry-killed-'));
    const gateway = spawn(process.execPath, [import.meta.filename], {
      env: { ...process.env, WHERRY_TEST_GATEWAY: `${fence} ${folder}`, NODE_TEST_CONTEXT: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const bytes of gateway.stdout) {
      said += String(bytes);
      if (said.includes('\n')) break;
    }
    // Not by their names: from outside, those of a fence look like any other.
    const pids = JSON.parse(said) as number[];
    assert.ok(pids.length > 0, 'it runs');
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    await until('its processes are gone', () => pids.every((pid) => !existsSync(`/proc/${pid}`)));
    assert.ok(readdirSync(join(folder, 'run/instances')).length > 0, 'its folders are still there');
    const machine = await Machine.open({ fence }, folder);
    try {
      // But the group that the new gateway has just made. A host that was being started ends when it is ready and nobody waits.
      const own = /\/wherry-[0-9a-f]{12}$/;
      await until('nothing is left', () => machine.leftovers().every((one) => own.test(one)));
      assert.equal(await (await machine.python()).run('out = 1'), 1);
    } finally {
      await machine.close();
    }
  });

ending(
  'a socket that is replaced by a way to somebody else’s is not followed',
  async (machine) => {
    const [one, two] = [await machine.python({ name: 'one' }), await machine.python({ name: 'two' })];
    const socketOf = (id: string) => join(machine.folder, 'run/instances', id, 'run/host.sock');
    // Here the machine's owner does it; a function is kept from trying (isolation.test.ts), and where it is not, this holds.
    renameSync(socketOf(one.id), `${socketOf(one.id)}.gone`);
    symlinkSync(socketOf(two.id), socketOf(one.id));
    one.channel.close();
    const again = await machine.forwarder.open(one.instance.endpoint, () => undefined);
    assert.match((await callOn(again, 'import os; out = os.environ["OPENFAAS_NAME"]')).body, /one/);
    // A body that is too large for the lane opens a connection of its own.
    assert.match(
      (await callOn(again, `import os; out = os.environ["OPENFAAS_NAME"]\n${'#'.repeat(100_000)}`)).body,
      /one/,
    );
  },
  ['best', 'none'],
);

/** What is there a moment later, looked for without letting much time pass. */
async function seen(look: () => number | undefined): Promise<number> {
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  throw new Error('nothing was seen');
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function sessionOf(pid: number): number {
  return Number(/\) \w \d+ \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
}
