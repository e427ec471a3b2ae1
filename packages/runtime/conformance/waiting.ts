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
    assert.deepEqual(switches(host.pid), before, 'a thread woke up');
    call(lane, 1, '/');
    assert.equal((await next(lane)).status, 200);
  });
}

/** How often each thread of a process has gone to sleep by itself. */
function switches(pid: number): Record<string, string> {
  const found: Record<string, string> = {};
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1];
    found[`${thread} ${name}`] = /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? '';
  }
  return found;
}
