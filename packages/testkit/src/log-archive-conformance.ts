import assert from 'node:assert/strict';
import type { Exit } from '@wherry/core/instance';
import type { LogArchive } from '@wherry/core/ports/log-archive';
import { hostileStrings } from './hostile-strings.ts';
import { sampleLine } from './samples.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

const exit = (count: number, more: Partial<Exit> = {}): Exit => ({
  instance: `i${count}`,
  deployment: { ...hello, version: 1 },
  at: 1_700_000_000_000 + count,
  kind: 'exited',
  reason: 'exited with code 1',
  exitCode: 1,
  lastWords: ['Error: no', ...hostileStrings],
  ...more,
});

/** What every LogArchive promises, from the doc comments of the port. */
export function logArchiveConformance(name: string, open: OpenStore<LogArchive>): void {
  const promise = promisesOf(name, open);

  promise('lines come back as they were written, oldest first, of this function only', async (store) => {
    await store.append([
      sampleLine(1),
      sampleLine(2, { deployment: { ...hello, namespace: 'elsewhere', version: 1 } }),
    ]);
    await store.append([
      sampleLine(3, { stream: 'stderr', deployment: { ...hello, version: 2 } }),
      sampleLine(4, { stream: 'mark' }),
    ]);
    const expected = [
      sampleLine(1),
      sampleLine(3, { stream: 'stderr', deployment: { ...hello, version: 2 } }),
      sampleLine(4, { stream: 'mark' }),
    ];
    assert.deepEqual(await store.read({ target: hello }), expected);
    assert.deepEqual(await store.read({ target: { ...hello, name: 'unknown' } }), []);
  });

  promise('by instance, from a moment on, and only the last so many', async (store) => {
    await store.append(range(0, 100).map((n) => sampleLine(n, { instance: n % 10 === 0 ? 'i2' : 'i1' })));
    const texts = async (query: object) =>
      (await store.read({ target: hello, ...query })).map((line) => line.text);
    assert.deepEqual(await texts({ instance: 'i2', tail: 2 }), ['line 80', 'line 90']);
    assert.deepEqual(await texts({ since: sampleLine(98).at }), ['line 98', 'line 99']);
    assert.deepEqual(await texts({ tail: 3 }), ['line 97', 'line 98', 'line 99']);
    assert.deepEqual(await texts({ tail: 0 }), []);
    assert.equal((await texts({ tail: 1000 })).length, 100);
    assert.deepEqual(await texts({ instance: 'i3' }), []);
  });

  promise('by version, until a moment, by text and by level; marks pass the last two', async (store) => {
    await store.append([
      sampleLine(1, { text: 'INFO started' }),
      sampleLine(2, { text: 'Straße to nowhere', stream: 'stderr', deployment: { ...hello, version: 2 } }),
      sampleLine(3, { text: 'exited with code 1', stream: 'mark' }),
      sampleLine(4, { text: 'WARN %_\\ low' }),
      ...range(5, 9_000).map((n) => sampleLine(n)),
    ]);
    const places = async (query: object) =>
      (await store.read({ target: hello, ...query })).map((line) => (line.at - sampleLine(0).at) / 10);
    assert.deepEqual(await places({ version: 2 }), [2]);
    assert.deepEqual(await places({ until: sampleLine(2).at }), [1, 2]);
    assert.deepEqual(await places({ since: sampleLine(2).at, until: sampleLine(3).at }), [2, 3]);
    assert.deepEqual(await places({ text: 'straSSE' }), [3]);
    assert.deepEqual(await places({ text: 'STRAßE' }), [2, 3]);
    assert.deepEqual(await places({ text: '%_\\' }), [3, 4]);
    assert.deepEqual(await places({ level: 'warn' }), [2, 3, 4]);
    assert.deepEqual(await places({ level: 'error', tail: 1 }), [3]);
    assert.deepEqual(await places({ text: 'started', tail: 2 }), [1, 3]);
  });

  promise('a line of 64 KiB, and many at once', async (store) => {
    const lines = range(0, 100).map((n) => sampleLine(n, { text: 'x'.repeat(65_536) }));
    await store.append(lines);
    assert.deepEqual(await store.read({ target: hello }), lines);
  });

  promise('text comes back unchanged whatever is in it', async (store) => {
    const lines = hostileStrings.map((text, n) => sampleLine(n, { text, instance: text }));
    await store.append(lines);
    assert.deepEqual(await store.read({ target: hello }), lines);
    for (const [n, instance] of hostileStrings.entries())
      assert.deepEqual(await store.read({ target: hello, instance }), [lines[n]]);
  });

  promise('ends of instances come newest first, at most as many as asked for', async (store) => {
    await store.ended([exit(1), exit(2, { deployment: { ...hello, name: 'other', version: 1 } })]);
    await store.ended([
      exit(3, { kind: 'signalled', signal: 'SIGKILL', peakMemoryBytes: 2 ** 31, cpuMs: 1.5 }),
    ]);
    const third = exit(3, { kind: 'signalled', signal: 'SIGKILL', peakMemoryBytes: 2 ** 31, cpuMs: 1.5 });
    assert.deepEqual(await store.exits(hello, 10), [third, exit(1)]);
    assert.deepEqual(await store.exits(hello, 1), [third]);
    assert.deepEqual(await store.exits({ ...hello, name: 'unknown' }, 10), []);
    assert.deepEqual(
      (await store.exits(undefined, 2)).map((one) => one.instance),
      ['i3', 'i2'],
    );
  });

  promise(
    'pruning drops what is older, exits too, and then the oldest lines that do not fit',
    async (store) => {
      await store.append(range(0, 9000).map((n) => sampleLine(n)));
      await store.ended([exit(1), exit(20)]);
      assert.equal(await store.prune(sampleLine(1).at, Infinity), 1);
      assert.deepEqual(
        (await store.exits(hello, 10)).map((one) => one.instance),
        ['i20'],
      );
      await store.prune(0, 100_000);
      const left = await store.read({ target: hello });
      assert.ok(left.length > 100 && left.length < 8000, `${left.length} are left`);
      assert.deepEqual(left.at(-1), sampleLine(8999));
      await store.append([sampleLine(9000)]);
      assert.equal((await store.read({ target: hello })).length, left.length + 1);
    },
  );

  promise('lines and ends are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.append(range(0, 5000).map((n) => sampleLine(n)));
    await store.ended([exit(1)]);
    const again = await on.reopen();
    await again.append([sampleLine(5000)]);
    assert.equal((await again.read({ target: hello })).length, 5001);
    assert.deepEqual(await again.exits(hello, 10), [exit(1)]);
  });
}
