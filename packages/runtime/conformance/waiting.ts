// Waiting costs nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';

export function waiting(under: HostUnderTest): void {
  const it = testsOf(under);

  it('hello', 'does nothing at all once it has rested', async ({ host, lane }) => {
    for (let id = 1; id <= 100; id++) {
      call(lane, id, '/');
      await next(lane);
    }
    await new Promise((resolve) => setTimeout(resolve, 4500));
    const before = switches(host.pid);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const after = switches(host.pid);
    assert.deepEqual(Object.keys(after), Object.keys(before));
    for (const [thread, count] of Object.entries(after)) {
      const most = under.timers?.test(thread) === true ? 1 : 0;
      assert.ok(count - (before[thread] ?? 0) <= most, `${thread} woke up`);
    }
    call(lane, 1, '/');
    assert.equal((await next(lane)).status, 200);
  });
}

/** How often each thread of a process has gone to sleep by itself. */
function switches(pid: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1];
    found[`${thread} ${name}`] = Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
  }
  return found;
}
