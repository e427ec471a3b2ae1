import assert from 'node:assert/strict';
import test from 'node:test';
import { busySeconds, machineWords } from './machine.ts';

test('busy is everything but idle, waiting and stolen time', () => {
  assert.equal(busySeconds('cpu  100 10 50 9999 77 5 5 300 0 0\ncpu0 1 1 1\n'), 1.7);
});

test('the machine is described without saying which one it is', () => {
  assert.match(machineWords(), /^\d+ cores?, \d+ GiB, \w+ \d+\.\d+$/);
});
