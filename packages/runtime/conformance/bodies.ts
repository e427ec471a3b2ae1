// Bodies that don't fit into a frame, both ways, in bounded memory.
import assert from 'node:assert/strict';
import { ANSWER, chunk, FETCH, HEAD, LAST_CHUNK, STREAM } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';
import { answerOn, callStreaming, fetchOn, pattern, sendBody, wholeBody } from './side.ts';

const MEBI = 1 << 20;
/** What a host may hold of bodies that stream through it, its own heap's growth included. */
const BOUND = 48 * 1024;

export function bodies(under: HostUnderTest): void {
  const it = testsOf(under);

  for (const size of [0, 1, 100 * 1024, MEBI]) {
    it('echo', `takes and gives ${size} bytes on a side connection`, async ({ host }) => {
      const side = await host.line();
      const bytes = pattern(size);
      callStreaming(side, 1, '/', 'content-type:application/octet-stream\n');
      await sendBody(side, bytes);
      const { answer, body } = await answerOn(side);
      assert.equal(answer.status, 200);
      assert.equal(answer.id, 1);
      assert.equal(answer.type, size <= 65536 ? ANSWER : HEAD);
      assert.ok(body.equals(bytes));
    });
  }

  it('echo', 'takes the lengths of chunks cut anywhere, and one call after another', async ({ host }) => {
    const side = await host.line();
    for (let id = 1; id <= 3; id++) {
      callStreaming(side, id, '/');
      const bytes = Buffer.concat([chunk('ab'), chunk('c'), chunk('defg'), LAST_CHUNK]);
      for (const byte of bytes) {
        await new Promise<void>((resolve) =>
          side.socket.write(Buffer.from([byte]), () => setImmediate(resolve)),
        );
      }
      const { body } = await answerOn(side);
      assert.equal(body.toString(), 'abcdefg');
    }
  });

  it(
    'big',
    'announces what is over 64 KiB on the lane, and sends it where it is fetched',
    async ({ host, lane }) => {
      call(lane, 1, '/?size=65536');
      assert.equal((await next(lane)).type, ANSWER);
      const side = await host.line();
      for (const size of [65537, MEBI]) {
        call(lane, 2, `/?size=${size}`);
        const announced = await next(lane);
        assert.deepEqual(
          [announced.type, announced.id, announced.status, announced.body.length],
          [HEAD, 2, 200, 0],
        );
        fetchOn(side, announced);
        assert.ok((await wholeBody(side)).equals(pattern(size)));
      }
    },
  );

  it('big', 'sends 64 MiB to a slow reader', async ({ host, lane }) => {
    call(lane, 1, `/?size=${64 * MEBI}`);
    const side = await host.line();
    fetchOn(side, await next(lane));
    let at = 0;
    let pause = 0;
    const whole = await side.body(async (piece) => {
      for (let i = 0; i < piece.length; i += 997) assert.equal(piece[i], (at + i) % 251);
      at += piece.length;
      if (++pause % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    });
    assert.ok(whole);
    assert.equal(at, 64 * MEBI);
  });

  it('pipe', 'streams 64 MiB through at the pace of a slow reader, in bounded memory', async ({ host }) => {
    const side = await host.line();
    callStreaming(side, 1, '/', 'content-type:application/octet-stream\n');
    const block = chunk(pattern(65536));
    const total = (64 * MEBI) / 65536;
    await side.write(block);
    const head = await next(side);
    assert.deepEqual(
      [head.type, head.flags & STREAM],
      [HEAD, STREAM],
      'the answer begins before the body has ended',
    );
    const before = host.status('RssAnon');
    let sent = 1;
    const writing = (async () => {
      for (; sent < total; sent++) await side.write(block);
      await side.write(LAST_CHUNK);
    })();
    await stalled(() => sent);
    assert.ok(sent < 256, `with nobody reading the host took ${sent} blocks of 64 KiB`);
    let received = 0;
    let most = 0;
    const whole = await side.body((piece) => {
      received += piece.length;
      if (received % (4 * MEBI) < piece.length) most = Math.max(most, host.status('RssAnon'));
    });
    await writing;
    assert.ok(whole);
    assert.equal(received, 64 * MEBI);
    assert.ok(most - before < BOUND, `memory grew by ${most - before} KiB`);
  });

  it('count', 'reads 64 MiB in bounded memory', async ({ host }) => {
    const side = await host.line();
    callStreaming(side, 1, '/?key=a');
    const block = chunk(Buffer.alloc(MEBI));
    const before = host.status('RssAnon');
    let most = 0;
    for (let i = 0; i < 64; i++) {
      await side.write(block);
      most = Math.max(most, host.status('RssAnon'));
    }
    await side.write(LAST_CHUNK);
    const { body } = await answerOn(side);
    assert.equal(body.toString(), String(64 * MEBI));
    assert.ok(most - before < BOUND, `memory grew by ${most - before} KiB`);
  });

  it('endless', 'does not run ahead of a reader that stands still', async ({ host, lane }) => {
    call(lane, 1, '/?key=still');
    const side = await host.line();
    const announced = await next(lane);
    const before = host.status('RssAnon');
    fetchOn(side, announced);
    for (let i = 0; i < 100; i++) assert.equal((await side.chunk())?.length, 65536);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(host.status('RssAnon') - before < BOUND);
    side.close();
    await host.printed('gone still\n');
  });

  it(
    'refuse',
    'ends the connection after an answer that did not wait for the body',
    async ({ host, lane }) => {
      const side = await host.line();
      callStreaming(side, 1, '/');
      const block = chunk(Buffer.alloc(MEBI));
      const writing = (async () => {
        for (let i = 0; i < 64 && !side.socket.destroyed; i++) await side.write(block);
      })();
      const answer = await next(side);
      assert.deepEqual([answer.type, answer.status, answer.body.toString()], [ANSWER, 413, 'too much']);
      await side.ended();
      side.close();
      await writing;
      call(lane, 2, '/');
      assert.equal((await next(lane)).status, 413);
    },
  );

  it('count', 'never takes half a body for the whole', async ({ host }) => {
    for (const [key, bytes] of Object.entries({
      between: chunk('half'),
      within: chunk('half').subarray(0, 6),
      length: Buffer.concat([chunk('half'), Buffer.from([0, 0])]),
    })) {
      const side = await host.line();
      callStreaming(side, 1, `/?key=${key}`);
      await side.write(bytes);
      side.socket.end();
      await host.printed(`cut ${key}\n`);
      await side.ended();
    }
  });

  it('big', 'ends a connection that fetches what nobody announced', async ({ host }) => {
    const side = await host.line();
    side.send({ type: FETCH, aux: 4711 });
    await side.ended();
  });
}

/** Waits until a number has stopped growing. */
async function stalled(number: () => number): Promise<void> {
  for (let last = -1; last !== number(); ) {
    last = number();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
