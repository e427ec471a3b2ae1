import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from './simulated-clock.ts';

test('timers run when they are due, equal ones in the order they were set', async () => {
  const clock = new SimulatedClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push('c'));
  clock.after(10, () => ran.push('a'));
  clock.after(10, () => ran.push('b'));
  clock.after(0, () => ran.push('zero'));
  assert.deepEqual(ran, []);
  await clock.advance(15);
  assert.deepEqual(ran, ['zero', 'a', 'b']);
  await clock.advance(5);
  assert.deepEqual(ran, ['zero', 'a', 'b', 'c']);
  assert.equal(clock.monotonic(), 20);
});

test('a timer that a timer sets runs within the same advance, at its own time', async () => {
  const clock = new SimulatedClock(0);
  const at: number[] = [];
  clock.after(10, () => {
    at.push(clock.now());
    clock.after(10, () => at.push(clock.now()));
  });
  await clock.advance(100);
  assert.deepEqual(at, [10, 20]);
});

test('a slow periodic task is never overlapped, and none runs after the cancel', async () => {
  const clock = new SimulatedClock();
  let inside = 0;
  let most = 0;
  let runs = 0;
  const cancel = clock.every(10, async () => {
    runs += 1;
    most = Math.max(most, ++inside);
    await new Promise<void>((resolve) => clock.after(25, resolve));
    inside -= 1;
  });
  await clock.advance(100);
  assert.equal(most, 1);
  assert.equal(runs, 4);
  cancel();
  cancel();
  await clock.advance(100);
  assert.equal(runs, 4);
  assert.equal(clock.waiting, 0);
});

test('the wall clock can jump without durations noticing', async () => {
  const clock = new SimulatedClock(1000);
  clock.jump(-500);
  await clock.advance(1);
  assert.equal(clock.now(), 501);
  assert.equal(clock.monotonic(), 1);
});
