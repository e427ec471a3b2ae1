// Each signature compiled with a small function of its own.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FAULT, type Frame, HEAD, headers } from '../conformance/driver.ts';
import { call, type HostUnderTest, next, type Running, start } from '../conformance/host-under-test.ts';
import { answerOn, callStreaming, fetchOn, sendBody, wholeBody } from '../conformance/side.ts';
import { type Built, build, missing, raceEnv } from './build.fixtures.ts';

const SDK = 'github.com/openfaas/templates-sdk/go-http';
const SDK_VERSION = 'v0.0.0-20220408082716-5981c545cb03';

/** Runs the program with the function loaded. */
async function running(built: Built, use: (host: Running) => Promise<void>): Promise<void> {
  assert.ok('program' in built, 'refused' in built ? built.refused : '');
  const entries = {} as HostUnderTest['entries'];
  const under = {
    command: [built.program],
    runtime: 'go',
    env: raceEnv,
    fixtures: import.meta.dirname,
    entries,
  };
  // Any file will do as the entry: the function is in the program.
  const host = await start(under, { entry: 'go.mod' });
  try {
    await use(host);
  } finally {
    await host.host.kill();
  }
}

async function ask({ lane }: Running, target: string, body = '', head = ''): Promise<Frame> {
  call(lane, 1, target, { method: body === '' ? 'GET' : 'POST', head, body: Buffer.from(body) });
  return next(lane);
}

test('go adapters', { skip: missing ?? false, timeout: 600_000 }, async (t) => {
  await t.test('classic: bytes in, text out', () =>
    running(build({ signature: 'classic', fixture: 'classic' }), async (host) => {
      const answer = await ask(host, '/', 'hello');
      assert.deepEqual([answer.status, answer.body.toString()], [200, 'classic HELLO']);
      call(host.lane, 1, '/', { method: 'HEAD' });
      const head = await next(host.lane);
      assert.deepEqual([headers(head, 'content-length'), head.body.length], [['8'], 0]);
      const side = await host.host.line();
      callStreaming(side, 1, '/');
      await sendBody(side, Buffer.alloc(100_000, 'x'));
      const large = await answerOn(side);
      assert.equal(large.body.length, 'classic '.length + 100_000);
      assert.deepEqual(headers(large.answer, 'content-length'), [String(large.body.length)]);
    }),
  );

  await t.test('middleware: a handler of net/http', () =>
    running(build({ signature: 'middleware', fixture: 'middleware' }), async (host) => {
      const answer = await ask(host, '/a/b?c', 'hello', 'x-forwarded-for:192.0.2.7, 10.0.0.1\n');
      assert.deepEqual([answer.status, answer.body.toString()], [201, 'middleware POST /a/b hello']);
      assert.deepEqual(headers(answer, 'x-from'), ['192.0.2.7:0']);
      assert.deepEqual(headers(answer, 'content-type'), ['text/plain; charset=utf-8']);
    }),
  );

  await t.test('http: a request and a response of the SDK', (t) => http(t, fetched()));
  await t.test('http, with a stand-in for the SDK', (t) => http(t, standIn()));
});

/** With the SDK itself, as a build does it. */
function fetched(): Built {
  return build({ signature: 'http', fixture: 'http', before: [['get', `${SDK}@${SDK_VERSION}`]] });
}

function standIn(): Built {
  const replace = `-replace=${SDK}=./sdk`;
  const before = [['mod', 'edit', `-require=${SDK}@${SDK_VERSION}`, replace]];
  return build({ signature: 'http', fixture: 'http', beside: { sdk: 'stand-in' }, before });
}

async function http(t: TestContext, built: Built): Promise<void> {
  if ('refused' in built && built.refused.includes(SDK)) {
    t.skip(`the SDK cannot be fetched here: ${built.refused.trim().split('\n').at(-1)}`);
    return;
  }
  await running(built, async (host) => {
    const answer = await ask(host, '/', 'hello', 'x-ask:1\nx-ask:2\n');
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'http POST example.test hello']);
    assert.deepEqual(headers(answer, 'x-ask'), ['1', '2']);
    const failed = await ask(host, '/?fail');
    assert.deepEqual([failed.status, failed.flags & FAULT, failed.body.toString()], [500, FAULT, 'no luck']);
    await host.host.printed('no luck\n', 'stderr');
    const large = await ask(host, '/', 'x'.repeat(65_536));
    assert.equal(large.type, HEAD);
    const side = await host.host.line();
    fetchOn(side, large);
    assert.deepEqual(headers(large, 'content-length'), [String((await wholeBody(side)).length)]);
  });
}
