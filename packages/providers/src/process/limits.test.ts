import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Machine, noFences, type Sandboxed, until } from './machine.fixtures.ts';

// Functions that take all they can get: only the function itself is to notice.

const missing = noFences();
const mebibyte = 2 ** 20;

function limited(sentence: string, body: (machine: Machine, neighbour: Sandboxed) => Promise<void>): void {
  test(sentence, { skip: missing, timeout: 60_000 }, async () => {
    const machine = await Machine.open();
    try {
      const neighbour = await machine.python({ name: 'neighbour' });
      await body(machine, neighbour);
      assert.equal(await neighbour.run('out = "unharmed"'), 'unharmed');
      assert.deepEqual(
        machine.exits.filter(({ instance }) => instance === neighbour.id),
        [],
      );
    } finally {
      await machine.close();
    }
  });
}

limited(
  'a function that takes more memory than it may ends alone, is told why, and how much it took',
  async (machine) => {
    const greedy = await machine.python({ name: 'greedy', limits: { memory: '64Mi' } });
    const answer = await greedy.send('held = []\nwhile True: held.append(bytearray(1 << 20))');
    const exit = await machine.ended(greedy.id);
    assert.match(answer.failure ?? answer.body, /lost|MemoryError/);
    assert.equal(exit.kind, 'out-of-memory');
    assert.match(exit.reason, /out of memory \(limits\.memory raises the limit\)/);
    const peak = exit.peakMemoryBytes ?? 0;
    assert.ok(peak > 50 * mebibyte && peak <= 65 * mebibyte, `${peak / mebibyte} MiB`);
  },
);

limited('a function within its memory is not ended: the control', async (machine) => {
  const modest = await machine.python({ name: 'modest', limits: { memory: '64Mi' } });
  assert.equal(await modest.run('held = bytearray(20 << 20); out = len(held)'), 20 * mebibyte);
  const [usage] = await machine.provider.usage([modest.id]);
  assert.ok(
    (usage?.memoryBytes ?? 0) > mebibyte && (usage?.memoryBytes ?? 0) < 64 * mebibyte,
    `${usage?.memoryBytes}`,
  );
  assert.ok((usage?.processes ?? 0) >= 1);
});

limited('memory in scratch and in shared memory counts too', async (machine) => {
  for (const place of ['/tmp', '/dev/shm']) {
    const greedy = await machine.python({
      name: 'greedy',
      limits: { memory: '48Mi' },
      annotations: { 'com.wherry.scratch': '1Gi' },
    });
    const answer = await greedy.send(`
import os
with open('${place}/big', 'wb', buffering=0) as f:
    for i in range(512): f.write(bytes(1 << 20))
out = 'all of it'`);
    assert.doesNotMatch(answer.body, /all of it/, place);
    await greedy.stop(0);
  }
});

limited(
  'a child that takes too much memory does not take the function with it unnoticed',
  async (machine) => {
    const parent = await machine.python({ name: 'parent', limits: { memory: '64Mi' } });
    const answer = await parent.send(`
import subprocess, sys
code = subprocess.run([sys.executable, '-c', 'x = []\\nwhile True: x.append(bytearray(1 << 20))'], capture_output=True).returncode
out = code`);
    // The kernel picks one of the two; whichever it was, the answer or the exit says so.
    if (answer.failure === undefined) assert.notEqual(answer.body, '0');
    else assert.equal((await machine.ended(parent.id)).kind, 'out-of-memory');
  },
);

limited('a fork bomb meets its bound, and all of it is gone when it is stopped', async (machine) => {
  const bomb = await machine.python({ name: 'bomb', annotations: { 'com.wherry.processes': '20' } });
  const [made, refusal] = await bomb.run<[number, string]>(`
import os, time, errno
made = 0; refusal = ''
while made < 500:
    try: pid = os.fork()
    except OSError as e: refusal = errno.errorcode[e.errno]; break
    if pid == 0:
        try: time.sleep(600)
        finally: os._exit(0)
    made += 1
out = [made, refusal]`);
  assert.equal(refusal, 'EAGAIN');
  assert.ok(made >= 10 && made <= 24, `${made} processes`);
  const pids = bomb.pids;
  assert.ok(pids.length > made);
  await bomb.stop(1000);
  assert.deepEqual(bomb.pids, []);
  for (const pid of pids) await until(`process ${pid} is gone`, () => !existsSync(`/proc/${pid}`));
});

limited('threads count like processes', async (machine) => {
  const bomb = await machine.python({ name: 'bomb', annotations: { 'com.wherry.processes': '40' } });
  const made = await bomb.run<number>(`
import threading
gate = threading.Event(); made = 0
try:
    while made < 2000:
        t = threading.Thread(target=gate.wait, daemon=True); t.start(); made += 1
except RuntimeError: pass
gate.set()
out = made`);
  assert.ok(made < 45, `${made} threads`);
});

limited('descriptors have a bound of their own', async (machine) => {
  const opened = await (await machine.python({ name: 'bomb' })).run<[number, string]>(`
import os, errno
held = []; why = ''
try:
    while len(held) < 100000: held.append(os.open('/dev/null', os.O_RDONLY))
except OSError as e: why = errno.errorcode[e.errno]
n = len(held)
for h in held: os.close(h)
out = [n, why]`);
  assert.equal(opened[1], 'EMFILE');
  assert.ok(opened[0] <= 4096, `${opened[0]}`);
});

limited('no core is written, and limits cannot be raised again', async (machine) => {
  const result = await (await machine.python({ name: 'raiser' })).run<unknown[]>(`
import resource
def raised(what):
    try: resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)); return 'raised'
    except (ValueError, OSError): return 'refused'
out = [resource.getrlimit(resource.RLIMIT_CORE), raised(resource.RLIMIT_NOFILE), raised(resource.RLIMIT_CORE)]`);
  assert.deepEqual(result, [[0, 0], 'refused', 'refused']);
});

limited('a processor share is a bound', async (machine) => {
  const slow = await machine.python({ name: 'slow', limits: { cpu: '100m' } });
  const [wall, used] = await slow.run<[number, number]>(`
import time
w, c = time.monotonic(), time.process_time()
while time.monotonic() - w < 1.5: pass
out = [time.monotonic() - w, time.process_time() - c]`);
  assert.ok(used / wall < 0.3, `${used} s of ${wall} s`);
});
