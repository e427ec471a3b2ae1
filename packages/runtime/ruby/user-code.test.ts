// What only the Ruby host has to get right: threads that come in when a handler blocks, the shapes a handler may return, what
// OpenFaaS's templates and Rack hand over, and user code that exits, forks, closes or prints where it shouldn't.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  CANCEL,
  chunk,
  DONE,
  FAULT,
  headers,
  LAST_CHUNK,
  PING,
  PONG,
  STOP,
  STREAM,
} from '../conformance/driver.ts';
import { missing } from './host.fixtures.ts';
import { ask, get, load, started, streamed } from './ruby-in-test.ts';

/** How often the threads of a process have gone to sleep so far, as text. */
function switches(pid: number): string {
  return readdirSync(`/proc/${pid}/task`)
    .map(
      (task) =>
        /^voluntary_ctxt_switches:.*/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'))?.[0],
    )
    .join();
}

describe('the ruby host', { skip: missing ?? false, timeout: 60_000 }, () => {
  test('eight blocking handlers run at once, and a ninth waits', async () => {
    const { lane } = await started('many.rb');
    await ask(lane, '/nothing');
    const began = performance.now();
    lane.send(...Array.from({ length: 16 }, (_, id) => get(id + 1, '/sleeps?2')), { type: PING, id: 99 });
    assert.equal((await lane.frame())?.type, PONG, 'PING waits for no handler');
    for (let i = 0; i < 16; i++) assert.equal((await lane.frame())?.body.toString(), 'slept');
    const took = performance.now() - began;
    assert.ok(took > 3_990 && took < 5_900, `${took} ms for two rounds of 2,000`);
  });

  test('quick calls pass a slow one, and threads come only as they are needed', async () => {
    const { host, lane } = await started('many.rb', { concurrency: 100 });
    const quick = Array.from({ length: 500 }, (_, id) => get(id + 2, '/nothing'));
    lane.send(get(1, '/sleeps?3'), ...quick);
    for (let i = 0; i < 500; i++) assert.notEqual((await lane.frame())?.id, 1);
    assert.equal((await lane.frame())?.id, 1);
    // One more comes for each that is slow to be given its turn.
    assert.ok(host.status('Threads') <= 30, `${host.status('Threads')} threads`);
  });

  test('no answer is kept back by a neighbour that waits', async () => {
    for (const concurrency of [0, 1]) {
      const { lane } = await started('many.rb', { concurrency });
      await ask(lane, '/nothing');
      for (let round = 1; round <= 8; round++) {
        const began = performance.now();
        lane.send(get(1, '/nothing'), get(2, '/nothing'), get(3, '/sleeps?1'));
        for (const id of [1, 2]) assert.equal((await lane.frame())?.id, id);
        assert.ok(performance.now() - began < 950, `round ${round}: ${performance.now() - began} ms`);
        assert.equal((await lane.frame())?.id, 3);
        if (round % 3 === 0) await ask(lane, '/nothing');
      }
    }
  });

  test('a handler that computes lets others have their turn', async () => {
    const { lane } = await started('many.rb');
    lane.send(get(1, '/spins?4'), get(2, '/nothing'));
    assert.equal((await lane.frame())?.id, 2);
    lane.send({ type: PING, id: 3 });
    assert.equal((await lane.frame())?.type, PONG);
    assert.equal((await lane.frame())?.id, 1);
  });

  test('cancelling at every moment gives exactly one end', async () => {
    const { lane } = await started('many.rb');
    const ends = new Map<number, number>();
    const total = 3000;
    for (let base = 0; base < total; base += 100) {
      for (let id = base + 1; id <= base + 100; id++) {
        lane.send(get(id, id % 10 === 0 ? '/sleeps?0.001' : '/nothing'));
        if (id % 2 === 0) lane.send({ type: CANCEL, id });
        if (id % 7 === 0) await new Promise(setImmediate);
      }
      for (let i = 0; i < 100; i++) {
        const end = await lane.frame();
        assert.ok(end !== null);
        ends.set(end.id, (ends.get(end.id) ?? 0) + 1);
        if (end.type !== DONE) assert.equal(end.status, 200);
        else assert.equal(end.id % 2, 0);
      }
    }
    assert.equal(ends.size, total);
  });

  test('a handler that does not ask is acknowledged when it returns', async () => {
    const { host, lane } = await started('many.rb');
    lane.send(get(1, '/stubborn'));
    await host.printed('stubborn');
    lane.send({ type: CANCEL, id: 1 });
    const began = performance.now();
    assert.equal((await lane.frame())?.type, DONE);
    assert.ok(performance.now() - began > 300);
  });

  test('the shapes of an answer', async () => {
    const { host, lane } = await started('many.rb');
    const type = async (target: string) => headers(await ask(lane, target), 'content-type');
    assert.equal((await ask(lane, '/nothing')).body.length, 0);
    const triple = await ask(lane, '/triple');
    assert.deepEqual([triple.status, triple.body.toString()], [201, 'made']);
    assert.match(triple.head, /^content-type:.*\nx-one:1\nx-one:2\nx-number:3\n$/);
    assert.deepEqual(await type('/pair'), ['text/html']);
    assert.deepEqual(await type('/thing'), ['application/json']);
    assert.equal((await ask(lane, '/thing')).body.toString(), '{"a":[1,2]}');
    assert.equal((await ask(lane, '/number')).body.toString(), '42');
    assert.deepEqual(await type('/bytes'), ['application/octet-stream']);
    assert.deepEqual((await ask(lane, '/bytes')).body, Buffer.from([0xff, 0]));
    assert.equal((await ask(lane, '/latin')).body.toString(), 'grüß');
    for (const [target, text] of [
      ['/strange', /no Hash/],
      ['/greek', /not Latin-1/],
    ] as const) {
      const answer = await ask(lane, target);
      assert.equal(answer.flags, FAULT);
      assert.match(answer.body.toString(), text);
    }
    const side = await host.line();
    side.send({ ...get(1, '/file'), flags: STREAM });
    side.socket.write(LAST_CHUNK);
    assert.match((await streamed(side)).toString(), /^# Many small handlers/);
  });

  test('body and headers as the ruby-http template gives them, and by their plain names', async () => {
    const { lane } = await started('many.rb');
    const more = 'content-type:text/x\nx-one:1\nX-One:2\ncookie:a=1\ncookie:b=2\nx_two:3\nmethod:PUT\n';
    const answer = await ask(lane, '/se%65n?a=1'.replace('%65', 'e'), 'grü\nß', more);
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      read: ['gr', 'ü\nß', '', null],
      again: [0, 'grü\n', 'ß', null],
      string: ['grü\nß', 5, 'UTF-8', ['grü\n', 'ß']],
      json: ['HTTP_METHOD', 'PUT'],
      env: ['GET', '/seen', 'a=1', 'text/x', '1, 2', 'a=1; b=2'],
      plain: ['text/x', 'text/x', '1, 2', '1, 2', '1, 2'],
      watchdog: ['GET', '/seen', 'a=1', '1, 2'],
      none: [null, 1, false, '1, 2', true],
      spoofed: [false, 'GET'],
      cancelled: false,
    });
  });

  test('exit, throw, endless recursion and ended threads are faults; forks and a changed folder do no harm', async () => {
    const { host, lane } = await started('many.rb');
    for (const [target, text] of [
      ['/exits', /^SystemExit: exit$/],
      ['/throws', /^UncaughtThrowError: uncaught throw :nobody$/],
      ['/overflows', /^SystemStackError: stack level too deep$/],
      ['/ends_thread', /^the handler ended its thread$/],
      ['/caused', /^RuntimeError: while counting$/],
    ] as const) {
      const answer = await ask(lane, target);
      assert.deepEqual([answer.status, answer.flags], [500, FAULT]);
      assert.match(answer.body.toString(), text);
    }
    await host.printed('invalid value for Integer', 'stderr');
    assert.ok(!/\/wherry\//.test(host.stderr), `not only frames of the function: ${host.stderr}`);
    assert.equal((await ask(lane, '/forks')).body.toString(), 'child ended with 0');
    assert.equal((await ask(lane, '/forks_with_block')).body.toString(), 'child ended with 4');
    assert.equal((await ask(lane, '/moves')).body.toString(), '/');
    assert.equal((await ask(lane, '/closes')).body.toString(), 'closed');
    assert.equal((await ask(lane, '/exits')).flags, FAULT);
    assert.equal((await ask(lane, '/nothing')).status, 200);
  });

  test('says which annotation opens the network', async () => {
    const { lane } = await started('many.rb', { env: { WHERRY_NETWORK: 'none' } });
    const answer = await ask(lane, '/connects');
    assert.match(
      answer.body.toString(),
      /this function has no network.*com\.wherry\.network: "nowhere\.invalid:80"/,
    );
  });

  test('classic: printed first, then returned; child processes count, standard error does not', async () => {
    const { host, lane, loaded } = await started('printing.rb');
    assert.deepEqual([loaded.signature, loaded.concurrency], ['classic', 1]);
    assert.equal((await ask(lane, '/', 'child')).body.toString(), 'first\nfrom the child\nreturned\n');
    assert.equal((await ask(lane, '/', 'none')).body.toString(), 'only printed\n\n');
    assert.equal((await ask(lane, '/', 'ended')).body.toString(), 'with its own\n');
    const thrown = await ask(lane, '/', 'throws');
    assert.deepEqual([thrown.flags, thrown.body.toString()], [FAULT, 'ArgumentError: no']);
    assert.equal((await ask(lane, '/', 'log')).body.toString(), '\n');
    await host.printed('to the log', 'stderr');
    assert.equal(host.stdout, '');
    lane.send({ ...get(1, '/'), body: Buffer.from([0xff, 0x41]) });
    assert.deepEqual((await lane.frame())?.body, Buffer.from([0xff, 0x41, 0x0a]));
  });

  test('classic: slow calls go one by one, and each has what it printed', async () => {
    const { lane } = await started('printing.rb');
    lane.send(...Array.from({ length: 12 }, (_, id) => get(id, '/', `slow${id}`)));
    for (let id = 0; id < 12; id++) {
      const answer = await lane.frame();
      assert.equal(answer?.body.toString(), `printed slow${id}\nshell slow${id}\nslow${id}\n`);
    }
  });

  test("OpenFaaS's layout: function/handler.rb with its neighbours", async () => {
    for (const entry of ['function/handler.rb', 'function']) {
      const { lane, loaded } = await started(entry);
      assert.equal(loaded.signature, 'classic');
      assert.equal((await ask(lane, '/', 'you')).body.toString(), 'hello you!\n');
    }
  });

  test('a signature that is asked for counts, and one that is none is refused', async () => {
    const { loaded } = await started('racks.rb', { signature: 'rack', concurrency: 3 });
    assert.deepEqual([loaded.signature, loaded.concurrency], ['rack', 3]);
    const refused = await load('hello.rb', { signature: 'wsgi' });
    assert.deepEqual(
      [refused.kind, /http, classic, rack/.test(String(refused.message))],
      ['no-handler', true],
    );
    assert.match(String((await load('hello.rb', { signature: 'rack' })).message), /APP or App/);
  });

  test('after slow calls idleness is complete, and nobody is left out afterwards', async () => {
    const { host, lane } = await started('many.rb');
    lane.send(...Array.from({ length: 8 }, (_, id) => get(id, '/sleeps?0.02')));
    for (let i = 0; i < 8; i++) await lane.frame();
    for (let i = 0; i < 300; i++) await ask(lane, '/nothing');
    await new Promise((resolve) => setTimeout(resolve, 2600));
    const before = switches(host.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(switches(host.pid), before, 'a thread woke up');
    lane.send(...Array.from({ length: 8 }, (_, id) => get(id, '/sleeps?0.5')));
    const began = performance.now();
    for (let i = 0; i < 8; i++) await lane.frame();
    assert.ok(performance.now() - began < 1_900);
  });

  test('STOP: a trap that exits ends nothing too early, and at_exit is heard', async () => {
    const { host, lane } = await started('leaves.rb');
    lane.send(get(1, '/'), { type: STOP });
    assert.equal((await lane.frame())?.body.toString(), 'here');
    assert.deepEqual(await host.exited, { code: 0, signal: null });
    assert.equal(host.stdout, 'trapped\nat exit\n');
  });

  test('an http function takes bodies up to 16 MiB, and says so beyond', async () => {
    const { host, lane } = await started('echo.rb');
    const side = await host.line();
    side.send({ ...get(1, '/'), flags: STREAM });
    const writing = (async () => {
      for (let i = 0; i < 20 && !side.socket.destroyed; i++) await side.write(chunk(Buffer.alloc(1 << 20)));
    })();
    const answer = await side.frame();
    assert.equal(answer?.status, 413);
    assert.match(answer?.body.toString() ?? '', /16 MiB/);
    await side.ended();
    side.close();
    await writing;
    assert.equal((await ask(lane, '/', 'again')).body.toString(), 'again');
  });
});
