// Answers that stream: each piece leaves when it is there. Proved by cause and effect: the next piece is only asked
// for when the last one has arrived.
import assert from 'node:assert/strict';
import { FETCH, HEAD, headers, LAST_CHUNK, STREAM } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';
import { callStreaming, fetchOn } from './side.ts';

export function streams(under: HostUnderTest): void {
  const it = testsOf(under);

  it('events', 'sends every event when it happens', async ({ host, lane }) => {
    call(lane, 1, '/start?key=k');
    const announced = await next(lane);
    assert.deepEqual([announced.type, announced.id, announced.status], [HEAD, 1, 200]);
    assert.match(headers(announced, 'content-type')[0] ?? '', /^text\/event-stream/);
    const side = await host.line();
    fetchOn(side, announced);
    for (let number = 1; number <= 5; number++) {
      assert.equal((await side.chunk())?.toString(), `data: ${number}\n\n`);
      call(lane, 1 + number, number < 5 ? '/next?key=k' : '/end?key=k');
      assert.equal((await next(lane)).body.toString(), 'ok');
    }
    assert.equal((await side.chunk())?.length, 0);
  });

  it('events', 'sends every event on the side connection that brought the call', async ({ host, lane }) => {
    const side = await host.line();
    callStreaming(side, 1, '/start?key=s');
    await side.write(LAST_CHUNK);
    const head = await next(side);
    assert.deepEqual([head.type, head.flags & STREAM], [HEAD, STREAM]);
    assert.equal((await side.chunk())?.toString(), 'data: 1\n\n');
    call(lane, 2, '/next?key=s');
    await next(lane);
    assert.equal((await side.chunk())?.toString(), 'data: 2\n\n');
    call(lane, 3, '/end?key=s');
    await next(lane);
    assert.equal((await side.chunk())?.length, 0);
    // And the connection takes the next call.
    callStreaming(side, 4, '/next?key=other');
    await side.write(LAST_CHUNK);
    assert.equal((await next(side)).body.toString(), 'ok');
  });

  it('events', 'keeps what happened before the fetch', async ({ host, lane }) => {
    call(lane, 1, '/start?key=early');
    const announced = await next(lane);
    call(lane, 2, '/next?key=early');
    await next(lane);
    call(lane, 3, '/end?key=early');
    await next(lane);
    const side = await host.line();
    fetchOn(side, announced);
    let text = '';
    assert.ok(
      await side.body((piece) => {
        text += piece;
      }),
    );
    assert.equal(text, 'data: 1\n\ndata: 2\n\n');
  });

  it('events', 'ends the connection when the function fails in the middle', async ({ host, lane }) => {
    call(lane, 1, '/start?key=bad');
    const side = await host.line();
    fetchOn(side, await next(lane));
    assert.equal((await side.chunk())?.toString(), 'data: 1\n\n');
    call(lane, 2, '/fail?key=bad');
    await next(lane);
    assert.equal(await side.chunk(), null, 'there is no last chunk');
    await host.printed('failed in the middle', 'stderr');
  });

  it('endless', 'drops a stream that nobody fetches within ten seconds', async ({ host, lane }) => {
    call(lane, 1, '/?key=forgotten');
    const announced = await next(lane);
    await host.printed('gone forgotten\n');
    const side = await host.line();
    side.send({ type: FETCH, aux: announced.aux });
    await side.ended();
  });
}
