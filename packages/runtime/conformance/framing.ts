// Frames: cut, merged, unknown, too large.
import assert from 'node:assert/strict';
import { ANSWER, CALL, encode, PING, PONG } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';

export function framing(under: HostUnderTest): void {
  const it = testsOf(under);

  it('hello', 'understands a frame that comes byte by byte', async ({ lane }) => {
    const bytes = encode({ id: 5, type: CALL, aux: 1000, head: 'GET /\nhost:x\n' });
    lane.socket.setNoDelay();
    for (const byte of bytes) {
      await new Promise<void>((resolve) =>
        lane.socket.write(Buffer.from([byte]), () => setImmediate(resolve)),
      );
    }
    const answer = await next(lane);
    assert.deepEqual(
      [answer.id, answer.type, answer.status, answer.body.toString()],
      [5, ANSWER, 200, 'hello'],
    );
  });

  it('hello', 'understands many frames in one write, cut anywhere', async ({ lane }) => {
    const frames = [];
    for (let id = 1; id <= 500; id++)
      frames.push(encode({ id, type: CALL, aux: 1000, head: 'GET /\nhost:x\n' }));
    const bytes = Buffer.concat(frames);
    for (let at = 0; at < bytes.length; at += 4099) {
      lane.socket.write(bytes.subarray(at, at + 4099));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ids = new Set<number>();
    for (let i = 0; i < 500; i++) ids.add((await next(lane)).id);
    assert.equal(ids.size, 500);
  });

  it('hello', 'takes ids of the whole range', async ({ lane }) => {
    for (const id of [1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      call(lane, id, '/');
      assert.equal((await next(lane)).id, id);
    }
  });

  it('hello', 'ignores types that it does not know', async ({ lane }) => {
    lane.send(
      { type: 99, id: 3, head: 'what', body: Buffer.from('ever') },
      { type: 255 },
      { type: PING, id: 4 },
    );
    const answer = await next(lane);
    assert.deepEqual([answer.type, answer.id], [PONG, 4]);
  });

  it('gate', 'answers a ping with its id while calls wait', async ({ lane }) => {
    call(lane, 1, '/wait?key=a');
    lane.send({ type: PING, id: 77 });
    const pong = await next(lane);
    assert.deepEqual([pong.type, pong.id], [PONG, 77]);
  });

  it(
    'hello',
    'ends a connection whose frame is larger than 1 MiB, and serves the next',
    async ({ host, lane }) => {
      const broken = await host.line();
      const header = Buffer.alloc(20);
      header.writeUInt32BE((1 << 20) + 1);
      header[8] = CALL;
      broken.socket.write(header);
      await broken.ended();
      call(lane, 1, '/');
      assert.equal((await next(lane)).status, 200);
    },
  );

  it(
    'hello',
    'ends a connection whose frame is too small, or whose head is larger than the frame',
    async ({ host }) => {
      const short = await host.line();
      short.socket.write(Buffer.alloc(20));
      await short.ended();
      const bytes = encode({ id: 1, type: CALL, head: 'GET /\n' });
      bytes.writeUInt32BE(4000, 16);
      const wrong = await host.line();
      wrong.socket.write(bytes);
      await wrong.ended();
    },
  );
}
