// Before the function begins: the host listens, and waits for LOAD. The sentences of the suite's chapter on loading that hold for a
// program, and what is only true of one.
import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { CALL, Host, type Line, LOAD, LOADED, PING, PONG, STOP } from '../conformance/driver.ts';
import { next } from '../conformance/host-under-test.ts';
import { build, missing, raceEnv } from './build.fixtures.ts';

const EAGER = 'example.org/eager';
const here = import.meta.dirname;

function order(more: Record<string, unknown> = {}): string {
  return JSON.stringify({ namespace: 'n', name: 'early', code: here, entry: 'go.mod', env: {}, ...more });
}

async function loads(lane: Line, text: string): Promise<Record<string, unknown>> {
  lane.send({ type: LOAD, head: text });
  const frame = await next(lane);
  assert.equal(frame.type, LOADED);
  return JSON.parse(frame.head);
}

async function ask(lane: Line): Promise<string> {
  lane.send({ type: CALL, id: 1, head: 'GET /\n' });
  return (await next(lane)).body.toString();
}

describe('go host, early', { skip: missing ?? false }, () => {
  let command: string[];

  before(() => {
    const edit = ['mod', 'edit', `-require=${EAGER}@v0.0.0`, `-replace=${EAGER}=./eager`];
    const beside = { eager: 'eager' };
    const built = build({ signature: 'classic', fixture: 'early', beside, before: [edit] });
    assert.ok('program' in built, 'refused' in built ? built.refused : '');
    command = [built.program];
  });

  function it(sentence: string, body: (host: Host) => Promise<void>): void {
    test(sentence, { timeout: 20_000 }, async () => {
      const host = new Host({ command, env: raceEnv });
      try {
        await host.ready;
        await body(host);
      } finally {
        await host.kill();
      }
    });
  }

  it('the host says that it is ready, in one line', async (host) => {
    const ready = await host.ready;
    assert.deepEqual([ready.protocol, ready.runtime], [1, 'go']);
    assert.match(String(ready.version), /^\d+\.\d+(\.\d+)?$/);
    assert.equal(host.stdout + host.stderr, '');
  });

  it('a function and its dependency see environment, folder and arguments as they begin', async (host) => {
    const lane = await host.line();
    // Escapes, as another gateway may write them.
    const said = String.raw`"gr\u00fc\u00DF \ud83d\ude00 \"\\\/\t"`;
    await loads(lane, order({ env: { GREETING: '' } }).replace('"GREETING":""', `"GREETING":${said}`));
    assert.equal(await ask(lane), `grüß 😀 "\\/\t|${realpathSync(here)}|${here}/go.mod`);
  });

  it('signature and concurrency are told; a second function is refused and the first kept', async (host) => {
    const lane = await host.line();
    const first = await loads(lane, order({ concurrency: 7 }));
    assert.deepEqual(first, { ok: true, signature: 'classic', concurrency: 7 });
    const second = await loads(lane, order());
    assert.deepEqual([second.ok, second.kind], [false, 'again']);
    assert.match(await ask(lane), /go\.mod$/);
  });

  it('pings are answered, and what began before LOAD on other connections is not lost', async (host) => {
    const [lane, silent, cut] = [await host.line(), await host.line(), await host.line()];
    lane.send({ type: PING, id: 5 });
    assert.equal((await next(lane)).type, PONG);
    cut.socket.write(Buffer.from([0, 0]));
    assert.equal((await loads(lane, order())).concurrency, 100);
    lane.send({ type: PING, id: 6 });
    assert.equal((await next(lane)).type, PONG);
    cut.socket.write(Buffer.concat([Buffer.from([0, 16, 0, 0, 0, 7, PING]), Buffer.alloc(11)]));
    assert.equal((await next(cut)).id, 7);
    assert.match(await ask(silent), /go\.mod$/);
  });

  it('a host without a function is stopped, too', async (host) => {
    (await host.line()).send({ type: STOP });
    assert.deepEqual(await host.exited, { code: 0, signal: null });
  });

  for (const [what, text, kind, message] of [
    ['an order that is no JSON', '{"code":', 'threw', /not JSON/],
    ['a folder that is not there', order({ code: '/nowhere' }), 'not-found', /folder/],
    ['an entry that is not there', order({ entry: 'absent.file' }), 'not-found', /absent/],
    ['a signature that it was not built with', order({ signature: 'http' }), 'no-handler', /not http/],
  ] as const) {
    it(`${what} is explained`, async (host) => {
      const answer = await loads(await host.line(), text);
      assert.deepEqual([answer.ok, answer.kind], [false, kind]);
      assert.match(String(answer.message), message);
    });
  }
});
