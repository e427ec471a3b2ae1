// Whose fault it was: errors of handlers, and answers that can't be expressed.
import assert from 'node:assert/strict';
import { ANSWER, FAULT } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';

export function faults(under: HostUnderTest): void {
  const it = testsOf(under);

  for (const target of ['/', '/later']) {
    it(
      'throws',
      `answers an error of the handler (${target}) with 500, its text, and the stack in the log`,
      async ({ host, lane }) => {
        call(lane, 1, target);
        const answer = await next(lane);
        assert.deepEqual([answer.type, answer.status, answer.flags & FAULT], [ANSWER, 500, FAULT]);
        assert.match(answer.body.toString(), /boom/);
        await host.printed('boom', 'stderr');
        assert.match(host.stderr, /throws\./, 'the stack names the file');
        call(lane, 2, target);
        assert.equal((await next(lane)).id, 2, 'and it goes on serving');
      },
    );
  }

  const nonsense: [string, unknown][] = [
    ['a status that is too high', { status: 9999, headers: [], body: 'x' }],
    ['a status that is too low', { status: 99, headers: [], body: 'x' }],
    ['a status that is no number', { status: 'fine', headers: [], body: 'x' }],
    ['a header name with a blank', { status: 200, headers: [['x bad', '1']], body: 'x' }],
    ['a line break in a value', { status: 200, headers: [['x-bad', 'a\r\nx-injected: 1']], body: 'x' }],
    ['a character that Latin-1 has not', { status: 200, headers: [['x-bad', '→']], body: 'x' }],
  ];
  for (const [title, answer] of nonsense) {
    it('answer', `says what was wrong with ${title}`, async ({ lane }) => {
      const body = Buffer.from(JSON.stringify(answer));
      const head = `content-type:application/json\ncontent-length:${body.length}\n`;
      call(lane, 1, '/', { method: 'POST', head, body });
      const fault = await next(lane);
      assert.deepEqual([fault.status, fault.flags & FAULT], [500, FAULT]);
      assert.ok(fault.body.length > 5, 'a text');
      assert.ok(!fault.head.includes('x-injected'));
      call(lane, 2, '/', { method: 'POST', head, body });
      assert.equal((await next(lane)).id, 2);
    });
  }
}
