import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { openCpuMeter, procGroup } from './cpu-meter.ts';

const busy = 'const until = process.cpuUsage(); while (process.cpuUsage(until).user < 3e5);';

test('counts what ran inside, and only that', { skip: process.platform !== 'linux' }, async (t) => {
  const meter = openCpuMeter();
  const [inside, outside] = [meter.group('inside'), meter.group('outside')];
  // The busy one is a grandchild: instances are, too. Its parent waits for it and stays.
  const script = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(busy)}]);
    process.stdout.write('done'); setInterval(() => {}, 1e6)`;
  const child = inside.inside(() => spawn(process.execPath, ['-e', script]));
  t.after(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    meter.close();
  });
  inside.adopt(child.pid as number);
  await once(child.stdout, 'data');
  const seconds = inside.seconds();
  assert.ok(seconds > 0.28, `${seconds} s of at least 0.3 were counted`);
  assert.ok(outside.seconds() < 0.1);
  assert.ok(meter.totalSeconds() >= seconds);
});

test('nobody uses nothing', () => {
  assert.equal(procGroup([]).seconds(), 0);
});
