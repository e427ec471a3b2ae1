import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { killFamily, withDescendants } from './family.ts';

const skip = process.platform === 'linux' ? false : 'children are found in /proc, on Linux only';

test('a child that has left the group is killed with its parent', { skip, timeout: 20_000 }, async () => {
  const parent = spawn('sh', ['-c', 'setsid sh -c "echo there; exec sleep 1000" & wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  killFamily(parent.pid as number);
  // Closed when nobody is left who could write.
  await once(parent, 'close');
});

test('whoever has ended is no reason to fail', async () => {
  const parent = spawn('true', { detached: true, stdio: 'ignore' });
  await once(parent, 'close');
  killFamily(parent.pid as number);
});

test('a kernel that lists no children hides none', () => {
  const proc = mkdtempSync(join(tmpdir(), 'wherry-proc-'));
  const process = (pid: number, parent: number, name = 'sh', state = 'S'): void => {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, String(pid), 'stat'), `${pid} (${name}) ${state} ${parent} 1 1 0\n`);
  };
  process(10, 1);
  process(11, 10, ') Z 1');
  process(12, 11);
  process(13, 10, 'sh', 'Z');
  process(20, 1);
  mkdirSync(join(proc, 'self'));
  assert.deepEqual(withDescendants(10, proc), [10, 11, 12]);
  rmSync(proc, { recursive: true });
});
