// Long because: lines, and how instances ended, are one port.
import assert from 'node:assert/strict';
import type { Exit } from '@wherry/core/instance';
import type { ExitQuery, LogArchive } from '@wherry/core/ports/log-archive';
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

async function allPages(store: LogArchive, query: ExitQuery, from?: number): Promise<readonly Exit[]> {
  const found: Exit[] = [];
  for (let next = from, first = true; first || next !== undefined; first = false) {
    const page = await store.pageExits(query, next);
    assert.ok(page.exits.length <= query.limit);
    found.push(...page.exits);
    next = page.next;
  }
  return found;
}

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

  promise('page by page, newest first: of one function or of all', async (store) => {
    const elsewhere = { ...hello, namespace: 'elsewhere', version: 1 };
    const lines = range(0, 9_000).map((n) => sampleLine(n, n % 2 === 0 ? {} : { deployment: elsewhere }));
    await store.append(lines);
    const read = async (query: object): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let next: number | undefined, first = true; first || next !== undefined; first = false) {
        const page = await store.page({ ...query, limit: 500 }, next);
        assert.ok(page.lines.length <= 500);
        found.push(...page.lines.map(({ text, deployment }) => `${deployment.namespace} ${text}`));
        next = page.next;
      }
      return found;
    };
    const texts = (wanted: (n: number) => boolean): readonly string[] =>
      range(0, 9_000)
        .filter(wanted)
        .map((n) => `${n % 2 === 0 ? hello.namespace : 'elsewhere'} line ${n}`)
        .reverse();
    assert.deepEqual(
      await read({}),
      texts(() => true),
    );
    assert.deepEqual(
      await read({ target: hello }),
      texts((n) => n % 2 === 0),
    );
    assert.deepEqual(
      await read({ text: 'LINE 77' }),
      texts((n) => String(n).startsWith('77')),
    );
    assert.deepEqual(
      await read({ target: hello, since: sampleLine(8_990).at }),
      texts((n) => n % 2 === 0 && n >= 8_990),
    );
    assert.deepEqual(await read({ target: { ...hello, name: 'unknown' } }), []);
  });

  promise(
    'by version, until a moment, by text and by level; marks pass the last two, but those of beginnings',
    async (store) => {
      await store.append([
        sampleLine(1, { text: 'INFO started' }),
        sampleLine(2, { text: 'Straße to nowhere', stream: 'stderr', deployment: { ...hello, version: 2 } }),
        sampleLine(3, { text: 'exited with code 1', stream: 'mark' }),
        sampleLine(4, { text: 'WARN %_\\ low' }),
        sampleLine(5, { text: 'started from the pool, version 1', stream: 'mark' }),
        ...range(6, 9_000).map((n) => sampleLine(n)),
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
      assert.deepEqual(await places({ text: 'started', tail: 3 }), [1, 3, 5]);
      assert.deepEqual(await places({ since: sampleLine(5).at, until: sampleLine(5).at }), [5]);
    },
  );

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
    const of = (query: Partial<ExitQuery>) => store.exits({ target: hello, limit: 10, ...query });
    assert.deepEqual(await of({}), [third, exit(1)]);
    assert.deepEqual(await of({ limit: 1 }), [third]);
    assert.deepEqual(await of({ target: { ...hello, name: 'unknown' } }), []);
    const all = await store.exits({ limit: 10 });
    assert.deepEqual(
      all.map(({ instance }) => instance),
      ['i3', 'i2', 'i1'],
    );
    assert.deepEqual(await of({ instance: 'i1' }), [exit(1)]);
    assert.deepEqual(await of({ kind: 'signalled' }), [third]);
    assert.deepEqual(await of({ since: exit(2).at }), [third]);
    assert.deepEqual(await of({ until: exit(1).at }), [exit(1)]);
  });

  promise('ends of instances page by page, newest first: of one function or of all', async (store) => {
    const rare = { deployment: { ...hello, namespace: 'elsewhere', version: 1 } };
    for (const from of [0, 1_500, 3_000])
      await store.ended(range(from, from + 1_500).map((n) => exit(n, n % 1_000 === 7 ? rare : {})));
    const read = async (query: Partial<ExitQuery>): Promise<readonly string[]> =>
      (await allPages(store, { limit: 400, ...query })).map(({ instance }) => instance);
    const names = (wanted: (n: number) => boolean): readonly string[] =>
      range(0, 4_500)
        .filter(wanted)
        .map((n) => `i${n}`)
        .reverse();
    assert.deepEqual(
      await read({}),
      names(() => true),
    );
    assert.deepEqual(
      await read({ target: hello }),
      names((n) => n % 1_000 !== 7),
    );
    assert.deepEqual(
      await read({ target: { ...hello, namespace: 'elsewhere' }, limit: 2 }),
      names((n) => n % 1_000 === 7),
    );
    assert.deepEqual(
      await read({ since: exit(100).at, until: exit(2_999).at }),
      names((n) => n >= 100 && n < 3_000),
    );
    assert.deepEqual(await read({ instance: 'i3' }), ['i3']);
    assert.deepEqual(await read({ kind: 'stopped' }), []);
    assert.deepEqual(await read({ target: { ...hello, name: 'unknown' } }), []);
    assert.deepEqual(await store.exits({ instance: 'i3', limit: 2 }), [exit(3)]);
  });

  promise('ends that come or go between two pages are in none, and the others in one each', async (store) => {
    await store.ended(range(0, 60).map((n) => exit(n)));
    const first = await store.pageExits({ limit: 10 });
    assert.deepEqual(
      first.exits,
      range(50, 60)
        .map((n) => exit(n))
        .reverse(),
    );
    await store.ended([exit(60)]);
    await store.pruneExits(exit(20).at, Infinity);
    const others = await allPages(store, { limit: 10 }, first.next);
    assert.deepEqual(
      others.map(({ instance }) => instance),
      range(20, 50)
        .map((n) => `i${n}`)
        .reverse(),
    );
    await store.pruneExits(Infinity, 0);
    await store.ended([exit(61)]);
    assert.deepEqual(await allPages(store, { limit: 10 }, first.next), [], 'nor where all of them went');
    assert.deepEqual(await store.exits({ limit: 10 }), [exit(61)]);
  });

  promise(
    'pruning drops lines that are older, and then the oldest that do not fit; ends of instances stay',
    async (store) => {
      await store.append(range(0, 9000).map((n) => sampleLine(n)));
      await store.ended([exit(1), exit(20)]);
      assert.equal(await store.prune(sampleLine(1).at, Infinity), 1);
      assert.deepEqual(
        (await store.exits({ limit: 10 })).map((one) => one.instance),
        ['i20', 'i1'],
      );
      await store.prune(0, 100_000);
      const left = await store.read({ target: hello });
      assert.ok(left.length > 100 && left.length < 8000, `${left.length} are left`);
      assert.deepEqual(left.at(-1), sampleLine(8999));
      await store.append([sampleLine(9000)]);
      assert.equal((await store.read({ target: hello })).length, left.length + 1);
    },
  );

  promise(
    'ends go by their age, and beyond their room; who dies all the time takes it from nobody else',
    async (store) => {
      const rare = { deployment: { ...hello, name: 'rare', version: 1 } };
      await store.ended([exit(0), exit(1, rare)]);
      await store.ended(range(2, 600).map((n) => exit(n)));
      assert.equal(await store.pruneExits(exit(1).at, Infinity), 1);
      const dropped = await store.pruneExits(0, 200_000);
      const left = await store.exits({ limit: 1000 });
      assert.ok(dropped > 400 && left.length > 10, `${dropped} went, ${left.length} are left`);
      assert.equal(left[0]?.instance, 'i599');
      assert.equal(left.at(-1)?.instance, 'i1', 'the oldest of all, of a function that has few');
      await store.pruneExits(0, 0);
      await store.ended([exit(700)]);
      assert.deepEqual(await store.exits({ limit: 10 }), [exit(700)]);
    },
  );

  promise('lines and ends are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.append(range(0, 5000).map((n) => sampleLine(n)));
    await store.ended([exit(1)]);
    const again = await on.reopen();
    await again.append([sampleLine(5000)]);
    assert.equal((await again.read({ target: hello })).length, 5001);
    assert.deepEqual(await again.exits({ limit: 10 }), [exit(1)]);
  });
}
