// Readers of large tables that read nothing, go away, or are too many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTicks, residentBytes } from './memory-of.ts';
import { budgetBytes, gatewayWith } from './many-calls.ts';

const gateway = await gatewayWith(200_000);

test('a reader that takes nothing makes nobody read ahead, and one that goes ends the work', async () => {
  const pid = gateway.process.pid as number;
  const idle = residentBytes(pid);
  const gone = new AbortController();
  const stalled = await Promise.all(
    ['csv', 'xlsx', 'json'].map((format) =>
      fetch(`${gateway.url}/system/export/calls?format=${format}`, {
        ...{ headers: gateway.admin, signal: gone.signal },
      }),
    ),
  );
  // Nothing is read: once the sockets are full, the gateway rests.
  await rests(pid);
  assert.ok(residentBytes(pid) - idle < budgetBytes);
  gone.abort();
  for (const response of stalled) await response.body?.cancel().catch(() => undefined);
  await rests(pid);
  const again = await gateway.system('GET', '/system/export/calls?limit=5');
  assert.equal((await again.text()).split('\r\n').length, 7);
});

/** Resolves when a process has used next to nothing within half a second; throws after a minute. */
async function rests(pid: number): Promise<void> {
  const end = performance.now() + 60_000;
  for (let before = cpuTicks(pid); performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = cpuTicks(pid);
    if (now - before <= 4) return;
    before = now;
  }
  throw new Error('it works on and on');
}

test('only so many are read at once, and whoever goes makes room', async () => {
  const gone = new AbortController();
  const made = await gateway.system('POST', '/system/tokens', { name: 'other', scopes: ['read'] });
  const other = { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  const read = (signal?: AbortSignal, headers: Readonly<Record<string, string>> = gateway.admin) =>
    fetch(`${gateway.url}/system/export/calls`, {
      ...{ headers },
      ...(signal === undefined ? {} : { signal }),
    });
  const four = (headers: Readonly<Record<string, string>>): Promise<Response[]> =>
    Promise.all(Array.from({ length: 4 }, () => read(gone.signal, headers)));
  const reading = await four(other);
  // One token does not have all of them.
  const greedy = await read(undefined, other);
  assert.deepEqual([greedy.status, /exports_busy.*\n.*token other/.test(await greedy.text())], [429, true]);
  reading.push(...(await four(gateway.admin)));
  assert.ok(reading.every(({ status }) => status === 200));
  const refused = await read();
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /exports_busy/);
  // A search of all records is as much work as a table of them.
  for (const [query, status] of [
    ['failed=1', 429],
    ['limit=1', 200],
  ] as const)
    assert.equal((await gateway.system('GET', `/system/calls?${query}`)).status, status, query);
  gone.abort();
  for (const response of reading) await response.body?.cancel().catch(() => undefined);
  let after = await read();
  for (const end = Date.now() + 20_000; after.status === 429 && Date.now() < end; ) after = await read();
  assert.equal(after.status, 200);
  await after.body?.cancel();
});
