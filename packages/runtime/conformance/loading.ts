// Start, LOAD and LOADED.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { Host } from './driver.ts';
import { type Behaviour, call, type HostUnderTest, load, next, testsOf } from './host-under-test.ts';

export function loading(under: HostUnderTest): void {
  const it = testsOf(under);

  test('says that it is ready, in one line, when it listens', async () => {
    const host = new Host(under);
    try {
      const ready = await host.ready;
      assert.equal(ready.protocol, 1);
      assert.equal(ready.runtime, under.runtime);
      assert.match(String(ready.version), /^\d+\.\d+/);
      (await host.line()).close();
      assert.equal(host.stdout + host.stderr, '');
    } finally {
      await host.kill();
    }
  });

  // A gateway that was killed while it started a host: nothing else may reach a fence that was not finished then.
  test('ends where whoever waited for that line is gone', { timeout: 60_000 }, async (t) => {
    const later = 'until [ -e alone ]; do sleep 0.01; done; exec "$@"';
    const host = new Host({ ...under, wrapper: ['sh', '-c', later, 'sh', ...(under.wrapper ?? [])] });
    t.signal.addEventListener('abort', () => void host.kill());
    const line = host.process.stdio[3] as Readable;
    line.destroy();
    await once(line, 'close');
    writeFileSync(join(host.folder, 'alone'), '');
    try {
      const { code, signal } = await host.exited;
      assert.ok(code !== 0 || signal === 'SIGPIPE', `code ${code}, signal ${signal}`);
    } finally {
      await host.kill();
    }
  });

  test('tells signature and concurrency, its own or the ones it was given', async () => {
    for (const concurrency of [0, 7]) {
      const host = new Host(under);
      try {
        await host.ready;
        const answer = await load(await host.line(), under, under.entries.hello, { concurrency });
        assert.equal(answer.ok, true);
        assert.equal(typeof answer.signature, 'string');
        assert.ok(concurrency === 0 ? Number(answer.concurrency) >= 1 : answer.concurrency === concurrency);
      } finally {
        await host.kill();
      }
    }
  });

  it('hello', 'refuses a second function and keeps the first', async ({ lane }) => {
    const answer = await load(lane, under, under.entries.hello);
    assert.equal(answer.ok, false);
    assert.equal(answer.kind, 'again');
    call(lane, 1, '/');
    assert.equal((await next(lane)).body.toString(), 'hello');
  });

  test('makes the folder its working directory and the variables its environment', async () => {
    const host = new Host(under);
    try {
      await host.ready;
      const lane = await host.line();
      await load(lane, under, under.entries.environment, { env: { GREETING: 'grüß dich' } });
      call(lane, 1, '/');
      const seen = JSON.parse((await next(lane)).body.toString());
      assert.equal(realpathSync(seen.cwd), realpathSync(under.fixtures));
      assert.equal(seen.greeting, 'grüß dich');
    } finally {
      await host.kill();
    }
  });

  const failures: [string, Behaviour | null, string, RegExp][] = [
    ['an entry that is not there', null, 'not-found', /absent/],
    ['a syntax error, with file and line', 'syntax', 'syntax', /:3\b|line 3/],
    ['an error while loading', 'raises', 'threw', /no luck/],
    ['nothing that can be called', 'nothing', 'no-handler', /./],
  ];
  for (const [title, behaviour, kind, message] of failures) {
    const fixture = behaviour === null ? { entry: 'absent.file' } : under.entries[behaviour];
    test(`explains ${title}`, { skip: 'skip' in fixture && fixture.skip }, async () => {
      const host = new Host(under);
      try {
        await host.ready;
        const answer = await load(await host.line(), under, fixture);
        assert.equal(answer.ok, false);
        assert.equal(answer.kind, kind);
        assert.match(String(answer.message), message);
        assert.ok(!String(answer.message).includes('\n'), 'the message is one line');
      } finally {
        await host.kill();
      }
    });
  }
}
