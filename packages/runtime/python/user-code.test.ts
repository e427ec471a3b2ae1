// What only the Python host has to get right: threads that come in when a handler blocks, interruption of pure Python
// code, the shapes a handler may return, and user code that closes, forks or prints where it shouldn't.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import {
  ANSWER,
  CALL,
  CANCEL,
  chunk,
  DONE,
  FAULT,
  FETCH,
  HEAD,
  headers,
  Host,
  LAST_CHUNK,
  type Line,
  LOAD,
  LOADED,
  PING,
  PONG,
  STREAM,
} from '../conformance/driver.ts';
import { host as python, missing } from './host.fixtures.ts';

const hosts: Host[] = [];
after(() => Promise.all(hosts.map((host) => host.kill())));

async function started(
  entry: string,
  more: object = {},
): Promise<{ host: Host; lane: Line; loaded: Record<string, unknown> }> {
  const host = new Host(python);
  hosts.push(host);
  await host.ready;
  const lane = await host.line();
  const order = {
    namespace: 'test',
    name: 'f',
    version: 1,
    code: python.fixtures,
    entry,
    signature: 'auto',
    env: {},
    ...more,
  };
  lane.send({ type: LOAD, head: JSON.stringify(order) });
  const loaded = await lane.frame();
  assert.equal(loaded?.type, LOADED);
  return { host, lane, loaded: JSON.parse(loaded.head) };
}

const get = (id: number, target: string, body = '', more = '') => ({
  type: CALL,
  id,
  aux: 60_000,
  head: `GET ${target}\nhost:x\n${more}`,
  body: Buffer.from(body),
});

async function ask(lane: Line, target: string, body = '', more = '') {
  lane.send(get(7, target, body, more));
  const answer = await lane.frame();
  assert.equal(answer?.type, ANSWER, target);
  return answer;
}

/** How often the threads of a process have gone to sleep so far, as text. */
function switches(pid: number): string {
  return readdirSync(`/proc/${pid}/task`)
    .map(
      (task) =>
        /^voluntary_ctxt_switches:.*/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'))?.[0],
    )
    .join();
}

describe('the python host', { skip: missing ?? false, timeout: 60_000 }, () => {
  test('eight blocking handlers run at once, and a ninth waits', async () => {
    const { lane } = await started('signatures.py');
    await ask(lane, '/nothing');
    const began = performance.now();
    lane.send(...Array.from({ length: 16 }, (_, id) => get(id + 1, '/sleeps?seconds=2')));
    lane.send({ type: PING, id: 99 });
    const first = await lane.frame();
    assert.equal(first?.type, PONG, 'PING waits for no handler');
    for (let i = 0; i < 16; i++) assert.equal((await lane.frame())?.body.toString(), 'slept');
    const took = performance.now() - began;
    assert.ok(took > 3_990 && took < 5_900, `${took} ms for two rounds of 2,000`);
  });

  test('quick calls pass a slow one', async () => {
    const { lane } = await started('signatures.py');
    lane.send(
      get(1, '/sleeps?seconds=3'),
      ...Array.from({ length: 500 }, (_, id) => get(id + 2, '/nothing')),
    );
    for (let i = 0; i < 500; i++) assert.notEqual((await lane.frame())?.id, 1);
    assert.equal((await lane.frame())?.id, 1);
  });

  test('pure Python is interrupted, and the thread is good for the next call', async () => {
    const { host, lane } = await started('signatures.py');
    for (let round = 1; round <= 20; round++) {
      lane.send(get(round, `/spins?key=k${round}`));
      await host.printed(`spinning k${round}`);
      lane.send({ type: CANCEL, id: round });
      const done = await lane.frame();
      assert.deepEqual([done?.type, done?.id], [DONE, round]);
      await host.printed(`Cancelled k${round}\n`);
      assert.equal((await ask(lane, '/nothing')).status, 200);
    }
  });

  test('cancelling at every moment gives exactly one end, and never hits a neighbour', async () => {
    const { lane } = await started('signatures.py');
    const ends = new Map<number, number>();
    const total = 3000;
    for (let base = 0; base < total; base += 100) {
      for (let id = base + 1; id <= base + 100; id++) {
        lane.send(get(id, id % 10 === 0 ? '/sleeps?seconds=0.001' : '/nothing'));
        if (id % 2 === 0) lane.send({ type: CANCEL, id });
        if (id % 7 === 0) await new Promise(setImmediate);
      }
      for (let i = 0; i < 100; i++) {
        const end = await lane.frame();
        assert.ok(end !== null);
        ends.set(end.id, (ends.get(end.id) ?? 0) + 1);
        if (end.type === ANSWER) assert.equal(end.status, 200);
        else assert.ok(end.type === DONE && end.id % 2 === 0);
      }
    }
    assert.equal(ends.size, total);
  });

  test('a handler that swallows the interruption is acknowledged when it returns', async () => {
    const { host, lane } = await started('signatures.py');
    lane.send(get(1, '/stubborn'));
    await host.printed('stubborn');
    lane.send({ type: CANCEL, id: 1 });
    const began = performance.now();
    assert.equal((await lane.frame())?.type, DONE);
    assert.ok(performance.now() - began > 300);
  });

  test('the shapes of an answer', async () => {
    const { lane } = await started('signatures.py');
    assert.equal((await ask(lane, '/nothing')).body.length, 0);
    const pair = await ask(lane, '/pair');
    assert.deepEqual([pair.status, pair.body.toString(), headers(pair, 'x-one')], [201, 'made', ['1', '2']]);
    const thing = await ask(lane, '/thing');
    assert.deepEqual(
      [JSON.parse(thing.body.toString()), headers(thing, 'content-type')],
      [{ a: [1, 2] }, ['application/json']],
    );
    assert.equal((await ask(lane, '/listed')).body.toString(), '[1, 2]');
    assert.equal((await ask(lane, '/coroutine')).body.toString(), 'awaited');
    const greek = await ask(lane, '/greek');
    assert.equal(greek.flags, FAULT);
    assert.match(greek.body.toString(), /not Latin-1/);
  });

  test('headers that compare as equal but read differently are not mistaken for each other', async () => {
    const { lane } = await started('answer.py');
    const sent = [1, true, 1.5, '1', 'true', ['1', '2'], null, '1', true, 1];
    const got = [];
    for (const [at, value] of sent.entries()) {
      const body = JSON.stringify({ status: 200, headers: { 'X-It': value }, body: '' });
      lane.send(get(at + 1, '/', body));
      got.push((await lane.frame())?.head.replaceAll('content-type:text/plain; charset=utf-8\n', ''));
    }
    const line = (text: string): string => `x-it:${text}\n`;
    assert.deepEqual(
      got,
      ['1', 'True', '1.5', '1', 'true', ['1', '2'], [], '1', 'True', '1'].map((texts) =>
        [texts].flat().map(line).join(''),
      ),
    );
  });

  test('the request as a Flask request shows it', async () => {
    const { lane } = await started('signatures.py');
    lane.send({
      ...get(1, '/seen?a=1&a=2%20+3&n=x'),
      head: 'GET /s%65en?a=1&a=2%20+3&n=x\ncontent-type:text/x\n',
    });
    const answer = await lane.frame();
    assert.deepEqual(JSON.parse(answer?.body.toString() ?? ''), {
      path: '/seen',
      query: { a: '1', n: 'x' },
      list: ['1', '2  3'],
      int: 0,
      header: 'text/x',
      none: null,
      names: ['Content-Type'],
      host: true,
      cancelled: false,
    });
  });

  test('sys.exit is a fault; forks, pools, closed descriptors and a changed folder do no harm', async () => {
    const { lane } = await started('signatures.py');
    const left = await ask(lane, '/leaves');
    assert.deepEqual([left.status, left.flags, left.body.toString()], [500, FAULT, 'SystemExit: leaving']);
    assert.equal((await ask(lane, '/forks')).body.toString(), 'child ended with 0');
    assert.equal((await ask(lane, '/pool')).body.toString(), '[1, 2, 3]');
    assert.equal((await ask(lane, '/moves')).body.toString(), '/');
    assert.equal((await ask(lane, '/closes')).body.toString(), 'closed');
    assert.equal((await ask(lane, '/leaves')).flags, FAULT);
    assert.equal((await ask(lane, '/nothing')).status, 200);
  });

  test('classic: printed first, then returned; child processes count, standard error does not', async () => {
    const { host, lane, loaded } = await started('printing.py');
    assert.deepEqual([loaded.signature, loaded.concurrency], ['classic', 1]);
    assert.equal((await ask(lane, '/', 'child')).body.toString(), 'first\nfrom the child\nreturned\n');
    assert.equal((await ask(lane, '/', 'none')).body.toString(), 'only printed\n');
    const thrown = await ask(lane, '/', 'throws');
    assert.deepEqual([thrown.flags, thrown.body.toString()], [FAULT, 'ValueError: no']);
    assert.equal((await ask(lane, '/', 'log')).body.toString(), '\n');
    await host.printed('to the log', 'stderr');
    assert.equal(host.stdout, '');
    lane.send({ ...get(1, '/'), body: Buffer.from([0xff, 0x41]) });
    assert.deepEqual((await lane.frame())?.body, Buffer.from([0xff, 0x41, 0x0a]));
  });

  test('classic: slow calls go one by one, and each has what it printed', async () => {
    const { lane } = await started('printing.py');
    lane.send(...Array.from({ length: 12 }, (_, id) => get(id, '/', `slow${id}`)));
    for (let id = 0; id < 12; id++) {
      const answer = await lane.frame();
      assert.equal(answer?.body.toString(), `printed slow${id}\nshell slow${id}\nslow${id}\n`);
    }
  });

  test('after slow calls, quick ones are run in place again, and idleness is complete', async () => {
    const { host, lane } = await started('signatures.py');
    lane.send(...Array.from({ length: 8 }, (_, id) => get(id, '/sleeps?seconds=0.02')));
    for (let i = 0; i < 8; i++) await lane.frame();
    for (let i = 0; i < 300; i++) await ask(lane, '/nothing');
    await new Promise((resolve) => setTimeout(resolve, 2600));
    const before = switches(host.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(switches(host.pid), before, 'a thread woke up');
  });

  test('the main thread stays the main thread for code that imports threading late', async () => {
    const { host, lane } = await started('signatures.py');
    const answers: string[] = [];
    lane.send(...Array.from({ length: 8 }, (_, id) => get(id + 1, '/thread')));
    for (let i = 0; i < 8; i++) answers.push((await lane.frame())?.body.toString() ?? '');
    const mains = new Set(answers.map((answer) => answer.split(' ')[0]));
    assert.equal(mains.size, 1, answers.join('; '));
    assert.ok(new Set(answers.map((answer) => answer.split(' ')[1])).size > 1);
    assert.ok(
      answers.some((answer) => answer.split(' ')[0] === answer.split(' ')[1]),
      host.stderr,
    );
  });

  test('wsgi.input streams, and a body that is cut short is an error where it is read', async () => {
    const { host, lane, loaded } = await started('upload.py');
    assert.deepEqual([loaded.signature, loaded.concurrency], ['wsgi', 8]);
    const side = await host.line();
    side.send({ ...get(1, '/?whole'), flags: STREAM, body: Buffer.alloc(0) });
    const before = host.status('RssAnon');
    for (let i = 0; i < 64; i++) await side.write(chunk(Buffer.alloc(1 << 20)));
    assert.ok(host.status('RssAnon') - before < 16 * 1024);
    await side.write(LAST_CHUNK);
    assert.equal((await side.frame())?.body.toString(), String(64 << 20));
    side.send({ ...get(2, '/?half'), flags: STREAM, body: Buffer.alloc(0) });
    await side.write(chunk('half'));
    await host.printed('reading half');
    side.socket.end();
    await host.printed('cut half');
    await side.ended();
    assert.equal((await ask(lane, '/?lane', 'abc')).body.toString(), '3');
  });

  test('an event function takes bodies up to 16 MiB, and says so beyond', async () => {
    const { host, lane } = await started('echo.py');
    const side = await host.line();
    side.send({ ...get(1, '/'), flags: STREAM, body: Buffer.alloc(0) });
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

  test('an answer over 64 KiB waits to be fetched', async () => {
    const { host, lane } = await started('big.py');
    lane.send(get(5, '/?size=300000'));
    const head = await lane.frame();
    assert.equal(head?.type, HEAD);
    const side = await host.line();
    side.send({ type: FETCH, aux: head?.aux ?? 0 });
    let size = 0;
    const whole = await side.body((piece) => {
      size += piece.length;
    });
    assert.ok(whole);
    assert.equal(size, 300000);
    side.close();
  });
});
