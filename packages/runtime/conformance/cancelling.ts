// Nobody waits any more: the function is told, and the host says that it holds nothing.
import assert from 'node:assert/strict';
import { CANCEL, DONE, LAST_CHUNK, PING, PONG } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';
import { callStreaming, fetchOn } from './side.ts';

export function cancelling(under: HostUnderTest): void {
  const it = testsOf(under);

  it('patient', 'tells the function, and is done', async ({ host, lane }) => {
    call(lane, 1, '/?key=a');
    call(lane, 2, '/?key=b');
    await host.printed('waiting a\n');
    await host.printed('waiting b\n');
    lane.send({ type: CANCEL, id: 1 });
    const done = await next(lane);
    assert.deepEqual([done.type, done.id], [DONE, 1]);
    await host.printed('cancelled a\n');
    assert.ok(!host.stdout.includes('cancelled b'));
    // Nothing else is said about the call, and its id is free again.
    call(lane, 1, '/?key=c');
    await host.printed('waiting c\n');
    lane.send({ type: PING, id: 3 });
    assert.equal((await next(lane)).type, PONG);
  });

  it('hello', 'takes no notice of a cancel that comes too late', async ({ lane }) => {
    call(lane, 1, '/');
    await next(lane);
    lane.send({ type: CANCEL, id: 1 }, { type: CANCEL, id: 999 }, { type: PING, id: 2 });
    assert.equal((await next(lane)).type, PONG);
  });

  it('endless', 'cancels a stream that was announced', async ({ host, lane }) => {
    call(lane, 1, '/?key=announced');
    const announced = await next(lane);
    lane.send({ type: CANCEL, id: 1 });
    const done = await next(lane);
    assert.deepEqual([done.type, done.id], [DONE, 1]);
    await host.printed('gone announced\n');
    const side = await host.line();
    fetchOn(side, announced);
    await side.ended();
  });

  it('endless', 'cancels a stream that is being fetched', async ({ host, lane }) => {
    call(lane, 1, '/?key=fetched');
    const side = await host.line();
    fetchOn(side, await next(lane));
    assert.equal((await side.chunk())?.length, 65536);
    lane.send({ type: CANCEL, id: 1 });
    assert.equal((await next(lane)).type, DONE);
    await side.ended();
    await host.printed('gone fetched\n');
  });

  it('patient', 'is cancelled on a side connection by the end of the half', async ({ host }) => {
    const side = await host.line();
    callStreaming(side, 1, '/?key=side');
    await side.write(LAST_CHUNK);
    await host.printed('waiting side\n');
    side.socket.end();
    await side.ended();
    await host.printed('cancelled side\n');
  });

  it(
    'patient',
    'is cancelled although nobody reads its body, and another call with the same id is not',
    async ({ host, lane }) => {
      call(lane, 7, '/?key=kept');
      await host.printed('waiting kept\n');
      const side = await host.line();
      callStreaming(side, 7, '/?key=unread');
      // More than a socket holds, and less than was announced: its end lies behind what is never read.
      side.socket.write(Buffer.concat([Buffer.from([0, 0x40, 0, 0]), Buffer.alloc(2 ** 20)]));
      lane.send({ type: PING, id: 1 });
      assert.equal((await next(lane)).type, PONG);
      side.socket.end();
      lane.send({ type: CANCEL, id: 7, aux: 1 });
      await side.ended();
      lane.send({ type: CANCEL, id: 7 });
      assert.deepEqual([(await next(lane)).type], [DONE]);
      await host.printed('cancelled kept\n');
    },
  );

  it('patient', 'is cancelled although the cancel overtakes the call', async ({ host, lane }) => {
    lane.send({ type: CANCEL, id: 7, aux: 1 }, { type: PING, id: 1 });
    assert.equal((await next(lane)).type, PONG);
    const side = await host.line();
    callStreaming(side, 7, '/?key=overtaken');
    side.socket.write(Buffer.concat([Buffer.from([0, 0x40, 0, 0]), Buffer.alloc(2 ** 20)]));
    side.socket.end();
    await side.ended();
    // What was said of one call is not said of the next.
    const another = await host.line();
    callStreaming(another, 7, '/?key=next');
    await another.write(LAST_CHUNK);
    await host.printed('waiting next\n');
  });

  it('endless', 'stops streaming when a side connection ends its half', async ({ host }) => {
    const side = await host.line();
    callStreaming(side, 1, '/?key=half');
    await side.write(LAST_CHUNK);
    await next(side);
    await side.chunk();
    side.socket.end();
    await side.ended();
    await host.printed('gone half\n');
  });

  it('patient', 'cancels the calls of a lane that is lost, and no others', async ({ host, lane }) => {
    const second = await host.line();
    call(lane, 1, '/?key=kept');
    call(second, 1, '/?key=lost');
    await host.printed('waiting kept\n');
    await host.printed('waiting lost\n');
    second.close();
    await host.printed('cancelled lost\n');
    lane.send({ type: PING, id: 9 });
    assert.equal((await next(lane)).type, PONG);
    assert.ok(!host.stdout.includes('cancelled kept'));
  });

  it('hello', 'serves several lanes, each with its own ids', async ({ host, lane }) => {
    const lanes = [lane, await host.line(), await host.line()];
    for (const one of lanes) call(one, 1, '/');
    for (const one of lanes) assert.equal((await next(one)).body.toString(), 'hello');
  });
}
