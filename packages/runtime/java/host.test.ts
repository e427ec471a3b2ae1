// The suite's chapters one by one: two of its sentences are not for Java. There is no syntax error at run time, and the virtual machine
// has two timers of its own that no flag ends.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bodies } from '../conformance/bodies.ts';
import { calls } from '../conformance/calls.ts';
import { cancelling } from '../conformance/cancelling.ts';
import { Host } from '../conformance/driver.ts';
import { ending } from '../conformance/ending.ts';
import { faults } from '../conformance/faults.ts';
import { framing } from '../conformance/framing.ts';
import {
  call,
  type Fixture,
  type HostUnderTest,
  load,
  next,
  testsOf,
} from '../conformance/host-under-test.ts';
import { streams } from '../conformance/streams.ts';
import { host, missing } from './host.fixtures.ts';

const others = {
  http: { hello: { entry: 'HelloHttp' }, big: { entry: 'BigHttp' }, patient: { entry: 'PatientHttp' } },
};
const chapters = [loading, framing, calls, faults, bodies, streams, cancelling, ending, waiting];

if (missing !== undefined) test('java host', { skip: missing }, () => {});
else {
  describe('java host', { concurrency: 4 }, () => {
    for (const chapter of chapters) chapter(host);
  });
  // What is answered whole, what streams and what can be cancelled is different code in each signature.
  for (const [signature, entries] of Object.entries(others)) {
    describe(`java host, ${signature} signature`, { concurrency: 4 }, () => {
      const under = { ...host, entries: { ...host.entries, ...entries } };
      for (const chapter of [framing, bodies, cancelling]) chapter(under);
    });
  }
}

/** The suite's chapter on LOAD without its syntax error, which the compiler finds before there is a program. */
function loading(under: HostUnderTest): void {
  const it = testsOf(under);

  /** Loads into a host that has nothing yet. */
  async function loaded(
    fixture: Fixture,
    order: Record<string, unknown>,
    then: (answer: Record<string, unknown>, ask: () => Promise<string>) => void | Promise<void>,
  ): Promise<void> {
    const host = new Host(under);
    try {
      await host.ready;
      const lane = await host.line();
      const answer = await load(lane, under, fixture, order);
      await then(answer, async () => {
        call(lane, 1, '/');
        return (await next(lane)).body.toString();
      });
    } finally {
      await host.kill();
    }
  }

  test('says that it is ready, in one line, when it listens', async () => {
    const host = new Host(under);
    try {
      const ready = await host.ready;
      assert.deepEqual([ready.protocol, ready.runtime], [1, under.runtime]);
      assert.match(String(ready.version), /^\d+/);
      (await host.line()).close();
      assert.equal(host.stdout + host.stderr, '');
    } finally {
      await host.kill();
    }
  });

  for (const concurrency of [0, 7]) {
    test(`tells signature and concurrency, asked for ${concurrency}`, () =>
      loaded(under.entries.hello, { concurrency }, (answer) => {
        assert.deepEqual([answer.ok, answer.signature], [true, 'event']);
        assert.equal(answer.concurrency, concurrency === 0 ? 100 : concurrency);
      }));
  }

  it('hello', 'refuses a second function and keeps the first', async ({ lane }) => {
    const answer = await load(lane, under, under.entries.hello);
    assert.deepEqual([answer.ok, answer.kind], [false, 'again']);
    call(lane, 1, '/');
    assert.equal((await next(lane)).body.toString(), 'hello');
  });

  test('has the folder and the variables that it was started with', () =>
    loaded(under.entries.environment, { env: { GREETING: 'grüß dich' } }, async (_answer, ask) => {
      const seen = JSON.parse(await ask());
      assert.equal(realpathSync(seen.cwd), realpathSync(under.fixtures));
      assert.equal(seen.greeting, 'grüß dich');
    }));

  const failures: [string, Fixture, string, RegExp][] = [
    ['an entry that is not there', { entry: 'absent.file' }, 'not-found', /absent/],
    ['an error while loading', under.entries.raises, 'threw', /no luck/],
    ['nothing that can be called', under.entries.nothing, 'no-handler', /Nothing/],
  ];
  for (const [title, fixture, kind, message] of failures) {
    test(`explains ${title}`, () =>
      loaded(fixture, {}, (answer) => {
        assert.deepEqual([answer.ok, answer.kind], [false, kind]);
        assert.match(String(answer.message), message);
        assert.ok(!String(answer.message).includes('\n'), 'the message is one line');
      }));
  }
}

/** The suite's chapter on waiting, but for the compiler's thread and the timer's: each looks up every five seconds. */
function waiting(under: HostUnderTest): void {
  testsOf(under)('hello', 'does nothing of its own once it has rested', async ({ host, lane }) => {
    for (let id = 1; id <= 100; id++) {
      call(lane, id, '/');
      await next(lane);
    }
    await new Promise((resolve) => setTimeout(resolve, 4500));
    const before = switches(host.pid);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const after = switches(host.pid);
    assert.deepEqual([...after.keys()], [...before.keys()]);
    for (const [thread, count] of after) {
      const most = /C1 Comp|VM Periodic/.test(thread) ? 2 : 0;
      assert.ok(count - (before.get(thread) ?? 0) <= most, `${thread} woke up`);
    }
    call(lane, 1, '/');
    assert.equal((await next(lane)).status, 200);
  });
}

/** How often each thread of a process has gone to sleep by itself. */
function switches(pid: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1];
    found.set(`${thread} ${name}`, Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]));
  }
  return found;
}
