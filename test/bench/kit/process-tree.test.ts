import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { peakBytes, processes, pssBytes, residentBytes, type Stat, statOf, treeOf } from './process-tree.ts';

test('a name with spaces and parentheses does not shift the fields', () => {
  const line = '4711 (node) (x y) S 42 1 1 0 -1 0 0 0 0 0 100 20 3 7 20 0 1 0 0 0';
  assert.deepEqual(statOf(line), { pid: 4711, parent: 42, cpuSeconds: 1.3 });
});

test('a tree holds children of children and nobody else', () => {
  const stat = (pid: number, parent: number): [number, Stat] => [pid, { pid, parent, cpuSeconds: 0 }];
  const all = new Map([stat(1, 0), stat(2, 1), stat(3, 2), stat(4, 1), stat(5, 3)]);
  assert.deepEqual(
    treeOf(2, all).map(({ pid }) => pid),
    [2, 3, 5],
  );
  assert.deepEqual(treeOf(9, all), []);
});

test('the machine is read as it is', { skip: process.platform !== 'linux' }, async (t) => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)']);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  assert.ok(treeOf(process.pid).some((one) => one.pid === pid));
  assert.equal(processes().get(pid)?.parent, process.pid);
  assert.ok(pssBytes(treeOf(pid)) > 2 ** 20);
  assert.ok(peakBytes(pid) >= residentBytes(pid));
});
