// What only the Java host has to get right: OpenFaaS's contract, the JDK's HttpHandler on frames, threads, and the end by hooks.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import {
  ANSWER,
  CALL,
  CANCEL,
  DONE,
  FAULT,
  FETCH,
  type Frame,
  HEAD,
  headers,
  type Host,
  type Line,
  STOP,
} from '../conformance/driver.ts';
import { next, start } from '../conformance/host-under-test.ts';
import { answerOn, callStreaming, pattern, sendBody, wholeBody } from '../conformance/side.ts';
import { code, flags, host as java, missing, tool } from './host.fixtures.ts';

async function started(
  t: TestContext,
  entry: string,
  order: object = {},
): Promise<{ host: Host; lane: Line }> {
  const running = await start(java, { entry }, { ...order });
  t.after(() => running.host.kill());
  return running;
}

const frame = (id: number, target: string, body = '', head = 'host:x\n'): Partial<Frame> => ({
  type: CALL,
  id,
  aux: 60_000,
  head: `${body === '' ? 'GET' : 'POST'} ${target}\n${head}`,
  body: Buffer.from(body),
});

async function ask(lane: Line, target: string, body = '', head = 'host:x\n'): Promise<Frame> {
  lane.send(frame(7, target, body, head));
  return next(lane);
}

const text = (answer: Frame): string => answer.body.toString();

describe('a Java function', { skip: missing ?? false, concurrency: 2, timeout: 60_000 }, () => {
  test("sees a request as OpenFaaS's templates show it", async (t) => {
    const { lane } = await started(t, 'com.openfaas.function.Handler');
    const head = 'Host:example.test\nX-One:1\nx-one:2\ncookie:a=1\ncookie:b=2\n';
    const answer = await ask(lane, '/user/7%20a/empty?q=a%26b+c&q=last&flag&bad=%zz', 'grüß dich', head);
    assert.deepEqual(text(answer).split('\n'), [
      'body grüß dich',
      'query q=a%26b+c&q=last&flag&bad=%zz {q=last, flag=, bad=%zz}',
      'path /user/7%20a/empty {user=7 a, empty=}',
      'header 1, 2 1, 2 null',
      'names [cookie, Host, X-One]',
      'cookie a=1; b=2',
    ]);
    assert.deepEqual(headers(answer, 'content-type'), ['text/plain; charset=utf-8']);
  });

  test('says status and content type, once', async (t) => {
    const { lane } = await started(t, 'com.openfaas.function.Handler');
    assert.equal((await ask(lane, '/?status=404')).status, 404);
    for (const [query, type] of [
      ['type=a/b', 'a/b'],
      ['header=c/d', 'c/d'],
      ['header=c/d&type=a/b', 'a/b'],
    ]) {
      assert.deepEqual(headers(await ask(lane, `/?${query}`), 'content-type'), [type]);
    }
    const none = await ask(lane, '/?none');
    assert.deepEqual([none.flags, text(none)], [FAULT, 'the function returned no response']);
  });

  for (const entry of ['auto', '', '.', 'src/main/java/com/openfaas/function/Handler.java', 'pom.xml/..']) {
    test(`is found where templates have it, by the entry "${entry}"`, async (t) => {
      const { lane } = await started(t, entry);
      assert.match(text(await ask(lane, '/')), /^body /);
    });
  }

  test('may be text in, text out', async (t) => {
    const method = await started(t, 'ClassicMethod');
    assert.equal(text(await ask(method.lane, '/', 'twice')), 'twice 1');
    assert.equal(text(await ask(method.lane, '/', 'twice')), 'twice 2');
    assert.equal(text(await ask(method.lane, '/')), '');
    const fault = await ask(method.lane, '/', 'throws');
    assert.deepEqual([fault.flags, text(fault)], [FAULT, 'IllegalArgumentException: no such thing']);
    await method.host.printed('at ClassicMethod.handle', 'stderr');
    assert.doesNotMatch(method.host.stderr, /wherry/);
    assert.equal(text(await ask((await started(t, 'ClassicStatic')).lane, '/', 'x')), 'static x');
    assert.equal(text(await ask((await started(t, 'ClassicFunction')).lane, '/', 'x')), 'function x');
  });

  test('gets and gives bytes that are no text, large ones too', async (t) => {
    const { host, lane } = await started(t, 'Echo');
    lane.send({ ...frame(1, '/'), body: pattern(500) });
    assert.ok((await next(lane)).body.equals(pattern(500)));
    const side = await host.line();
    callStreaming(side, 1, '/a%2Fb?c', 'x-ask:one\n');
    await sendBody(side, pattern(3_000_000));
    const { answer, body } = await answerOn(side);
    assert.deepEqual([headers(answer, 'x-target'), headers(answer, 'x-ask')], [['/a%2Fb?c'], ['one']]);
    assert.ok(body.equals(pattern(3_000_000)));
  });

  test('is refused a body that is too large to be held', async (t) => {
    const { host } = await started(t, 'ClassicFunction');
    const side = await host.line();
    callStreaming(side, 1, '/');
    const writing = sendBody(side, Buffer.alloc(17 << 20), 1 << 20);
    const answer = await next(side);
    assert.equal(answer.status, 413);
    assert.match(text(answer), /up to \d+ KiB/);
    await side.ended();
    side.close();
    await writing;
  });
});

describe('an HttpHandler', { skip: missing ?? false, concurrency: 2, timeout: 60_000 }, () => {
  const answers: [string, number, number, RegExp][] = [
    ['/unflushed', 0, 200, /^(piece ){10}$/],
    ['/later', 0, 200, /^from another thread$/],
    ['/no-body', FAULT, 500, /^$/],
    ['/silent', FAULT, 500, /without an answer/],
    ['/short', FAULT, 500, /announced 10 bytes and wrote 5/],
    ['/long', FAULT, 500, /announced 2 bytes and writes more/],
    ['/bad', FAULT, 500, /named "X bad", which is not allowed/],
    ['/twice', 0, 200, /^once$/],
    ['/interrupts', 0, 200, /^interrupted$/],
    ['/overflow', FAULT, 500, /^StackOverflowError$/],
    ['/exhausted', FAULT, 500, /^OutOfMemoryError: /],
  ];
  test('answers in one frame what is small, or says what was wrong', async (t) => {
    const { host, lane } = await started(t, 'Various');
    for (const [target, flags, status, body] of answers) {
      const answer = await ask(lane, target);
      if (target === '/no-body')
        assert.deepEqual([answer.flags, answer.status, answer.body.length], [0, 204, 0]);
      else {
        assert.deepEqual([answer.type, answer.flags, answer.status], [ANSWER, flags, status], target);
        assert.match(text(answer), body, target);
      }
      assert.equal(text(await ask(lane, '/')), 'hello', `after ${target}`);
    }
    await host.printed('have been sent already', 'stderr');
  });

  test('sends in chunks what is more, though nobody flushes', async (t) => {
    const { host, lane } = await started(t, 'Various');
    const announced = await ask(lane, '/pieces');
    assert.equal(announced.type, HEAD);
    const side = await host.line();
    side.send({ type: FETCH, aux: announced.aux });
    assert.ok((await wholeBody(side)).equals(pattern(300_000)));
    // The same on the connection that brought the call, which takes the next one.
    for (let id = 1; id <= 2; id++) {
      callStreaming(side, id, '/pieces');
      await sendBody(side, Buffer.from('something'));
      const { answer, body } = await answerOn(side);
      assert.deepEqual([answer.type, answer.id], [HEAD, id]);
      assert.ok(body.equals(pattern(300_000)));
    }
  });

  test('sees caller, headers, query and context', async (t) => {
    const { lane } = await started(t, 'Various');
    const head = 'x-forwarded-for:192.0.2.7, 10.0.0.1\nX-TWO:a\nx-two:b\n';
    assert.equal(text(await ask(lane, '/seen?a=b%20c', '', head)), '192.0.2.7 [a, b] a=b c HTTP/1.1 /');
    assert.match(text(await ask(lane, '/seen')), /^127\.0\.0\.1 null null/);
  });
});

describe('the Java host', { skip: missing ?? false, concurrency: 2, timeout: 60_000 }, () => {
  test('runs a hundred calls that block, each on a thread', async (t) => {
    const { lane } = await started(t, 'Gate');
    lane.send(...Array.from({ length: 99 }, (_, i) => frame(100 + i, '/wait?key=all')));
    lane.send(frame(1, '/open?key=all'));
    const ids = new Set<number>();
    for (let i = 0; i < 100; i++) ids.add((await next(lane)).id);
    assert.equal(ids.size, 100);
  });

  test('takes a call back that waits behind another, and keeps order', async (t) => {
    const { host, lane } = await started(t, 'Patient', { concurrency: 1 });
    lane.send(frame(1, '/?key=first'), frame(2, '/?key=second'), frame(3, '/?key=third'));
    await host.printed('waiting first\n');
    lane.send({ type: CANCEL, id: 2 });
    assert.deepEqual([(await next(lane)).id], [2]);
    lane.send({ type: CANCEL, id: 1 });
    assert.deepEqual([(await next(lane)).id], [1]);
    await host.printed('waiting third\n');
    assert.ok(!host.stdout.includes('second'));
  });

  test('says that a call is done when its handler has returned, not before', async (t) => {
    const { host, lane } = await started(t, 'Various');
    lane.send(frame(1, '/stubborn'));
    await host.printed('stubborn');
    const since = performance.now();
    lane.send({ type: CANCEL, id: 1 });
    assert.equal((await next(lane)).type, DONE);
    assert.ok(performance.now() - since > 300);
  });

  test('answers what is in flight before it runs the shutdown hooks', async (t) => {
    const { host, lane } = await started(t, 'Stops');
    lane.send(frame(1, '/wait?key=k'), { type: STOP });
    lane.send(frame(2, '/open?key=other'));
    assert.equal((await next(lane)).id, 2);
    assert.equal(host.stdout, '');
    lane.send(frame(3, '/open?key=k'));
    const ids = [(await next(lane)).id, (await next(lane)).id];
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      [1, 3],
    );
    await host.printed('stopping\n');
    assert.equal((await host.exited).code, 0);
  });

  for (const [entry, status, said] of [
    ['Hello', 0, /^$/],
    ['Various', 0, /^$/],
    ['ClassicMethod', 0, /^$/],
    ['Raises', 0, /no luck/],
    ['Nothing', 1, /no-handler/],
    ['absent.Handler', 1, /not-found/],
  ] as const) {
    test(`rehearses with ${entry} and ends with ${status}`, async () => {
      const args = [...flags, '--rehearse', entry];
      const [ended, stderr] = await new Promise<[unknown, string]>((resolve) => {
        execFile(tool('java'), args, { cwd: code }, (error, _out, text) => resolve([error?.code ?? 0, text]));
      });
      assert.equal(ended, status, stderr);
      assert.match(stderr, said);
    });
  }
});
