// Small calls: what the function sees, what the caller gets.
import assert from 'node:assert/strict';
import { ANSWER, FAULT, headers } from './driver.ts';
import { call, type HostUnderTest, next, testsOf } from './host-under-test.ts';

export function calls(under: HostUnderTest): void {
  const it = testsOf(under);

  it('hello', 'answers a small call with one frame and the time it took', async ({ lane }) => {
    call(lane, 9, '/');
    const answer = await next(lane);
    assert.deepEqual([answer.type, answer.id, answer.status, answer.flags & FAULT], [ANSWER, 9, 200, 0]);
    assert.equal(answer.body.toString(), 'hello');
    assert.ok(answer.aux > 0 && answer.aux < 5_000_000, `aux is ${answer.aux} µs`);
  });

  it('echo', 'hands over method, target, headers and body as they were sent', async ({ lane }) => {
    const body = Buffer.from([0, 1, 2, 253, 254, 255, 10, 13, 0]);
    const head = 'X-Ask:one\nx-ask:two\ncontent-type:application/octet-stream\ncontent-length:9\n';
    call(lane, 1, '/a%20b//c/../d?x=%zz&y=1&y=2&z', { method: 'PUT', head, body });
    const answer = await next(lane);
    assert.equal(answer.status, 200);
    assert.deepEqual(headers(answer, 'x-method'), ['PUT']);
    assert.deepEqual(headers(answer, 'x-target'), ['/a%20b//c/../d?x=%zz&y=1&y=2&z']);
    assert.deepEqual(headers(answer, 'x-ask'), ['one, two']);
    assert.deepEqual(answer.body, body);
  });

  it('echo', 'hands over any method', async ({ lane }) => {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']) {
      call(lane, 1, '/', { method });
      assert.deepEqual(headers(await next(lane), 'x-method'), [method]);
    }
  });

  it('echo', 'takes a body of 64 KiB in its frame and gives one back', async ({ lane }) => {
    const body = Buffer.alloc(65536, 'abcdefghi');
    call(lane, 1, '/', { method: 'POST', head: `content-length:${body.length}\n`, body });
    const answer = await next(lane);
    assert.equal(answer.type, ANSWER);
    assert.ok(answer.body.equals(body));
  });

  it('echo', 'takes two hundred headers', async ({ lane }) => {
    let head = '';
    for (let i = 0; i < 200; i++) head += `x-fill-${i}:${'v'.repeat(100)}\n`;
    call(lane, 1, '/', { head: `${head}x-ask:last\n` });
    assert.deepEqual(headers(await next(lane), 'x-ask'), ['last']);
  });

  it('answer', 'gives status, headers in order and repeated ones back', async ({ lane }) => {
    const wanted = [
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
      ['x-plain', 'ü: in Latin-1'],
    ];
    ask(lane, { status: 201, headers: wanted, body: 'made' });
    const answer = await next(lane);
    assert.deepEqual([answer.status, answer.flags & FAULT, answer.body.toString()], [201, 0, 'made']);
    assert.deepEqual(headers(answer, 'set-cookie'), ['a=1; Path=/', 'b=2']);
    assert.deepEqual(headers(answer, 'x-plain'), ['ü: in Latin-1']);
    assert.ok(answer.head === '' || answer.head.endsWith('\n'));
  });

  it('answer', 'leaves out hop-by-hop headers and the length', async ({ lane }) => {
    const hop = ['Connection', 'Transfer-Encoding', 'Keep-Alive', 'Content-Length'];
    ask(lane, {
      status: 200,
      headers: [...hop.map((name) => [name, name === 'Content-Length' ? '2' : 'x']), ['x-a', '1']],
      body: 'ok',
    });
    const answer = await next(lane);
    assert.equal(answer.body.toString(), 'ok');
    assert.deepEqual(headers(answer, 'x-a'), ['1']);
    for (const name of hop) assert.deepEqual(headers(answer, name.toLowerCase()), [], name);
  });

  it('answer', 'passes on the statuses that a function may answer with', async ({ lane }) => {
    for (const status of [200, 204, 302, 404, 418, 500, 599]) {
      ask(lane, { status, headers: [], body: status === 204 ? '' : 'text' });
      const answer = await next(lane);
      assert.deepEqual([answer.status, answer.flags & FAULT], [status, 0]);
    }
  });

  it('big', 'answers HEAD without a body', async ({ lane }) => {
    call(lane, 1, '/?size=200000', { method: 'HEAD' });
    const answer = await next(lane);
    assert.deepEqual([answer.type, answer.status, answer.body.length], [ANSWER, 200, 0]);
    for (const length of headers(answer, 'content-length')) assert.equal(length, '200000');
  });

  it('gate', 'has many calls in flight and answers in any order', async ({ lane }) => {
    // Fewer than the smallest default concurrency, so that the calls that open the gates find room.
    const count = 7;
    for (let i = 0; i < count; i++) call(lane, 100 + i, `/wait?key=${i}`);
    const order: number[] = [];
    for (let i = count - 1; i >= 0; i--) {
      call(lane, 1000 + i, `/open?key=${i}`);
      for (let both = 0; both < 2; both++) {
        const answer = await next(lane);
        if (answer.id < 1000) {
          order.push(answer.id - 100);
          assert.equal(answer.body.toString(), `opened ${answer.id - 100}`);
        } else assert.equal(answer.body.toString(), 'ok');
      }
    }
    assert.deepEqual(order, [6, 5, 4, 3, 2, 1, 0]);
  });
}

function ask(lane: Parameters<typeof call>[0], answer: unknown): void {
  const body = Buffer.from(JSON.stringify(answer));
  call(lane, 1, '/', {
    method: 'POST',
    head: `content-type:application/json\ncontent-length:${body.length}\n`,
    body,
  });
}
