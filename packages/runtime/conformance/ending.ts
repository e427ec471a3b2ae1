// How a host ends: stopped, or with the user's code. Log lines are never lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STOP } from './driver.ts';
import { call, type HostUnderTest, next, ownProcessNamespace, start, testsOf } from './host-under-test.ts';

export function ending(under: HostUnderTest): void {
  const it = testsOf(under);

  it('hello', 'ends with 0 when it is stopped', async ({ host, lane }) => {
    lane.send({ type: STOP });
    assert.deepEqual(await host.exited, { code: 0, signal: null });
    assert.equal(host.stderr, '');
  });

  it('gate', 'finishes the calls in flight first', async ({ host, lane }) => {
    const second = await host.line();
    call(lane, 1, '/wait?key=last');
    call(lane, 2, '/open?key=other');
    await next(lane);
    lane.send({ type: STOP });
    call(lane, 3, '/open?key=last');
    const answers = [await next(lane), await next(lane)].map((answer) => answer.body.toString());
    assert.deepEqual(answers.sort(), ['ok', 'opened last']);
    assert.deepEqual(await host.exited, { code: 0, signal: null });
    second.close();
  });

  it('stops', "raises the language's SIGTERM", async ({ host, lane }) => {
    lane.send({ type: STOP });
    await host.printed('stopping\n');
    assert.deepEqual(await host.exited, { code: 0, signal: null });
  });

  const wrapper = ownProcessNamespace();
  const skip = wrapper === undefined ? 'bubblewrap cannot make a process namespace here' : false;
  test('signals its child processes when it is contained', { skip, timeout: 120_000 }, async () => {
    const { host, lane } = await start({ ...under, wrapper: wrapper as string[] }, under.entries.stops, {
      contained: true,
    });
    try {
      call(lane, 1, '/child');
      assert.equal((await next(lane)).body.toString(), 'ok');
      lane.send({ type: STOP });
      await host.printed('child stopping\n');
      await host.printed('stopping\n');
      assert.equal((await host.exited).code, 0);
    } finally {
      await host.kill();
    }
  });

  it('exits', 'loses no line that was printed before the end', async ({ host, lane }) => {
    call(lane, 1, '/');
    assert.equal(await lane.frame(), null, 'no answer');
    assert.equal((await host.exited).code, 3);
    const lines = host.stdout.split('\n');
    assert.equal(lines.length, 5001);
    for (const number of [1, 2500, 5000])
      assert.match(lines[number - 1] as string, new RegExp(`^line ${number}\\.+$`));
  });

  it('uncaught', 'ends with an error that nobody caught, and says which', async ({ host, lane }) => {
    call(lane, 1, '/');
    assert.equal((await next(lane)).body.toString(), 'ok');
    const { code } = await host.exited;
    assert.notEqual(code, 0);
    assert.match(host.stderr, /out of the blue/);
  });
}
